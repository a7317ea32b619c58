using System.IO.Compression;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Reads what <c>torch.save</c> writes (<c>.pt</c>, <c>.bin</c>: a zip archive of a pickle and raw storages) and TorchScript archives
/// (<c>torch.jit.save</c>: OpenAI's CLIP files), without running anything in them.
/// </summary>
public static class TorchArchive
{
    private static readonly Dictionary<string, (ScalarType Type, int Size)> Storages = new()
    {
        ["FloatStorage"] = (ScalarType.Float32, 4),
        ["HalfStorage"] = (ScalarType.Float16, 2),
        ["BFloat16Storage"] = (ScalarType.BFloat16, 2),
        ["DoubleStorage"] = (ScalarType.Float64, 8),
        ["LongStorage"] = (ScalarType.Int64, 8),
        ["IntStorage"] = (ScalarType.Int32, 4),
        ["ShortStorage"] = (ScalarType.Int16, 2),
        ["CharStorage"] = (ScalarType.Int8, 1),
        ["ByteStorage"] = (ScalarType.Byte, 1),
        ["BoolStorage"] = (ScalarType.Bool, 1),
    };

    private sealed record Storage(string Key, ScalarType Type, int Size, long Count);

    /// <summary>
    /// Every tensor of <paramref name="path"/> under its name (nested dictionaries and modules joined by "."), on the CPU and in its stored type.
    /// </summary>
    /// <exception cref="UserException">The file is absent, damaged, of PyTorch's format before 1.6, or asks for code to run.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var pickle = zip.Entries.FirstOrDefault(e => e.Name == "data.pkl")
                ?? throw new InvalidDataException("it holds no data.pkl");
            var folder = pickle.FullName[..^"data.pkl".Length];
            var bytes = Bytes(pickle, pickle.Length);
            var root = new Unpickler(bytes, id => FindStorage(id)).Read();
            var views = new Dictionary<string, Unpickler.TensorView>();
            Collect(root, "", views, []);
            var cache = new Dictionary<string, Tensor>();
            var tensors = views.ToDictionary(v => v.Key, v => Tensor(zip, folder, v.Key, v.Value, cache));
            foreach (var storage in cache.Values) storage.Dispose();
            return tensors;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or IOException)
        {
            throw new UserException($"{path} is not a file of torch.save or torch.jit.save that can be read: {e.Message.TrimEnd('.')}. " +
                "Fetch it again; a file from PyTorch before 1.6 must be saved anew with a later version.", e);
        }
    }

    private static Storage FindStorage(object?[] id)
    {
        if (id is not ["storage", Unpickler.Global type, string key, _, long count] || !Storages.TryGetValue(type.Name, out var known))
            throw new InvalidDataException($"it refers to a storage in a way that is not known: ({string.Join(", ", id)})");
        return new Storage(key, known.Type, known.Size, count);
    }

    /// <summary>Walks dictionaries and modules, joining names; anything that is no tensor is passed over.</summary>
    private static void Collect(object? node, string name, Dictionary<string, Unpickler.TensorView> views, HashSet<object> above)
    {
        var children = node switch
        {
            Dictionary<object, object?> items => items,
            Unpickler.Instance instance => instance.Attributes,
            _ => null,
        };
        if (node is Unpickler.TensorView view) views[name] = view;
        if (children is null || !above.Add(node!)) return;
        foreach (var (key, child) in children)
            if (key is string part) Collect(child, name.Length == 0 ? part : $"{name}.{part}", views, above);
        above.Remove(node!);
    }

    private static Tensor Tensor(ZipArchive zip, string folder, string name, Unpickler.TensorView view, Dictionary<string, Tensor> cache)
    {
        var storage = (Storage)view.Storage;
        Int128 last = view.Offset;                                  // the last element that the view touches
        for (var i = 0; i < view.Shape.Length; i++) last += (Int128)Math.Max(view.Shape[i] - 1, 0) * view.Stride[i];
        if (view.Shape.Length != view.Stride.Length || view.Offset < 0 || view.Shape.Any(n => n < 0) || view.Stride.Any(n => n < 0) || last >= Math.Max(storage.Count, 1))
            throw new InvalidDataException($"'{name}' of shape [{string.Join(", ", view.Shape)}] reaches outside its storage of {storage.Count} elements");
        if (!cache.TryGetValue(storage.Key, out var flat))
        {
            var entry = zip.GetEntry($"{folder}data/{storage.Key}") ?? throw new InvalidDataException($"it lacks the data of '{name}'");
            if (entry.Length != storage.Count * storage.Size)
                throw new InvalidDataException($"the data of '{name}' has {entry.Length} bytes where {storage.Count * storage.Size} are due");
            flat = empty([storage.Count], storage.Type);
            using var stream = entry.Open();
            if (storage.Count > 0) stream.ReadExactly(flat.bytes);
            cache.Add(storage.Key, flat);
        }
        using var strided = flat.as_strided(view.Shape, view.Stride, view.Offset);
        return strided.clone().contiguous();
    }

    private static byte[] Bytes(ZipArchiveEntry entry, long length)
    {
        if (length > 1 << 28) throw new InvalidDataException("its pickle is larger than 256 MiB");
        var bytes = new byte[length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
