namespace UnsupClipCap;

/// <summary>Rows of several seeds to one: means, and standard deviations as spread where there are several.</summary>
internal static class SeedMeans
{
    public static IReadOnlyList<MethodScores> Of(IReadOnlyList<IReadOnlyList<MethodScores>> seeds) => seeds.Count == 1 ? seeds[0]
        : [.. seeds[0].Select((row, i) => new MethodScores(row.Method, Mean([.. seeds.Select(s => s[i].Scores)]))
        {
            Spread = Deviation([.. seeds.Select(s => s[i].Scores)]),
            Gap = row.Gap is null ? null : GapScores.MeanOf([.. seeds.Select(s => s[i].Gap!)]),
        })];

    public static IReadOnlyList<MixupScores> Of(IReadOnlyList<IReadOnlyList<MixupScores>> seeds) => seeds.Count == 1 ? seeds[0]
        : [.. seeds[0].Select((row, i) => new MixupScores(row.Method, row.Lambda, Mean([.. seeds.Select(s => s[i].Scores)]))
        {
            ScoresWithoutInput = row.ScoresWithoutInput is null ? null : Mean([.. seeds.Select(s => s[i].ScoresWithoutInput!)]),
            Spread = Deviation([.. seeds.Select(s => s[i].Scores)]),
        })];

    private static Dictionary<string, double> Mean(IReadOnlyList<IReadOnlyDictionary<string, double>> rows) =>
        rows[0].Keys.ToDictionary(key => key, key => rows.Average(r => r[key]));

    /// <summary>With N - 1 in the denominator.</summary>
    private static Dictionary<string, double> Deviation(IReadOnlyList<IReadOnlyDictionary<string, double>> rows)
    {
        var mean = Mean(rows);
        return mean.Keys.ToDictionary(key => key, key => Math.Sqrt(rows.Sum(r => Math.Pow(r[key] - mean[key], 2)) / (rows.Count - 1)));
    }
}
