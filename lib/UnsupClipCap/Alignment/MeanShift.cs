using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// x + step (mean of texts - mean of images), brought back to unit length: the paper's "mean shift", with Liang et al.'s (2022) step along the gap.
/// Rows are taken as they are given; an image that the shift takes to zero is an error.
/// </summary>
public sealed record MeanShift : Alignment
{
    /// <summary>The whole gap, or a share of it.</summary>
    /// <param name="step">Share of the gap that is crossed: 0 is none, 1 the whole; it may be negative or above 1.</param>
    public MeanShift(double step = 1) => Step = step;

    /// <summary>Share of the gap that is crossed.</summary>
    public double Step { get; init => field = InRange("step", value, double.MinValue); }

    /// <inheritdoc/>
    public override string Title => "mean shift";

    /// <inheritdoc/>
    public override string Formula => "x + step (mean(T) - mean(I)), unit rows";

    /// <inheritdoc/>
    public override string Origin => "the paper, alignment study; step: Liang et al. (2022), embedding shift";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var shift = (Moments.Mean(texts) - Moments.Mean(images)) * Step;                       // (d)
        var name = Name;
        return new FittedFunction(name, images.shape[1], x => AlignmentInput.UnitRows(name, "shifted image", x + shift.to(x.dtype)), shift);
    }
}
