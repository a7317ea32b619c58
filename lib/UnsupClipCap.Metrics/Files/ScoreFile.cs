using System.Text.Encodings.Web;
using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Scores as JSON. Numbers are written so that they read back the same to the last bit.</summary>
internal static class ScoreFile
{
    /// <summary>Writes one JSON object over several lines.</summary>
    public static void Write(string path, Action<Utf8JsonWriter> content) => WholeFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        content(json);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    });

    /// <summary>The fields of one system's scores.</summary>
    public static void Write(Utf8JsonWriter json, CaptionScores scores)
    {
        foreach (var (key, score) in scores.Corpus) json.WriteNumber(key, score);
        json.WriteNumber("images", scores.ImageCount);
        json.WriteNumber("candidates", scores.CandidateCount);
        json.WriteNumber("references", scores.ReferenceCount);
        json.WriteStartArray("notes");
        foreach (var note in scores.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    public static void WritePerImage(string path, CaptionScores scores) => WholeFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        for (var i = 0; i < scores.ImageCount; i++)
        {
            json.WriteStartObject();
            json.WritePropertyName("image_id");
            WriteId(json, scores, i);
            json.WriteStartObject("scores");
            foreach (var (key, images) in scores.PerImage) json.WriteNumber(key, images[i]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    });

    private static void WriteId(Utf8JsonWriter json, CaptionScores scores, int image)
    {
        if (scores.ImageIds is { } ids)
        {
            if (ids[image].IsNumber) json.WriteRawValue(ids[image].Text);
            else json.WriteStringValue(ids[image].Text);
        }
        else if (scores.References.ImageNames is { } names) json.WriteStringValue(names[image]);
        else json.WriteNumberValue(image);
    }
}
