using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>Makes small archives as torch.save and torch.jit.save do: a pickle of protocol 2 and raw storages, stored in a zip.</summary>
internal static class TorchFile
{
    private static readonly Dictionary<ScalarType, string> Storages = new()
    {
        [ScalarType.Float32] = "FloatStorage",
        [ScalarType.Float16] = "HalfStorage",
        [ScalarType.BFloat16] = "BFloat16Storage",
        [ScalarType.Float64] = "DoubleStorage",
        [ScalarType.Int64] = "LongStorage",
        [ScalarType.Byte] = "ByteStorage",
    };

    /// <summary>The entries of an archive, before they are zipped.</summary>
    public static List<(string Name, byte[] Bytes)> Entries(IReadOnlyDictionary<string, Tensor> tensors, bool script = false)
    {
        var entries = new List<(string, byte[])> { ("archive/data.pkl", Pickle(tensors, script)) };
        foreach (var (tensor, i) in tensors.Values.Select((t, i) => (t, i)))
        {
            using var flat = tensor.detach().cpu().contiguous();
            entries.Add(($"archive/data/{i}", flat.numel() > 0 ? flat.bytes.ToArray() : []));
        }
        entries.Add(("archive/version", "3\n"u8.ToArray()));
        return entries;
    }

    /// <summary>An archive of entries.</summary>
    public static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        return file.ToArray();
    }

    private static byte[] Pickle(IReadOnlyDictionary<string, Tensor> tensors, bool script)
    {
        using var pickle = new MemoryStream();
        void Text(string text) => pickle.Write(Encoding.Latin1.GetBytes(text));
        void Name(string name)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            pickle.WriteByte((byte)'X');
            pickle.Write(BitConverter.GetBytes(bytes.Length));
            pickle.Write(bytes);
        }
        void Number(long n)
        {
            pickle.WriteByte((byte)'J');
            pickle.Write(BitConverter.GetBytes((int)n));
        }
        void Numbers(IEnumerable<long> numbers)
        {
            Text("(");
            foreach (var n in numbers) Number(n);
            Text("t");
        }
        Text("\x80\x02");
        Text(script ? "c__torch__.model\nModel\n)\x81}(" : "ccollections\nOrderedDict\n)Rq\x00(");
        foreach (var ((name, tensor), i) in tensors.Select((p, i) => (p, i)))
        {
            Name(name);
            Text("ctorch._utils\n_rebuild_tensor_v2\n((");
            Name("storage");
            Text($"ctorch\n{Storages[tensor.dtype]}\n");
            Name($"{i}");
            Name("cpu");
            Number(tensor.numel());
            Text("tQ");
            Number(0);
            Numbers(tensor.shape);
            Numbers(tensor.shape.Select((_, d) => tensor.shape.Skip(d + 1).Aggregate(1L, (a, b) => a * b)));
            Text("\x89" + "ccollections\nOrderedDict\n)RtRq\x01");
        }
        Text(script ? "ub." : "u.");
        return pickle.ToArray();
    }
}
