namespace UnsupClipCap.Metrics;

/// <summary>
/// Scores captions as coco-caption does, without Java. Captions are tokenised once for all metrics, images are scored in
/// parallel, and the result is the same on any number of cores.
/// </summary>
/// <remarks>
/// Rules for input: there must be exactly one candidate an image, in the order of the references; no candidates, too few, too
/// many or a null one is an error, and so is an image without references. An empty caption is no error: it scores 0 and a note
/// counts such captions (coco-caption's ROUGE-L takes an empty candidate for equal to an empty reference, and so it is here: 1).
/// One image only is no error: its CIDEr is 0 by definition, which a note says.
/// </remarks>
/// <param name="references">The references, prepared.</param>
/// <param name="metrics">What to compute, in the order of the scores; by default BLEU, ROUGE-L and CIDEr-D, which need no data. <see cref="CaptionMetrics"/> has them by name.</param>
public sealed class CaptionEvaluator(CaptionReferences references, IReadOnlyList<ICaptionMetric>? metrics = null)
{
    private readonly CaptionReferences _references = references ?? throw new ArgumentNullException(nameof(references));
    private readonly IReadOnlyList<ICaptionMetric> _metrics = Distinct(metrics ?? [new Bleu(), new RougeL(), new CiderD()]);

    /// <summary>Scores one caption an image.</summary>
    /// <param name="candidates">I captions in the order of the references' images, as text; they are tokenised here.</param>
    /// <param name="progress">Told the share of images scored, rising to 1, one call at a time but from any thread; may be null.</param>
    /// <param name="cancellation">Ends the scoring early.</param>
    /// <returns>Corpus scores and scores of each image.</returns>
    /// <exception cref="MetricInputException">Candidates and images do not belong together.</exception>
    /// <exception cref="OperationCanceledException">The scoring was cancelled.</exception>
    public CaptionScores Score(IReadOnlyList<string> candidates, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        Check(candidates, _references);
        var empty = 0;
        var runs = MetricRun.All(_metrics, _references, candidates.Count, i =>
        {
            var tokens = PtbTokenizer.Tokenize(candidates[i], i + 1 < candidates.Count ? candidates[i + 1] : "");
            if (tokens.Length == 0) Interlocked.Increment(ref empty);
            return tokens;
        }, progress, cancellation);
        return new(runs, _references, candidates, Notes(empty));
    }

    internal static void Check<T>(IReadOnlyList<T> candidates, CaptionReferences references) where T : class
    {
        if (candidates.Count == 0)
            throw new MetricInputException($"There are no candidate captions; expected one for each of {references.ImageCount} images. Pass a caption an image, an empty one where the system produced none.");
        if (candidates.Count != references.ImageCount)
        {
            var missing = candidates.Count < references.ImageCount
                ? $" {references.NameOf(candidates.Count)} is the first without one."
                : "";
            throw new MetricInputException($"Found {candidates.Count} candidate captions for {references.ImageCount} images.{missing} Pass exactly one caption an image, in the order of the references.");
        }
        for (var i = 0; i < candidates.Count; i++)
            if (candidates[i] is null)
                throw new MetricInputException($"{references.NameOf(i)} has no candidate caption: found null. Pass a caption, an empty one where the system produced none.");
    }

    private static IReadOnlyList<ICaptionMetric> Distinct(IReadOnlyList<ICaptionMetric> metrics)
    {
        if (metrics.Any(m => m is null)) throw new ArgumentException("A metric is null.", nameof(metrics));
        var twice = metrics.SelectMany(m => m.Keys).CountBy(key => key).FirstOrDefault(k => k.Value > 1).Key;
        return twice is null ? metrics : throw new MetricInputException($"The score {twice} is asked for twice; expected each metric once. Leave one of them out.");
    }

    private List<string> Notes(int empty)
    {
        var notes = new List<string>(_references.Notes);
        if (_references.ImageCount == 1 && _metrics.Any(m => m is CiderD))
            notes.Add("CIDEr is 0 by definition: it weighs words by the images of the evaluated set that lack them, and this set has one image only.");
        if (empty > 0)
            notes.Add($"{empty} of {_references.ImageCount} candidate captions have no words once punctuation is dropped; they score 0{(_references.EmptyReferences > 0 && _metrics.Any(m => m is RougeL) ? ", or a ROUGE-L of 1 where a reference has none either, as in coco-caption" : "")}.");
        if (_references.EmptyReferences > 0)
            notes.Add($"{_references.EmptyReferences} of {_references.ReferenceCount} references have no words once punctuation is dropped; they stay in the averages, as in coco-caption.");
        notes.AddRange(_metrics.SelectMany(m => m.Notes));
        return notes;
    }
}
