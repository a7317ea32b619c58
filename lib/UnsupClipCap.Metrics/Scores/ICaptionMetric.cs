namespace UnsupClipCap.Metrics;

/// <summary>
/// A metric as additive statistics of images: the corpus score is a function of their sums, an image's score the same
/// function of its own. So a metric that is no mean of image scores (BLEU) resamples exactly.
/// </summary>
internal interface ICaptionMetric
{
    /// <summary>Coco-caption's keys of the scores, in its order.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Number of statistics of an image.</summary>
    int StatisticCount { get; }

    /// <summary>The statistics of one image.</summary>
    void Measure(Sentence candidate, ImageReferences image, CaptionReferences set, Span<double> statistics);

    /// <summary>The scores, one a key, from the statistics summed over some number of images.</summary>
    void Score(ReadOnlySpan<double> sums, int images, Span<double> scores);
}
