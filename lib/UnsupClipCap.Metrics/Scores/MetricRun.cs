namespace UnsupClipCap.Metrics;

/// <summary>The statistics that one metric measured on I images.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Statistics">(I, number of statistics), row by row.</param>
internal sealed record MetricRun(ICaptionMetric Metric, double[] Statistics)
{
    // Enough captions for SPICE's parser to run at full speed, few enough that cores share a small set evenly.
    private const int Block = 16;

    public int Images => Statistics.Length / Metric.StatisticCount;

    public Span<double> Image(int image) => Statistics.AsSpan(image * Metric.StatisticCount, Metric.StatisticCount);

    public static MetricRun Of(
        ICaptionMetric metric, IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var set = CaptionReferences.FromTokens(references);
        CaptionEvaluator.Check(candidates, set);
        for (var i = 0; i < candidates.Count; i++) CaptionReferences.CheckTokens(candidates[i], i, "candidate");
        return All([metric], set, candidates.Count, i => [.. candidates[i]], null, default)[0];
    }

    /// <summary>Measures all candidates by several metrics, blocks of images side by side; <paramref name="tokens"/> gives the candidate of an image.</summary>
    public static MetricRun[] All(
        IReadOnlyList<ICaptionMetric> metrics, CaptionReferences set, int images, Func<int, string[]> tokens, IProgress<double>? progress, CancellationToken cancellation)
    {
        var runs = metrics.Select(m => new MetricRun(m, new double[images * m.StatisticCount])).ToArray();
        var done = 0;
        Cores.Each((images + Block - 1) / Block, b =>
        {
            var first = b * Block;
            var candidates = new Sentence[Math.Min(Block, images - first)];
            for (var i = 0; i < candidates.Length; i++) candidates[i] = set.Read(tokens(first + i));
            var block = new CandidateBlock(set, first, candidates);
            foreach (var run in runs)
                run.Metric.Measure(block, run.Statistics.AsSpan(first * run.Metric.StatisticCount, candidates.Length * run.Metric.StatisticCount));
            if (progress is null) return;
            lock (runs) progress.Report((double)(done += candidates.Length) / images);      // one at a time, so that the share only rises
        }, cancellation);
        return runs;
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
