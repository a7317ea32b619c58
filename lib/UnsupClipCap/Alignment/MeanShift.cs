using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Nothing: image embeddings as they are.</summary>
public sealed record None : IAlignment
{
    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public bool IsTransductive => false;

    /// <inheritdoc/>
    public IFittedAlignment Fit(Tensor images, Tensor texts) => new FittedFunction(x => x);
}

/// <summary>
/// x + step (mean of texts - mean of images), brought back to unit length: the paper's "mean shift", with Liang et al.'s (2022) step along the gap.
/// </summary>
/// <param name="Step">Share of the gap that is crossed: 0 is none, 1 the whole.</param>
public sealed record MeanShift(double Step = 1) : IAlignment
{
    /// <inheritdoc/>
    public string Name => Step == 1 ? "mean shift" : $"mean shift, step {Step:0.##}";

    /// <inheritdoc/>
    public bool IsTransductive => false;

    /// <inheritdoc/>
    public IFittedAlignment Fit(Tensor images, Tensor texts)
    {
        AlignmentInput.Check(Name, images, texts);
        var shift = (texts.mean([0]) - images.mean([0])) * Step;                        // (d)
        return new FittedFunction(x => AlignmentInput.Unit(x + shift));
    }
}
