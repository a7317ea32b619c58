using System.Text.Encodings.Web;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>An alignment study as a JSON file: <c>{"preset": …, "methods": [{"method", "gap_before", "gap", "cos_paired", "cos_unpaired", "R@1", "R@5", "scores", "cross"}]}</c>.</summary>
public static class AlignmentFile
{
    /// <summary>Writes it, whole or not at all. Scores are on coco-caption's scale, averages times 100, all in full precision.</summary>
    /// <param name="path">The file.</param>
    /// <param name="preset">The preset's name.</param>
    /// <param name="rows">A row a method.</param>
    /// <param name="noise">What real CLIP's captions suggest for the noise of training, or null.</param>
    public static void Write(string path, string preset, IReadOnlyList<MethodScores> rows, NoiseMeasures? noise = null) => AtomicFile.Write(path, stream =>
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("preset", preset);
            json.WriteStartArray("methods");
            for (var i = 0; i < rows.Count; i++)
            {
                json.WriteStartObject();
                ResultsFile.Row(json, rows[i], $"methods[{i}].");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (noise is not null)
            {
                json.WritePropertyName("noise");
                JsonSerializer.Serialize(json, noise, Naming);
            }
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    });

    private static readonly JsonSerializerOptions Naming = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
