using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>
/// The SPICE parser's model file: safetensors (an 8-byte header length, a JSON header, the tensors' bytes) with float16 tensors, and in its metadata
/// the texts that number its rows and outputs. Read without TorchSharp.
/// </summary>
internal sealed class ParserWeights
{
    private const int MaxHeader = 8 << 20;
    private readonly string _name;
    private readonly byte[] _data;
    private readonly Dictionary<string, (int[] Shape, int Begin, int End)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private ParserWeights(string name, byte[] data) => (_name, _data) = (name, data);

    /// <summary>Reads a model; <paramref name="name"/> stands for it in messages.</summary>
    /// <exception cref="MetricInputException">It is not a whole file of this kind.</exception>
    public static ParserWeights Read(string name, byte[] file)
    {
        if (file.Length < 8) throw Bad(name, $"it has {file.Length} bytes, and 8 are needed to tell its header's length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length < 2 || length > MaxHeader || length > file.Length - 8) throw Bad(name, $"its header is said to take {length} bytes, and {file.Length - 8} follow");
        var weights = new ParserWeights(name, file);
        var start = 8 + (int)length;
        try
        {
            using var header = JsonDocument.Parse(file.AsMemory(8, (int)length));
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (var text in entry.Value.EnumerateObject()) weights._metadata[text.Name] = text.Value.GetString()!;
                    continue;
                }
                var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()).ToArray();
                var offsets = entry.Value.GetProperty("data_offsets");
                long begin = start + offsets[0].GetInt64(), end = start + offsets[1].GetInt64();
                if (entry.Value.GetProperty("dtype").GetString() != "F16" || begin < start || end > file.Length || end - begin != shape.Aggregate(2L, (size, n) => size * n))
                    throw Bad(name, $"'{entry.Name}' is not {string.Join(" x ", shape)} numbers of type F16 inside the file");
                weights._tensors[entry.Name] = (shape, (int)begin, (int)end);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            throw Bad(name, $"its header is not what the format asks for ({e.Message})");
        }
        return weights;
    }

    /// <summary>A text of the metadata.</summary>
    public string Text(string key) => _metadata.TryGetValue(key, out var text) ? text : throw Bad(_name, $"its metadata lack '{key}'");

    /// <summary>A text of the metadata, line by line.</summary>
    public string[] Lines(string key) => Text(key).Split('\n');

    /// <summary>A tensor as it is stored, of exactly the shape asked for.</summary>
    public ReadOnlySpan<Half> Halves(string name, params ReadOnlySpan<int> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw Bad(_name, $"it lacks '{name}'");
        if (!shape.SequenceEqual(tensor.Shape)) throw Bad(_name, $"'{name}' is [{string.Join(", ", tensor.Shape)}], and [{string.Join(", ", shape.ToArray())}] was expected");
        return MemoryMarshal.Cast<byte, Half>(_data.AsSpan(tensor.Begin, tensor.End - tensor.Begin));
    }

    /// <summary>A tensor as floats.</summary>
    public float[] Floats(string name, params ReadOnlySpan<int> shape)
    {
        var halves = Halves(name, shape);
        var floats = new float[halves.Length];
        for (var i = 0; i < floats.Length; i++) floats[i] = (float)halves[i];
        return floats;
    }

    private static MetricInputException Bad(string name, string what) =>
        new($"{name} is not a whole SPICE parser: {what}. Restore the shipped file, or make it again with train-spice.");
}
