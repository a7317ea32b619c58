using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>One tensor of a safetensors file: its bytes are [<paramref name="Begin"/>, <paramref name="End"/>) after the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, int Size, long[] Shape, long Begin, long End);

/// <summary>
/// What a safetensors file says of itself, checked before anything is made of it: tensors lie one after another without holes or overlaps,
/// fill the file to its end, and take as many bytes as shape and type ask for.
/// </summary>
/// <param name="Entries">In the order of their bytes.</param>
/// <param name="Metadata"><c>__metadata__</c>.</param>
/// <param name="Start">Where the tensors' bytes begin in the file.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, Dictionary<string, string> Metadata, long Start)
{
    private const int MaxLength = 100_000_000;              // the format's own limit
    private const int MaxDimensions = 64;                   // libtorch's

    /// <summary>The types of the format that a tensor can have here.</summary>
    internal static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Reads the header at the file's beginning, and leaves the file at its end.</summary>
    /// <exception cref="UserException">The header lies; the message names the file and the field.</exception>
    public static SafetensorsHeader Read(FileStream file, string path)
    {
        Span<byte> lengthBytes = stackalloc byte[8];
        if (file.ReadAtLeast(lengthBytes, 8, throwOnEndOfStream: false) < 8) throw Bad(path, $"it has {file.Length} bytes, and a safetensors file begins with 8 that tell its header's length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length < 2 || length > MaxLength || length > file.Length - 8)
            throw Bad(path, $"its header is said to take {(ulong)length} bytes; {file.Length - 8} follow, and {MaxLength} are the format's limit");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var room = file.Length - 8 - length;
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
            var names = new HashSet<string>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name)) throw Bad(path, $"'{property.Name}' stands twice in its header");
                if (property.Name == "__metadata__") ReadMetadata(property.Value, metadata, path);
                else entries.Add(ReadEntry(property, room, path));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Bad(path, $"its header is not the JSON that the format asks for ({e.Message.Split('\n')[0].TrimEnd('.')})", e);
        }
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long last = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin < last) throw Bad(path, $"the bytes of '{entry.Name}' overlap another tensor's");
            if (entry.Begin > last) throw Bad(path, $"the {entry.Begin - last} bytes before '{entry.Name}' belong to no tensor");
            last = entry.End;
        }
        if (last != room) throw Bad(path, $"its tensors take {last} bytes, and {room} follow the header");
        return new(entries, metadata, 8 + length);
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(path, $"'__metadata__' is {Found(value)}, not an object of texts");
        foreach (var item in value.EnumerateObject())
            if (item.Value.ValueKind != JsonValueKind.String || !metadata.TryAdd(item.Name, item.Value.GetString()!))
                throw Bad(path, $"'__metadata__.{item.Name}' is no text, or stands twice");
    }

    private static SafetensorsEntry ReadEntry(JsonProperty property, long room, string path)
    {
        var name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object) throw Bad(path, $"'{name}' is {Found(property.Value)}, not an object");
        var typeName = Field("dtype") is { ValueKind: JsonValueKind.String } text ? text.GetString() : Found(Field("dtype"));
        var type = Types.FirstOrDefault(t => t.Name == typeName);
        if (type.Name is null)
            throw Bad(path, $"'{name}' has dtype '{typeName}'; known are {string.Join(", ", Types.Select(t => t.Name))}");
        var (shape, offsets) = (Numbers("shape"), Numbers("data_offsets"));
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > room)
            throw Bad(path, $"'{name}' has data_offsets {List(offsets)}, and the file holds {room} bytes of data");
        if (shape.Length > MaxDimensions || shape.Any(n => n < 0)) throw Bad(path, $"'{name}' has the shape {List(shape)}; expected at most {MaxDimensions} sizes of 0 or more");
        if (!TryCount(shape, out var count)) throw Bad(path, $"'{name}' of shape {List(shape)} has more elements than 64 bits count");
        if ((Int128)count * type.Size != offsets[1] - offsets[0])
            throw Bad(path, $"'{name}' of shape {List(shape)} and dtype {typeName} has {offsets[1] - offsets[0]} bytes of data");
        return new(name, type.Type, type.Size, shape, offsets[0], offsets[1]);

        JsonElement Field(string field) => property.Value.TryGetProperty(field, out var value) ? value : throw Bad(path, $"'{name}' lacks the field '{field}' in its header");

        long[] Numbers(string field)
        {
            var value = Field(field);
            if (value.ValueKind != JsonValueKind.Array) throw Bad(path, $"'{name}' has {field} {Found(value)}, not a list of whole numbers");
            var numbers = new long[value.GetArrayLength()];
            var i = 0;
            foreach (var item in value.EnumerateArray())
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i++])) throw Bad(path, $"'{name}' has {field} {Found(value)}; expected whole numbers of 64 bits");
            return numbers;
        }
    }

    /// <summary>The number of elements of a shape; false where it is negative or, zeros aside, of more than 63 bits: no strides could be told.</summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        Int128 product = 1;
        count = 0;
        var none = false;
        foreach (var n in shape)
        {
            none |= n == 0;
            product *= Math.Max(n, 1);
            if (n < 0 || product > long.MaxValue / 16) return false;
        }
        count = none ? 0 : (long)product;
        return true;
    }

    private static string List(long[] numbers) => numbers.Length <= 16 ? $"[{string.Join(", ", numbers)}]" : $"[{string.Join(", ", numbers.Take(16))}, …]";

    private static string Found(JsonElement value) => value.GetRawText() is { Length: > 40 } text ? text[..40] + "…" : value.GetRawText();

    internal static UserException Bad(string path, string what, Exception? cause = null) =>
        new($"{path} is not a whole safetensors file: {what}. Fetch or make it again.", cause);
}
