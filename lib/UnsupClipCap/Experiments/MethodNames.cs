namespace UnsupClipCap;

/// <summary>The names of the paper's models and alignment methods, as every results file, table and chart writes them.</summary>
public static class MethodNames
{
    /// <summary>The image-trained model, <c>p(y | h(f_v(x)))</c>.</summary>
    public const string ClipCap = "ClipCap";

    /// <summary>The text-trained model, <c>p(y | h(f_t(y')))</c> with y' another caption of the same image.</summary>
    public const string Unsupervised = "Unsupervised-ClipCap";

    /// <summary>The ablation: the text-trained model with y' = y.</summary>
    public const string MatchedCaptions = "- matched captions";

    /// <summary>No alignment: image embeddings as they are.</summary>
    public const string None = "none";

    /// <summary>Alignment by the difference of the means.</summary>
    public const string MeanShift = "mean shift";

    /// <summary>Alignment by rotating one set of singular vectors onto the other.</summary>
    public const string Rotation = "rotation";

    /// <summary>Alignment by the optimal transport plan.</summary>
    public const string OptimalTransport = "optimal transport";
}
