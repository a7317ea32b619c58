namespace UnsupClipCap;

/// <summary>Loss curves as charts.</summary>
public static class LossChart
{
    private const int Points = 60;

    /// <summary>The curve of one run.</summary>
    public static LineChart Chart(this LossCurve loss) => Of([("loss", loss)]);

    /// <summary>The curves of several runs, each point the mean of the steps since the one before.</summary>
    public static LineChart Of(IReadOnlyList<(string Name, LossCurve Loss)> curves) => new("Loss in training", "step", "mean -log p of a token",
        [.. curves.Where(c => c.Loss.Losses.Count > 0).Select(c => new ChartSeries(c.Name, [.. Means(c.Loss.Losses)]))]);

    private static IEnumerable<ChartPoint> Means(IReadOnlyList<double> losses)
    {
        var step = 0;
        foreach (var part in losses.Chunk(Math.Max(1, losses.Count / Points)))
            yield return new(step += part.Length, part.Average());
    }
}
