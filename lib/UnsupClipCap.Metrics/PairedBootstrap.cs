namespace UnsupClipCap.Metrics;

/// <summary>
/// Whether one system's captions score higher than another's on the same images (Koehn, 2004). Resampled are the images, with
/// replacement, the same ones for both systems. BLEU is recomputed from the resampled images' n-gram counts and lengths, the
/// other scores are means over the resampled images. CIDEr's document frequencies stay those of the whole evaluated set.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Resampled sets at the most; a thousand tell the ends of an interval to about 2 % of its width.</summary>
    public const int MostResamples = 1_000_000;

    /// <summary>Intervals of the difference <paramref name="first"/> - <paramref name="second"/> of every corpus score.</summary>
    /// <param name="first">Scores of one system.</param>
    /// <param name="second">Scores of the other, against the same references.</param>
    /// <param name="resamples">Number of resampled sets, 1 to <see cref="MostResamples"/>.</param>
    /// <param name="confidence">Share of resampled differences inside the interval, above 0 and below 1.</param>
    /// <param name="seed">Decides the resampled sets; the same seed gives the same intervals on every machine.</param>
    /// <param name="progress">Told the share of sets drawn, rising to 1, one call at a time but from any thread; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>
    /// An interval for each key of <see cref="CaptionScores.Corpus"/>, in its order, then for <c>Average6</c> and <c>Average</c>
    /// (x100) where their scores are there.
    /// </returns>
    /// <exception cref="MetricInputException">The two were not scored against the same references, or not by the same metrics.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyDictionary<string, DifferenceInterval> Compare(
        CaptionScores first, CaptionScores second, int resamples = 1000, double confidence = 0.95, int seed = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resamples, MostResamples);
        if (!(confidence > 0 && confidence < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Expected a share above 0 and below 1.");
        if (!first.References.AreThoseOf(second.References))
            throw new MetricInputException($"The two systems were scored against different references ({first.ImageCount} and {second.ImageCount} images); a paired comparison needs the same. Score both against the same.");
        if (!first.Corpus.Keys.SequenceEqual(second.Corpus.Keys))
            throw new MetricInputException($"The two systems were scored by different metrics ({string.Join(", ", first.Corpus.Keys)} and {string.Join(", ", second.Corpus.Keys)}); score both by the same.");

        string[] keys = [.. first.Corpus.Keys, .. CaptionScores.Averages.Keys.Where(a => CaptionScores.Mean(a, first.Corpus) is not null)];
        var differences = new double[keys.Length][];
        for (var k = 0; k < keys.Length; k++) differences[k] = new double[resamples];
        var done = 0;
        Cores.Each(resamples, r =>
        {
            var draws = Draw(first.ImageCount, seed, r);
            var (a, b) = (Scores(first, draws), Scores(second, draws));
            for (var k = 0; k < keys.Length; k++) differences[k][r] = Value(a, keys[k]) - Value(b, keys[k]);
            if (progress is null) return;
            lock (differences) progress.Report((double)++done / resamples);
        }, cancellation);

        var intervals = new OrderedDictionary<string, DifferenceInterval>(StringComparer.Ordinal);
        for (var k = 0; k < keys.Length; k++)
        {
            var observed = Value(first.Corpus, keys[k]) - Value(second.Corpus, keys[k]);
            Array.Sort(differences[k]);
            intervals.Add(keys[k], new(
                observed,
                Quantile(differences[k], (1 - confidence) / 2),
                Quantile(differences[k], (1 + confidence) / 2),
                differences[k].Count(d => d > 0) / (double)resamples));
        }
        return intervals;
    }

    // How often each image is drawn. Counting SplitMix64 from the resample's own seed keeps resamples independent of threads.
    private static int[] Draw(int images, int seed, int resample)
    {
        var state = Mix((ulong)(uint)seed << 32 | (uint)resample);
        var draws = new int[images];
        for (var i = 0; i < images; i++)
        {
            state += 0x9E3779B97F4A7C15;
            draws[(int)Math.BigMul(Mix(state), (ulong)images, out _)]++;
        }
        return draws;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static double Value(IReadOnlyDictionary<string, double> scores, string key) =>
        scores.TryGetValue(key, out var score) ? score : CaptionScores.Mean(key, scores)!.Value;

    private static Dictionary<string, double> Scores(CaptionScores system, int[] draws)
    {
        var byKey = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var run in system.Runs)
        {
            var sums = new double[run.Metric.StatisticCount];
            for (var i = 0; i < draws.Length; i++)
            {
                if (draws[i] == 0) continue;
                var row = run.Image(i);
                for (var s = 0; s < sums.Length; s++) sums[s] += draws[i] * row[s];
            }
            var scores = new double[run.Metric.Keys.Count];
            run.Metric.Score(sums, draws.Length, scores);
            for (var k = 0; k < scores.Length; k++) byKey.Add(run.Metric.Keys[k], scores[k]);
        }
        return byKey;
    }

    // Linear interpolation between order statistics.
    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}

/// <summary>A difference of two systems' corpus scores and where it lies by the bootstrap.</summary>
/// <param name="Difference">The difference on the images as they are.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="ShareAbove">Share of resampled sets in which the first system scores higher, 0..1.</param>
public sealed record DifferenceInterval(double Difference, double Low, double High, double ShareAbove)
{
    /// <summary>One line, on the scores' own scale: "0.0443, 0.0311 to 0.0572".</summary>
    public override string ToString() => FormattableString.Invariant($"{Difference:0.0000}, {Low:0.0000} to {High:0.0000}");
}
