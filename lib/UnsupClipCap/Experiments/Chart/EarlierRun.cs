namespace UnsupClipCap;

/// <summary>Results of an earlier run, to lay over a chart.</summary>
internal static class EarlierRun
{
    public static Results Load(string path) => Results.Load(Directory.Exists(path) ? Path.Combine(path, "results.json") : path);

    /// <summary>A run is called as its folder.</summary>
    public static string NameOf(string path)
    {
        var full = Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar);
        return Path.GetFileName(Directory.Exists(full) ? full : Path.GetDirectoryName(full)) is { Length: > 0 } name ? name : Path.GetFileNameWithoutExtension(full);
    }

    public static string NameOf(Results results) => $"{results.Preset}, seed {results.Seed}";

    public static UserException NoneOf(string title) =>
        new($"The chart '{title}' is of no results file: only the charts of the table, the mixup curve and the alignment study can be laid over an earlier run.");

    public static UserException Empty(string name, string score) =>
        new($"The run {name} holds nothing to lay over this chart: no rows of the experiment with the score '{score}'. Name a run of the same experiment, scored by the same metrics.");
}
