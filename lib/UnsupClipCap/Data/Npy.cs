using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>NumPy's array files (<c>.npy</c>, format versions 1 to 3), C order, little-endian floats.</summary>
public static partial class Npy
{
    private const int MaxHeader = 10_000;                   // NumPy's own limit
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array as a CPU tensor of its stored type (float16, float32 or float64).</summary>
    /// <exception cref="UserException">The file is absent, truncated, or of another kind: names what was found.</exception>
    public static Tensor Read(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        var start = new byte[12];
        if (file.ReadAtLeast(start, 12, throwOnEndOfStream: false) < 12 || !start.AsSpan(0, 6).SequenceEqual(Magic))
            throw new UserException($"{path} is not a NumPy array file; expected one that begins with \\x93NUMPY.");
        if (start[6] is < 1 or > 3) throw new UserException($"{path} is of version {start[6]} of NumPy's format; expected 1 to 3. Save it anew.");
        long length = start[8] | start[9] << 8;
        if (start[6] == 1) file.Position = 10;
        else length |= (long)start[10] << 16 | (long)start[11] << 24;
        if (length > MaxHeader) throw new UserException($"{path} has a header of {length} bytes; an array of numbers needs no more than {MaxHeader}. Fetch or make it again.");
        if (length > file.Length - file.Position) throw new UserException($"{path} is truncated within its header. Fetch or make it again.");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var header = Encoding.UTF8.GetString(bytes);
        var match = Header().Match(header);
        if (!match.Success) throw new UserException($"{path} has a header that is not known: {header.Trim()[..Math.Min(200, header.Trim().Length)]}. Save it anew with numpy.save.");
        if (match.Groups["order"].Value == "True") throw new UserException($"{path} is in Fortran order; save it in C order (numpy.ascontiguousarray).");
        var type = match.Groups["type"].Value switch
        {
            "<f2" => ScalarType.Float16,
            "<f4" => ScalarType.Float32,
            "<f8" => ScalarType.Float64,
            var other => throw new UserException($"{path} holds values of type '{other}'; expected '<f2', '<f4' or '<f8' (float16, float32, float64)."),
        };
        var shape = match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1).ToArray();
        if (shape.Length > 64 || !SafetensorsHeader.TryCount(shape, out var count)) throw new UserException($"{path} has the shape ({match.Groups["shape"].Value.Trim()}), which no array has. Fetch or make it again.");
        var due = (Int128)count * (type == ScalarType.Float16 ? 2 : type == ScalarType.Float32 ? 4 : 8);
        if (due != file.Length - file.Position)
            throw new UserException($"{path} says that it holds [{string.Join(", ", shape)}] values, {due} bytes; {file.Length - file.Position} are there. Fetch or make it again.");
        var tensor = empty(shape, type);
        Safetensors.Fill(tensor, new(path, type, (int)tensor.element_size(), shape, 0, (long)due), (chunk, _) => file.ReadExactly(chunk));
        return tensor;
    }

    /// <summary>Writes a float tensor, atomically, in C order.</summary>
    public static void Write(string path, Tensor tensor)
    {
        using var flat = tensor.detach().cpu().contiguous();
        var type = flat.dtype switch
        {
            ScalarType.Float16 => "<f2",
            ScalarType.Float32 => "<f4",
            ScalarType.Float64 => "<f8",
            var other => throw new ArgumentException($"Arrays of {other} are not written; convert to a float type."),
        };
        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, type, flat.shape);
            if (flat.numel() > 0) stream.Write(flat.bytes);
        });
    }

    /// <summary>Writes a float32 array of a known shape block by block, atomically, in C order: it need not fit in memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">Of the whole.</param>
    /// <param name="blocks">Float32 tensors that make it up, each taken before the next is asked for.</param>
    public static void Write(string path, long[] shape, IEnumerable<Tensor> blocks) => AtomicFile.Write(path, stream =>
    {
        WriteHeader(stream, "<f4", shape);
        var left = shape.Aggregate(1L, (product, n) => product * n);
        foreach (var block in blocks)
        {
            using var flat = block.detach().cpu().contiguous();
            if (flat.dtype != ScalarType.Float32 || (left -= flat.numel()) < 0) throw new ArgumentException($"The blocks are of {flat.dtype} or more than [{string.Join(", ", shape)}] values.");
            if (flat.numel() > 0) stream.Write(flat.bytes);
        }
        if (left != 0) throw new ArgumentException($"The blocks are {left} values short of [{string.Join(", ", shape)}].");
    });

    private static void WriteHeader(Stream stream, string type, long[] sizes)
    {
        var shape = string.Join(", ", sizes) + (sizes.Length == 1 ? "," : "");
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        stream.Write([.. Magic, 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[0-9,\s]*)\)", RegexOptions.Singleline)]
    private static partial Regex Header();
}
