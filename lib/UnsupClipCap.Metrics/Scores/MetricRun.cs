namespace UnsupClipCap.Metrics;

/// <summary>The statistics that one metric measured on I images.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Statistics">(I, number of statistics), row by row.</param>
internal sealed record MetricRun(ICaptionMetric Metric, double[] Statistics)
{
    public int Images => Statistics.Length / Metric.StatisticCount;

    public Span<double> Image(int image) => Statistics.AsSpan(image * Metric.StatisticCount, Metric.StatisticCount);

    public static MetricRun Of(
        ICaptionMetric metric, IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var set = CaptionReferences.FromTokens(references);
        CaptionEvaluator.Check(candidates, set);
        var run = new MetricRun(metric, new double[candidates.Count * metric.StatisticCount]);
        Parallel.For(0, candidates.Count, i => metric.Measure(set.Read([.. candidates[i]]), set.Images[i], set, run.Image(i)));
        return run;
    }

    /// <summary>Sums of the statistics over all images, in order.</summary>
    public double[] Sums()
    {
        var sums = new double[Metric.StatisticCount];
        for (var i = 0; i < Images; i++) Add(i, sums);
        return sums;
    }

    public void Add(int image, Span<double> sums)
    {
        var row = Image(image);
        for (var k = 0; k < row.Length; k++) sums[k] += row[k];
    }

    /// <summary>Corpus scores by key, and for each key the scores of the images.</summary>
    public (double[] Corpus, double[][] PerImage) Scores()
    {
        var keys = Metric.Keys.Count;
        var corpus = new double[keys];
        Metric.Score(Sums(), Images, corpus);
        var perImage = new double[keys][];
        for (var k = 0; k < keys; k++) perImage[k] = new double[Images];
        Span<double> scores = stackalloc double[keys];
        for (var i = 0; i < Images; i++)
        {
            Metric.Score(Image(i), 1, scores);
            for (var k = 0; k < keys; k++) perImage[k][i] = scores[k];
        }
        return (corpus, perImage);
    }
}
