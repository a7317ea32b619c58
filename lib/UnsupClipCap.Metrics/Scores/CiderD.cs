namespace UnsupClipCap.Metrics;

/// <summary>
/// CIDEr-D as coco-caption computes it under the name CIDEr (Vedantam et al., 2015): mean over n = 1..4 and over references of
/// the cosine of clipped TF-IDF vectors, times a Gaussian penalty (sigma 6) on the difference of lengths, times 10.
/// Document frequencies come from the references of the evaluated images, so a set of one image scores 0.
/// </summary>
public sealed class CiderD : ICaptionMetric
{
    private const double Sigma = 6;

    IReadOnlyList<string> ICaptionMetric.Keys { get; } = ["CIDEr"];

    int ICaptionMetric.StatisticCount => 1;

    /// <summary>CIDEr-D of tokenised candidates.</summary>
    /// <param name="candidates">I token lists, one an image.</param>
    /// <param name="references">Of each of the I images, one or more token lists.</param>
    /// <returns><c>Corpus</c>: 0..10; <c>PerImage</c>: I scores, 0..10.</returns>
    /// <exception cref="MetricInputException">Candidates and references do not belong together; see <see cref="CaptionEvaluator"/>.</exception>
    public static (double Corpus, double[] PerImage) Compute(
        IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        var (corpus, perImage) = MetricRun.Of(new CiderD(), candidates, references).Scores();
        return (corpus[0], perImage[0]);
    }

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        for (var i = 0; i < block.Candidates.Length; i++)
        {
            var mine = block.Set.Weigh(block.Candidates[i].NGrams);
            var vectors = block.References(i).Vectors;
            var total = 0.0;
            foreach (var reference in vectors) total += Similarity(mine, reference);
            statistics[i] = total / vectors.Length * 10;
        }
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores) => scores[0] = sums[0] / images;

    private static double Similarity(TfIdf candidate, TfIdf reference)
    {
        Span<double> products = stackalloc double[NGramCounts.MaxN];
        products.Clear();
        var (mine, theirs) = (candidate.Counts.Ids, reference.Counts.Ids);
        for (int i = 0, j = 0; i < mine.Length && j < theirs.Length;)
        {
            if (mine[i] < theirs[j]) i++;
            else if (mine[i] > theirs[j]) j++;
            else
            {
                products[NGramCounts.N(mine[i])] += Math.Min(candidate.Values[i], reference.Values[j]) * reference.Values[j];
                i++;
                j++;
            }
        }
        var cosines = 0.0;
        for (var n = 0; n < products.Length; n++)
            if (candidate.Norms[n] > 0 && reference.Norms[n] > 0) cosines += products[n] / (candidate.Norms[n] * reference.Norms[n]);
        double difference = candidate.Length - reference.Length;
        return cosines / NGramCounts.MaxN * Math.Exp(-difference * difference / (2 * Sigma * Sigma));
    }
}
