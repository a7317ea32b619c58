namespace UnsupClipCap.Metrics;

/// <summary>Scores files of captions as coco-caption does.</summary>
/// <remarks>
/// <para>Files may be in any of the formats of <see cref="CaptionFileFormat"/>, references and candidates each in their own; see
/// <see cref="CaptionFile"/>. Ids match by their texts: <c>42</c> and <c>"42"</c> are one image. Images are scored in the order of the references' file.</para>
/// <para>Each image must have one candidate and one or more references. Errors are: two candidates of an image, a candidate of an
/// image that the references' file does not have, and, unless <c>partial</c> is asked for, an image without a candidate or without a
/// reference. With <c>partial</c> such images are left out, and the scores' notes say how many and which; CIDEr's document frequencies
/// are then those of the images that remain, as in coco-caption.</para>
/// </remarks>
public static class Coco
{
    /// <summary>Scores one system's captions.</summary>
    /// <param name="references">File of the references.</param>
    /// <param name="candidates">File of the candidates: one caption an image.</param>
    /// <param name="metrics">What to compute; by default <see cref="CaptionMetrics.All"/>.</param>
    /// <param name="split">Of references in Karpathy's format, the part: see <see cref="CaptionFile.Read"/>.</param>
    /// <param name="partial">Whether to leave out images that lack a candidate or a reference.</param>
    /// <param name="progress">Told the share of images scored; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="MetricInputException">A file is wrong, or the two do not belong together.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static CaptionScores Score(
        string references, string candidates, IReadOnlyList<ICaptionMetric>? metrics = null, string? split = null, bool partial = false,
        IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        ScoreAll(references, [candidates], metrics, split, partial, progress, cancellation)[0];

    /// <summary>Scores several systems' captions of the same images; with <c>partial</c>, of the images that each of them has a caption of.</summary>
    /// <param name="references">File of the references.</param>
    /// <param name="systems">A file of candidates a system.</param>
    /// <param name="metrics">What to compute; by default <see cref="CaptionMetrics.All"/>.</param>
    /// <param name="split">Of references in Karpathy's format, the part: see <see cref="CaptionFile.Read"/>.</param>
    /// <param name="partial">Whether to leave out images that lack a candidate or a reference.</param>
    /// <param name="progress">Told the share of images scored; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>Scores of each system, in order; <see cref="CaptionScores.Against"/> compares any two.</returns>
    /// <exception cref="MetricInputException">A file is wrong, or they do not belong together.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<CaptionScores> ScoreAll(
        string references, IReadOnlyList<string> systems, IReadOnlyList<ICaptionMetric>? metrics = null, string? split = null, bool partial = false,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(systems);
        metrics ??= CaptionMetrics.All();
        var truth = CaptionFile.Read(references, split);
        var files = systems.Select(path => CaptionFile.Read(path)).ToList();
        cancellation.ThrowIfCancellationRequested();
        var match = CaptionMatch.Of(truth, files, partial, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var evaluator = new CaptionEvaluator(match.References, metrics);
        return [.. match.Candidates.Select((captions, s) => evaluator.Score(captions, progress is null ? null : new Part(progress, s, files.Count), cancellation))];
    }

    /// <summary>One system's progress as a part of all.</summary>
    private sealed class Part(IProgress<double> whole, int system, int systems) : IProgress<double>
    {
        public void Report(double value) => whole.Report((system + value) / systems);
    }
}
