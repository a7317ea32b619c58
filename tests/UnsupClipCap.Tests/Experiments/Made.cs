namespace UnsupClipCap.Tests;

/// <summary>Made-up results for the tests of what shows results.</summary>
static class Made
{
    public static MethodScores Row(string method, double average6) =>
        new(method, new Dictionary<string, double> { [ScoreNames.Average6] = average6 });

    public static IReadOnlyList<MixupScores> Curve(string method, params double[] averages) =>
        [.. averages.Select((a, i) => new MixupScores(method, i / (averages.Length - 1.0), Row(method, a).Scores))];

    public static Results Results(
        IReadOnlyList<MethodScores>? table = null, IReadOnlyList<MixupScores>? mixup = null,
        IReadOnlyList<MethodScores>? alignment = null) =>
        new() { Preset = "made", Seed = 1, Seconds = 2, Table = table ?? [], Mixup = mixup ?? [], Alignment = alignment ?? [] };

    public static string File(string name, string? content = null)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, name);
        if (content is not null) System.IO.File.WriteAllText(path, content);
        return path;
    }
}
