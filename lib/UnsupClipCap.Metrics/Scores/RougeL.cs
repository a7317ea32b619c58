namespace UnsupClipCap.Metrics;

/// <summary>
/// ROUGE-L as coco-caption computes it (Lin, 2004): F-measure with beta 1.2 of the longest common subsequence; the largest
/// precision and the largest recall over the references are taken separately. The corpus score is the mean over images.
/// </summary>
public sealed class RougeL : ICaptionMetric
{
    private const double BetaSquared = 1.2 * 1.2;

    IReadOnlyList<string> ICaptionMetric.Keys { get; } = ["ROUGE_L"];

    int ICaptionMetric.StatisticCount => 1;

    /// <summary>ROUGE-L of tokenised candidates.</summary>
    /// <param name="candidates">I token lists, one an image.</param>
    /// <param name="references">Of each of the I images, one or more token lists.</param>
    /// <returns><c>Corpus</c>: 0..1; <c>PerImage</c>: I scores, 0..1.</returns>
    /// <exception cref="MetricInputException">Candidates and references do not belong together; see <see cref="CaptionEvaluator"/>.</exception>
    public static (double Corpus, double[] PerImage) Compute(
        IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        var (corpus, perImage) = MetricRun.Of(new RougeL(), candidates, references).Scores();
        return (corpus[0], perImage[0]);
    }

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        for (var i = 0; i < block.Candidates.Length; i++) statistics[i] = F(block.Candidates[i].TokenIds, block.References(i).Sentences);
    }

    private static double F(int[] candidate, Sentence[] references)
    {
        double precision = 0, recall = 0;
        foreach (var reference in references)
        {
            double common = CommonSubsequence(candidate, reference.TokenIds);
            // Coco-caption reads a caption without tokens as one empty token: it equals another such caption and nothing else.
            if (candidate.Length == 0 && reference.TokenIds.Length == 0) common = 1;
            precision = Math.Max(precision, common / Math.Max(1, candidate.Length));
            recall = Math.Max(recall, common / Math.Max(1, reference.TokenIds.Length));
        }
        return precision > 0 && recall > 0 ? (1 + BetaSquared) * precision * recall / (recall + BetaSquared * precision) : 0;
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores) => scores[0] = sums[0] / images;

    private static int CommonSubsequence(int[] a, int[] b)
    {
        const int OnStack = 256;
        if (a.Length < b.Length) (a, b) = (b, a);
        // row[j]: length for the words of a so far and the first j of b.
        Span<int> row = b.Length < OnStack ? stackalloc int[b.Length + 1] : new int[b.Length + 1];
        row.Clear();
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 0; j < b.Length; j++)
            {
                var above = row[j + 1];
                row[j + 1] = word == b[j] ? diagonal + 1 : Math.Max(above, row[j]);
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
