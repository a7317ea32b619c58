namespace UnsupClipCap.Metrics;

/// <summary>
/// METEOR 1.5, English, ranking task (Denkowski &amp; Lavie, 2014), as coco-caption runs it: a weighted harmonic mean of unigram precision and recall over an alignment by exact words, stems,
/// synonyms and paraphrases, times one less a penalty for the number of chunks. An image's score is that of its best reference; the corpus score is computed from the statistics of
/// these, summed, and is no mean.
/// </summary>
/// <param name="data">The tables. Without paraphrases scores are lower than METEOR's own, and a note says so.</param>
public sealed class Meteor(MeteorData data) : ICaptionMetric
{
    // Parameters of the ranking task for English.
    private const double Alpha = 0.85, Beta = 0.2, Gamma = 0.6, Delta = 0.75;

    // Statistics: words and function words of candidate and reference; for each module the content and function words matched in the candidate, then in the reference;
    // chunks; words matched in candidate and reference.
    private const int Words = 0, ReferenceWords = 1, Function = 2, ReferenceFunction = 3, Modules = 4, PerModule = 4, Chunks = 20, Matched = 21, ReferenceMatched = 22, Each = 23;

    // Exact, stem, synonym, paraphrase.
    internal static readonly double[] Weights = [1, 0.6, 0.8, 0.6];

    private readonly MeteorData _data = data ?? throw new ArgumentNullException(nameof(data));

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["METEOR"];

    /// <inheritdoc/>
    public IEnumerable<string> Notes => _data.HasParaphrases ? [] :
        ["METEOR is computed without paraphrases (exact words, stems, synonyms): its paraphrase table was not found, and scores are lower than full METEOR's. It is METEOR 1.5's paraphrase-en.gz, looked for in 'meteor' in the folder that UNSUPCLIPCAP_DATA names; UnsupClipCap's './run fetch meteor' brings it."];

    string? ICaptionMetric.Without => _data.HasParaphrases ? null : "without paraphrases";

    int ICaptionMetric.StatisticCount => Each;

    /// <summary>METEOR of tokenised candidates.</summary>
    /// <param name="candidates">I token lists, one an image.</param>
    /// <param name="references">Of each of the I images, one or more token lists.</param>
    /// <param name="data">The tables.</param>
    /// <returns><c>Corpus</c>: 0..1; <c>PerImage</c>: I scores, 0..1.</returns>
    /// <exception cref="MetricInputException">Candidates and references do not belong together; see <see cref="CaptionEvaluator"/>.</exception>
    public static (double Corpus, double[] PerImage) Compute(
        IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references, MeteorData data)
    {
        var (corpus, perImage) = MetricRun.Of(new Meteor(data), candidates, references).Scores();
        return (corpus[0], perImage[0]);
    }

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        Span<double> one = stackalloc double[Each];
        var words = _data.Words;
        for (var i = 0; i < block.Candidates.Length; i++)
        {
            var candidate = Prepare(block.Candidates[i].Tokens, words);
            var best = double.NegativeInfinity;
            foreach (var reference in block.References(i).Sentences)
            {
                Measure(candidate, Prepare(reference.Tokens, words), one);
                var score = Score(one);
                if (score <= best) continue;
                best = score;
                one.CopyTo(statistics.Slice(i * Each, Each));
            }
        }
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores) => scores[0] = Score(sums);

    private static MeteorSentence Prepare(string[] tokens, MeteorWords words) => new(MeteorNormalizer.Normalize(tokens), words);

    private void Measure(MeteorSentence candidate, MeteorSentence reference, Span<double> statistics)
    {
        statistics.Clear();
        statistics[Words] = candidate.Words.Length;
        statistics[ReferenceWords] = reference.Words.Length;
        statistics[Function] = candidate.FunctionWords;
        statistics[ReferenceFunction] = reference.FunctionWords;
        var (matches, chunks) = MeteorAligner.Align(candidate, reference, _data.Table);
        statistics[Chunks] = chunks;
        foreach (var match in matches)
        {
            var module = statistics.Slice(Modules + match.Module * PerModule, PerModule);
            for (var i = match.Start; i < match.Start + match.Length; i++) module[candidate.Words[i].IsFunction ? 1 : 0]++;
            for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++) module[reference.Words[j].IsFunction ? 3 : 2]++;
            statistics[Matched] += match.Length;
            statistics[ReferenceMatched] += match.ReferenceLength;
        }
        // One chunk that is both sentences whole has no break, and counts for none in the corpus either.
        if (chunks == 1 && statistics[Matched] == candidate.Words.Length && statistics[ReferenceMatched] == reference.Words.Length) statistics[Chunks] = 0;
    }

    private static double Score(ReadOnlySpan<double> s)
    {
        double matched = 0, referenceMatched = 0;
        for (var m = 0; m < Weights.Length; m++)
        {
            var module = s.Slice(Modules + m * PerModule, PerModule);
            matched += Weights[m] * (Delta * module[0] + (1 - Delta) * module[1]);
            referenceMatched += Weights[m] * (Delta * module[2] + (1 - Delta) * module[3]);
        }
        if (matched == 0 || referenceMatched == 0) return 0;
        var precision = matched / (Delta * (s[Words] - s[Function]) + (1 - Delta) * s[Function]);
        var recall = referenceMatched / (Delta * (s[ReferenceWords] - s[ReferenceFunction]) + (1 - Delta) * s[ReferenceFunction]);
        var mean = precision * recall / (Alpha * precision + (1 - Alpha) * recall);
        var fragments = s[Chunks] / ((s[Matched] + s[ReferenceMatched]) / 2);
        return mean * (1 - Gamma * Math.Pow(fragments, Beta));
    }
}
