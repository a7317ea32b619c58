using System.Text.Encodings.Web;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>The layout of <c>results.json</c>.</summary>
internal static class ResultsFile
{
    const string Remedy = "Make the file anew by running the experiment again.";

    public static void Write(string path, Results results) => AtomicFile.Write(path, stream =>
    {
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("preset", results.Preset);
            json.WriteNumber("seed", results.Seed);
            List(json, "table", results.Table, (row, field) => Row(json, row, field));
            List(json, "mixup", results.Mixup, (row, field) =>
            {
                json.WriteString("method", row.Method);
                Number(json, "lambda", row.Lambda, field);
                Numbers(json, "scores", row.Scores, field);
                if (row.ScoresWithoutInput is { } fewer) Numbers(json, "scores_without_input", fewer, field);
                if (row.Spread is { } spread) Numbers(json, "spread", spread, field);
            });
            List(json, "alignment", results.Alignment, (row, field) => Row(json, row, field));
            Number(json, "seconds", results.Seconds, "");
            if (results.Settings is { } settings) Texts(json, "settings", settings);
            if (results.Claims is { } claims) List(json, "claims", claims, (claim, field) =>
            {
                json.WriteString("statement", claim.Statement);
                if (claim.Holds is { } holds) json.WriteBoolean("holds", holds);
                else json.WriteNull("holds");
                json.WriteString("detail", claim.Detail);
                if (claim.Margin is { } margin) Number(json, "margin", margin, field);
                else json.WriteNull("margin");
            });
            if (results.Encoder is { } encoder) json.WriteString("encoder", encoder);
            if (results.Captioners is { } captioners) Texts(json, "captioners", captioners);
            if (results.Version is { } version) json.WriteString("version", version);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    });

    public static Results Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} could not be read: {e.Message.TrimEnd('.')}. Give the results.json of a finished run.", e);
        }
        var root = JsonPlace.Parse(path, content, Remedy);
        return new()
        {
            Preset = root.Required("preset").Text(),
            Seed = root.Required("seed").Whole(),
            Table = root.Required("table").List(Row),
            Mixup = root.Required("mixup").List(row => new MixupScores(
                row.Required("method").Text(), Share(row.Required("lambda")), row.Required("scores").Map(s => s.Number()))
            {
                ScoresWithoutInput = row.Optional("scores_without_input")?.Map(s => s.Number()),
                Spread = row.Optional("spread")?.Map(s => s.Number()),
            }),
            Alignment = root.Required("alignment").List(Row),
            Seconds = root.Required("seconds").Number(),
            Settings = root.Optional("settings")?.Map(s => s.Text()),
            Claims = root.Optional("claims")?.List(claim => new Claim(
                claim.Required("statement").Text(), claim.Optional("holds")?.Truth(), claim.Required("detail").Text(),
                claim.Optional("margin")?.Number())),
            Encoder = root.Optional("encoder")?.Text(),
            Captioners = root.Optional("captioners")?.Map(s => s.Text()),
            Version = root.Optional("version")?.Text(),
        };
    }

    /// <summary>A row's fields, within an object that is open.</summary>
    internal static void Row(Utf8JsonWriter json, MethodScores row, string field)
    {
        json.WriteString("method", row.Method);
        if (row.Gap is { } gap)
        {
            Number(json, "gap_before", gap.GapBefore, field);
            Number(json, "gap", gap.Gap, field);
            Number(json, "cos_paired", gap.CosinePaired, field);
            if (!double.IsNaN(gap.CosineUnpaired)) Number(json, "cos_unpaired", gap.CosineUnpaired, field);
            Number(json, "R@1", gap.RecallAt1, field);
            Number(json, "R@5", gap.RecallAt5, field);
        }
        Numbers(json, "scores", row.Scores, field);
        if (row.Spread is { } spread) Numbers(json, "spread", spread, field);
        if (row.Cross is { } cross)
        {
            json.WriteStartObject("cross");
            Row(json, cross, $"{field}cross.");
            json.WriteEndObject();
        }
        if (row.Intervals is not { } intervals) return;
        json.WriteStartObject("intervals");
        foreach (var (name, interval) in intervals)
        {
            json.WriteStartArray(name);
            json.WriteNumberValue(interval.Low);
            json.WriteNumberValue(interval.High);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static MethodScores Row(JsonPlace row) => new(row.Required("method").Text(), row.Required("scores").Map(s => s.Number()))
    {
        Spread = row.Optional("spread")?.Map(s => s.Number()),
        Gap = row.Optional("gap") is not { } gap ? null : new(
            row.Required("gap_before").Number(), gap.Number(), row.Required("cos_paired").Number(), row.Optional("cos_unpaired")?.Number() ?? double.NaN,
            row.Required("R@1").Number(), row.Required("R@5").Number()),
        Cross = row.Optional("cross") is { } cross ? Row(cross) : null,
        Intervals = row.Optional("intervals")?.Map(pair => pair.List(end => end.Number()) is [var low, var high] ? new Interval(low, high) : throw pair.Wrong("two numbers")),
    };

    static double Share(JsonPlace lambda) =>
        lambda.Number() is >= 0 and <= 1 and var share ? share : throw lambda.Wrong("a number from 0 to 1");

    static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> rows, Action<T, string> fields)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < rows.Count; i++)
        {
            json.WriteStartObject();
            fields(rows[i], $"{name}[{i}].");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Numbers(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double> numbers, string field)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in numbers) Number(json, key, value, $"{field}{name}.");
        json.WriteEndObject();
    }

    static void Texts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts) json.WriteString(key, value);
        json.WriteEndObject();
    }

    static void Number(Utf8JsonWriter json, string name, double value, string field)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"Field '{field}{name}' of the results is {value}; JSON has finite numbers only.");
        json.WriteNumber(name, value);
    }
}
