namespace UnsupClipCap;

/// <summary>A table of the paper.</summary>
/// <param name="Name">"Table 1".</param>
/// <param name="Dataset">"COCO, Karpathy test, 5,000 images".</param>
/// <param name="Rows">Scores on the scales of <see cref="ScoreNames"/>; a metric that the paper leaves out is not in the map.</param>
public sealed record PaperTable(string Name, string Dataset, IReadOnlyList<MethodScores> Rows)
{
    /// <summary>The row of <paramref name="method"/>, or null where the paper has none.</summary>
    public MethodScores? Find(string method) => Rows.FirstOrDefault(r => r.Method == method);
}

/// <summary>A point of Figure 3 that can be known from the paper's tables or words.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Lambda">0 (image) or 1 (text).</param>
/// <param name="Scores">The averages, as in <see cref="ScoreNames"/>.</param>
/// <param name="About">Whether the paper says it in words only ("about the level of"), so that the value is not exact.</param>
public sealed record PaperPoint(string Method, double Lambda, IReadOnlyDictionary<string, double> Scores, bool About);

/// <summary>
/// The numbers of <em>Simple Unsupervised Image Captioning via CLIP's Multimodal Embeddings</em>, as printed there (divided by 100 to
/// coco-caption's scale), and the means derived from them.
/// </summary>
public static class Paper
{
    /// <summary>Title of the paper.</summary>
    public const string Title = "Simple Unsupervised Image Captioning via CLIP's Multimodal Embeddings";

    /// <summary>Table 1: COCO.</summary>
    public static PaperTable Table1 { get; } = new("Table 1", "COCO, Karpathy test, 5,000 images",
    [
        Row("MAGIC", 56.8, null, null, 12.9, 17.4, 39.9, 49.3, 11.3),
        Row("ESPER", null, null, null, 21.9, 21.9, null, 78.2, null),
        Row(MethodNames.Unsupervised, 65.5, 46.7, 32.1, 22.1, 22.2, 48.0, 74.6, 14.9),
        Row(MethodNames.MatchedCaptions, 50.3, 30.0, 17.0, 9.6, 15.2, 37.5, 33.7, 8.6),
        Row(MethodNames.ClipCap, 74.0, 57.2, 42.7, 31.5, 26.8, 54.7, 106.6, 19.9),
    ]);

    /// <summary>Table 2: Flickr30k.</summary>
    public static PaperTable Table2 { get; } = new("Table 2", "Flickr30k, Karpathy test, 1,000 images",
    [
        Row("MAGIC", 44.5, null, null, 6.4, 13.1, 31.6, 20.4, 7.1),
        Row(MethodNames.Unsupervised, 53.2, 35.9, 23.7, 15.7, 19.3, 41.8, 36.5, 12.9),
        Row(MethodNames.ClipCap, 68.0, 49.6, 35.2, 24.8, 22.2, 48.6, 57.9, 15.8),
    ]);

    /// <summary>The alignment study: mean of eight metrics of Unsupervised-ClipCap on COCO (<see cref="ScoreNames.Average"/>, times
    /// 100).</summary>
    public static PaperTable Alignment { get; } = new("Alignment study", "COCO, Karpathy test, mean of the eight metrics",
    [
        Mean(MethodNames.None, 40.8),
        Mean(MethodNames.MeanShift, 42.1),
        Mean(MethodNames.Rotation, 15.8),
        Mean(MethodNames.OptimalTransport, 0.0),
    ]);

    /// <summary>Rows that the paper quotes from other papers; their authors' code made them, not the paper's.</summary>
    public static IReadOnlyList<string> Quoted { get; } = ["MAGIC", "ESPER"];

    /// <summary>"Average performance" that the paper states for ClipCap beside the alignment study.</summary>
    public const double ClipCapAverageAsStated = 52.4;

    /// <summary>An inconsistency of the paper, to be shown beside a reproduction.</summary>
    public const string Inconsistency =
        "The paper states an average performance of 52.4 for ClipCap, but the eight metrics of its own row in Table 1 average 51.7 (51.68). " +
        "The Unsupervised-ClipCap row does agree: 40.76 against the stated 40.8.";

    /// <summary>
    /// Figure 3's end points as far as they are known: at lambda 0 both models are Table 1's; at lambda 1 ClipCap is only said to fall to
    /// about the text-trained model's level on images.
    /// </summary>
    public static IReadOnlyList<PaperPoint> Figure3 { get; } =
    [
        new(MethodNames.ClipCap, 0, Table1.Find(MethodNames.ClipCap)!.Scores, false),
        new(MethodNames.Unsupervised, 0, Table1.Find(MethodNames.Unsupervised)!.Scores, false),
        new(MethodNames.ClipCap, 1, Table1.Find(MethodNames.Unsupervised)!.Scores, true),
    ];

    /// <summary>What Figure 3 shows, in words.</summary>
    public static IReadOnlyList<string> Figure3InWords { get; } =
    [
        "Unsupervised-ClipCap, trained on text, falls monotonically from text (lambda 1) to image (lambda 0).",
        "ClipCap, trained on images, improves as text is mixed in up to lambda 0.5.",
        "Beyond that ClipCap falls, at lambda 1 to about the level of Unsupervised-ClipCap on images.",
    ];

    static MethodScores Row(string method, params ReadOnlySpan<double?> scores)
    {
        var map = new Dictionary<string, double>();
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] is { } score) map.Add(ScoreNames.Eight[i], score / 100);
        return new(method, ScoreNames.WithAverages(map));
    }

    static MethodScores Mean(string method, double average) =>
        new(method, new Dictionary<string, double> { [ScoreNames.Average] = average });
}
