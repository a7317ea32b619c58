using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>One predicted caption: a line of <c>captions.jsonl</c>.</summary>
/// <param name="Experiment"><c>table</c>, <c>mixup</c> or <c>alignment</c>.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Lambda">Share of the text embedding in the mixup, null in other experiments.</param>
/// <param name="ImageId">Id of the image; a whole number is written as a JSON number, as COCO has it, anything else as a string.</param>
/// <param name="Caption">The caption as predicted, not tokenised.</param>
/// <param name="References">The captions it was scored against.</param>
public sealed record CaptionRecord(
    string Experiment, string Method, double? Lambda, string ImageId, string Caption, IReadOnlyList<string> References)
{
    /// <summary>Writes one line a record to <paramref name="path"/>, replacing it whole or not at all.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void WriteAll(string path, IEnumerable<CaptionRecord> records) => AtomicFile.Write(path, stream =>
    {
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var json = new Utf8JsonWriter(stream, options);
        foreach (var record in records)
        {
            json.WriteStartObject();
            json.WriteString("experiment", record.Experiment);
            json.WriteString("method", record.Method);
            if (record.Lambda is { } lambda) json.WriteNumber("lambda", lambda);
            else json.WriteNull("lambda");
            if (IsWhole(record.ImageId)) json.WriteNumber("image_id", long.Parse(record.ImageId, CultureInfo.InvariantCulture));
            else json.WriteString("image_id", record.ImageId);
            json.WriteString("caption", record.Caption);
            json.WriteStartArray("references");
            foreach (var reference in record.References) json.WriteStringValue(reference);
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>Reads records one at a time; the file is open while the enumeration runs.</summary>
    /// <exception cref="UserException">The file is missing or a line is wrong; the message names file, line and field.</exception>
    public static IEnumerable<CaptionRecord> ReadAll(string path)
    {
        var number = 0;
        using var lines = Open(path);
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0) yield return Read($"{path}, line {number}", line);
        }
    }

    static StreamReader Open(string path)
    {
        try
        {
            return new(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} could not be read: {e.Message.TrimEnd('.')}. Give the captions.jsonl of a finished run.", e);
        }
    }

    static CaptionRecord Read(string place, string line)
    {
        var root = JsonPlace.Parse(place, Encoding.UTF8.GetBytes(line), "Make the file anew by running the experiment again.");
        var id = root.Required("image_id");
        return new(
            root.Required("experiment").Text(), root.Required("method").Text(), root.Optional("lambda")?.Number(),
            id.Value.ValueKind switch
            {
                JsonValueKind.Number => id.Whole().ToString(CultureInfo.InvariantCulture),
                JsonValueKind.String => id.Text(),
                _ => throw id.Wrong("a whole number or a text"),
            },
            root.Required("caption").Text(), root.Required("references").List(r => r.Text()));
    }

    // "007" stays a text: as a number it would read back as another id.
    static bool IsWhole(string id) =>
        long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == id;
}
