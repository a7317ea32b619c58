namespace UnsupClipCap.Metrics;

/// <summary>
/// A metric as additive statistics of images: the corpus score is a function of their sums, an image's score the same
/// function of its own. So a metric that is no mean of image scores (BLEU, METEOR) resamples exactly.
/// </summary>
public interface ICaptionMetric
{
    /// <summary>Coco-caption's keys of the scores, in its order.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>What a reader of the scores must know of this metric, in whole sentences: data it had to do without, say.</summary>
    IEnumerable<string> Notes => [];

    /// <summary>What the scores are without, in two or three words to be put behind their names wherever they are shown, or null.</summary>
    internal string? Without => null;

    /// <summary>Number of statistics of an image.</summary>
    internal int StatisticCount { get; }

    /// <summary>The statistics of some images, image by image.</summary>
    internal void Measure(CandidateBlock block, Span<double> statistics);

    /// <summary>The scores, one a key, from the statistics summed over some number of images.</summary>
    internal void Score(ReadOnlySpan<double> sums, int images, Span<double> scores);
}
