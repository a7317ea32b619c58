namespace UnsupClipCap.Metrics;

/// <summary>
/// BLEU-1..4 as coco-caption computes it (Papineni et al., 2002): clipped n-gram precision over the corpus, brevity penalty
/// against the closest reference length (the shorter one wins a tie), smoothed by 1e-15 above and 1e-9 below the line.
/// </summary>
public sealed class Bleu : ICaptionMetric
{
    // Statistics: correct n-grams (4), guessed n-grams (4), candidate length, closest reference length.
    private const int Correct = 0, Guessed = 4, Length = 8, ReferenceLength = 9, Each = 10;
    private const double Tiny = 1e-15, Small = 1e-9;

    IReadOnlyList<string> ICaptionMetric.Keys { get; } = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"];

    int ICaptionMetric.StatisticCount => Each;

    /// <summary>BLEU of tokenised candidates.</summary>
    /// <param name="candidates">I token lists, one an image.</param>
    /// <param name="references">Of each of the I images, one or more token lists.</param>
    /// <returns><c>Corpus</c>: BLEU-1 to BLEU-4, 0..1; <c>PerImage</c>: for each of these, I scores.</returns>
    /// <exception cref="MetricInputException">Candidates and references do not belong together; see <see cref="CaptionEvaluator"/>.</exception>
    public static (double[] Corpus, double[][] PerImage) Compute(
        IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references) =>
        MetricRun.Of(new Bleu(), candidates, references).Scores();

    internal static BleuCounts Counts(ReadOnlySpan<double> sums) => new(
        (int)sums[Length], (int)sums[ReferenceLength],
        [.. sums.Slice(Correct, 4).ToArray().Select(x => (int)x)], [.. sums.Slice(Guessed, 4).ToArray().Select(x => (int)x)]);

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        for (var i = 0; i < block.Candidates.Length; i++) Measure(block.Candidates[i].NGrams, block.References(i), statistics.Slice(i * Each, Each));
    }

    private static void Measure(NGramCounts mine, ImageReferences image, Span<double> statistics)
    {
        statistics.Clear();
        var most = image.MaxCounts;
        for (int i = 0, j = 0; i < mine.Ids.Length && j < most.Ids.Length;)
        {
            if (mine.Ids[i] < most.Ids[j]) i++;
            else if (mine.Ids[i] > most.Ids[j]) j++;
            else
            {
                statistics[Correct + NGramCounts.N(mine.Ids[i])] += Math.Min(mine.Counts[i], most.Counts[j]);
                i++;
                j++;
            }
        }
        for (var n = 0; n < NGramCounts.MaxN; n++) statistics[Guessed + n] = Math.Max(0, mine.Words - n);
        statistics[Length] = mine.Words;
        statistics[ReferenceLength] = image.Sentences.Min(r => (Math.Abs(r.NGrams.Words - mine.Words), r.NGrams.Words)).Words;
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores)
    {
        var ratio = (sums[Length] + Tiny) / (sums[ReferenceLength] + Small);
        var brevity = ratio < 1 ? Math.Exp(1 - 1 / ratio) : 1;
        var product = 1.0;
        for (var n = 0; n < NGramCounts.MaxN; n++)
        {
            product *= (sums[Correct + n] + Tiny) / (sums[Guessed + n] + Small);
            scores[n] = Math.Pow(product, 1.0 / (n + 1)) * brevity;
        }
    }
}
