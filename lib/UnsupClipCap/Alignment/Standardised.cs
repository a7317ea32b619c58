using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Each dimension of the images brought to the texts' mean and standard deviation there: (x - mean(I)) sd(T) / sd(I) + mean(T), deviations over N.
/// A dimension in which the images do not vary is only moved. Rows are taken as given, and nothing is normalised afterwards.
/// </summary>
public sealed record Standardised : Alignment
{
    /// <inheritdoc/>
    public override string Title => "standardised";

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) sd(T) / sd(I) + mean(T), each dimension";

    /// <inheritdoc/>
    public override string Origin => "standard";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        AlignmentInput.CheckCount(Name, "image", images, 2, "for a deviation");
        AlignmentInput.CheckCount(Name, "text", texts, 2, "for a deviation");
        var (from, to) = (Moments.Mean(images), Moments.Mean(texts));
        var (si, st) = (Deviation(images, from), Deviation(texts, to));
        var factor = where(si > 0, st / si, ones_like(si));                                     // (d)
        var invertible = factor.gt(0).all().item<bool>();
        return Affine.Fitted(Name, from, factor, to, invertible ? 1 / factor : null, "the texts do not vary in some dimension");
    }

    private static Tensor Deviation(Tensor x, Tensor mean)
    {
        var deviation = (Moments.Sum(x, part => (part - mean).square().sum([0])) / x.shape[0]).sqrt();
        return where(deviation > mean.abs() * 1e-13, deviation, zeros_like(deviation));         // what rounding leaves of a constant is 0
    }
}
