using System.IO.Compression;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Reads what <c>torch.save</c> writes (<c>.pt</c>, <c>.bin</c>: a zip archive of a pickle and raw storages) and TorchScript archives
/// (<c>torch.jit.save</c>: OpenAI's CLIP files), without running anything in them. Nothing is made larger than the file itself: storages lie in
/// it uncompressed, and tensors are views of them. An archive that someone packed again with compression is read too, if it unpacks to no more than weights can.
/// </summary>
public static class TorchArchive
{
    private const int MaxPickle = 1 << 24, MaxDepth = 64, MaxNameLength = 1024, Chunk = 1 << 22;
    private const int MostUnpacked = 4;                     // times the file: weights shrink by a tenth, at best to half where float16 came from float32

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
    /// Tensors that share a storage in the file share it here.
    /// </summary>
    /// <exception cref="UserException">The file is absent, damaged, of PyTorch's format before 1.6, or asks for code to run.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"{path} is a folder; expected a file of torch.save. Name the file in it.");
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        var tensors = new Dictionary<string, Tensor>();
        var storages = new Dictionary<string, (Storage Kind, Tensor Flat)>();
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var room = new Room { Stored = new FileInfo(path).Length, Packed = MostUnpacked * new FileInfo(path).Length };
            var pickles = zip.Entries.Where(e => e.Name == "data.pkl").Take(2).ToList();
            if (pickles is not [var pickle]) throw new InvalidDataException($"it holds {(pickles.Count == 0 ? "no data.pkl" : "data.pkl twice")}");
            var folder = pickle.FullName[..^"data.pkl".Length];
            if (pickle.Length > MaxPickle) throw new InvalidDataException($"its data.pkl is larger than {MaxPickle >> 20} MiB");
            if (zip.GetEntry($"{folder}byteorder") is { Length: 3 }) throw new InvalidDataException("it was written on a machine whose bytes go the other way (byteorder is not 'little')");
            var bytes = new byte[Length(pickle, room)];
            Read(pickle, bytes);
            var root = new Unpickler(bytes, FindStorage).Read();
            var views = new Dictionary<string, Unpickler.TensorView>();
            var letters = 16L * bytes.Length + 4096;                // of all names: many times what so long a pickle tells one by one
            Collect(root, "", views, 0, ref letters);
            foreach (var (name, view) in views)
            {
                var storage = (Storage)view.Storage;
                if (!storages.TryGetValue(storage.Key, out var known))
                {
                    var entry = zip.GetEntry($"{folder}data/{storage.Key}") ?? throw new InvalidDataException($"it lacks the data of '{name}'");
                    if (entry.Length != (Int128)storage.Count * storage.Size)
                        throw new InvalidDataException($"the data of '{name}' has {entry.Length} bytes where {(Int128)storage.Count * storage.Size} are due");
                    Length(entry, room);
                    storages.Add(storage.Key, known = (storage, empty([storage.Count], storage.Type)));
                    if (storage.Count > 0) Read(entry, known.Flat);
                }
                if (known.Kind != storage) throw new InvalidDataException($"'{name}' takes its data for another type or length than other tensors do");
                tensors.Add(name, View(known.Flat, storage, name, view));
            }
            return tensors;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or InvalidCastException)
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw new UserException($"{path} is not a file of torch.save or torch.jit.save that can be read: {e.Message.TrimEnd('.')}. " +
                "Fetch it again; a file from PyTorch before 1.6 must be saved anew with a later version.", e);
        }
        finally
        {
            foreach (var (_, flat) in storages.Values) flat.Dispose();
        }
    }

    private static Storage FindStorage(object?[] id)
    {
        if (id is not ["storage", Unpickler.Global type, string { Length: <= MaxNameLength } key, _, long and >= 0 and var count] || !Storages.TryGetValue(type.Name, out var known))
            throw new InvalidDataException("it refers to a storage in a way that is not known");
        return new Storage(key, known.Type, known.Size, count);
    }

    /// <summary>Walks dictionaries and modules, joining names; anything that is no tensor is passed over.</summary>
    private static void Collect(object? node, string name, Dictionary<string, Unpickler.TensorView> views, int depth, ref long letters)
    {
        if ((letters -= name.Length + 1) < 0) throw new InvalidDataException("its dictionaries refer to one another without end");
        if (node is Unpickler.TensorView view) views[name] = view;
        var items = node as Unpickler.Items ?? (node as Unpickler.Instance)?.Attributes;
        if (items is null) return;
        if (depth == MaxDepth) throw new InvalidDataException($"its dictionaries lie more than {MaxDepth} deep in one another");
        foreach (var (key, child) in items)
        {
            if (key is not string part || child is not (Unpickler.TensorView or Unpickler.Items or Unpickler.Instance)) continue;
            if (name.Length + part.Length > MaxNameLength) throw new InvalidDataException($"the name of a tensor in it is longer than {MaxNameLength} letters");
            Collect(child, name.Length == 0 ? part : $"{name}.{part}", views, depth + 1, ref letters);
        }
    }

    private static Tensor View(Tensor flat, Storage storage, string name, Unpickler.TensorView view)
    {
        Int128 last = view.Offset;                                  // the last element that the view touches
        var fits = view.Shape.Length == view.Stride.Length && view.Shape.Length <= 64 && view.Offset >= 0 && view.Offset <= storage.Count
            && SafetensorsHeader.TryCount(view.Shape, out var count) && count <= storage.Count && view.Stride.All(n => n >= 0);
        for (var i = 0; fits && i < view.Shape.Length && last < storage.Count; i++) last += (Int128)Math.Max(view.Shape[i] - 1, 0) * view.Stride[i];
        if (!fits || (last >= storage.Count && !view.Shape.Contains(0)))
            throw new InvalidDataException($"'{name}' of shape [{string.Join(", ", view.Shape.Take(16))}], strides [{string.Join(", ", view.Stride.Take(16))}] and offset {view.Offset} reaches outside its storage of {storage.Count} elements");
        return view.Shape.Contains(0) ? empty(view.Shape, storage.Type) : flat.as_strided(view.Shape, view.Stride, view.Offset);
    }

    /// <summary>Bytes that entries may yet hold: those that lie in the file as they are, each once, and those that are compressed.</summary>
    private sealed class Room
    {
        public long Stored, Packed;
    }

    /// <summary>An entry's length once it is read. What unpacks to more than its room is no checkpoint.</summary>
    private static long Length(ZipArchiveEntry entry, Room room)
    {
        if (entry.CompressedLength == entry.Length)
        {
            if ((room.Stored -= entry.Length) < 0) throw new InvalidDataException("its entries hold more than the file does");
        }
        else if ((room.Packed -= entry.Length) < 0)
            throw new InvalidDataException($"its compressed entries, {entry.FullName} among them, unpack to more than {MostUnpacked} times the file, which weights do not; if it is sound, unpack it and zip it again without compression (zip -0)");
        return entry.Length;
    }

    private static void Read(ZipArchiveEntry entry, Tensor flat)
    {
        using var stream = entry.Open();
        var crc = 0u;
        for (long at = 0; at < flat.shape[0]; at += Chunk)
        {
            using var part = flat.narrow(0, at, Math.Min(Chunk, flat.shape[0] - at));
            stream.ReadExactly(part.bytes);
            crc = Crc32.Of(part.bytes, crc);
        }
        Check(entry, stream, crc);
    }

    private static void Read(ZipArchiveEntry entry, byte[] bytes)
    {
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        Check(entry, stream, Crc32.Of(bytes));
    }

    private static void Check(ZipArchiveEntry entry, Stream stream, uint crc)
    {
        if (stream.ReadByte() >= 0 || crc != entry.Crc32) throw new InvalidDataException($"its entry {entry.FullName} does not have the checksum that it was written with: some of its bytes changed");
    }
}
