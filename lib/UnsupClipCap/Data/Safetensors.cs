using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Reads and writes the safetensors format (Hugging Face): an 8-byte little-endian header length, a JSON header
/// <c>{name: {dtype, shape, data_offsets}, "__metadata__": {…}}</c>, then the tensors' bytes.
/// </summary>
public static class Safetensors
{
    private const int MaxHeader = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

    /// <summary>Reads every tensor (on the CPU, in its stored type) and the metadata of <paramref name="path"/>.</summary>
    /// <exception cref="UserException">The file is absent, truncated or not in the format: names the tensor and what is wrong.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        var (entries, metadata) = ReadHeader(file, path);
        var start = file.Position;
        var tensors = new Dictionary<string, Tensor>(entries.Count);
        foreach (var entry in entries.OrderBy(e => e.Begin))
        {
            var tensor = empty(entry.Shape, entry.Type);
            tensors.Add(entry.Name, tensor);
            if (entry.End == entry.Begin) continue;
            file.Position = start + entry.Begin;
            file.ReadExactly(tensor.bytes);
        }
        return (tensors, metadata);
    }

    /// <summary>Reads the metadata alone.</summary>
    /// <exception cref="UserException">The file is absent, truncated or not in the format.</exception>
    public static Dictionary<string, string> ReadMetadata(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return ReadHeader(file, path).Item2;
    }

    /// <summary>Writes <paramref name="tensors"/> in ordinal order of their names, atomically.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, Value: t.Value.cpu().contiguous())).ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor) in ordered)
            {
                var type = Types.FirstOrDefault(t => t.Type == tensor.dtype);
                if (type.Name is null) throw new ArgumentException($"{name} is of type {tensor.dtype}, which safetensors files do not hold.");
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * type.Size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            header.WriteTo(stream);
            foreach (var (_, tensor) in ordered)
                if (tensor.numel() > 0) stream.Write(tensor.bytes);
        });
    }

    private static (List<Entry>, Dictionary<string, string>) ReadHeader(FileStream file, string path)
    {
        Span<byte> lengthBytes = stackalloc byte[8];
        if (file.Length < 8) throw Bad(path, $"it has {file.Length} bytes, and a safetensors file begins with 8 that tell its header's length");
        file.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length < 2 || length > MaxHeader || length > file.Length - 8)
            throw Bad(path, $"its header is said to take {length} bytes, and {file.Length - 8} follow");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var room = file.Length - 8 - length;
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>();
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name)) throw Bad(path, $"'{property.Name}' stands twice in its header");
                if (property.Name == "__metadata__")
                {
                    foreach (var item in property.Value.EnumerateObject()) metadata[item.Name] = item.Value.GetString() ?? "";
                    continue;
                }
                entries.Add(ReadEntry(property, room, path));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Bad(path, $"its header is not what the format asks for ({e.Message.Split('\n')[0]})", e);
        }
        long last = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < last) throw Bad(path, $"the bytes of '{entry.Name}' overlap another tensor's");
            last = entry.End;
        }
        return (entries, metadata);
    }

    private static Entry ReadEntry(JsonProperty property, long room, string path)
    {
        var name = property.Name;
        var typeName = property.Value.GetProperty("dtype").GetString();
        var type = Types.FirstOrDefault(t => t.Name == typeName);
        if (type.Name is null)
            throw Bad(path, $"'{name}' has dtype '{typeName}'; known are {string.Join(", ", Types.Select(t => t.Name))}");
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > room)
            throw Bad(path, $"'{name}' has data_offsets [{string.Join(", ", offsets)}], and the file holds {room} bytes of data");
        Int128 size = type.Size;
        foreach (var n in shape)
        {
            if (n < 0) throw Bad(path, $"'{name}' has the shape [{string.Join(", ", shape)}]");
            size *= n;
            if (size > room) break;
        }
        if (size != offsets[1] - offsets[0])
            throw Bad(path, $"'{name}' of shape [{string.Join(", ", shape)}] and dtype {typeName} has {offsets[1] - offsets[0]} bytes of data");
        return new Entry(name, type.Type, shape, offsets[0], offsets[1]);
    }

    private static UserException Bad(string path, string what, Exception? cause = null) =>
        new($"{path} is not a whole safetensors file: {what}. Fetch or make it again.", cause);
}
