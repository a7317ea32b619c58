using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Each modality's own mean removed: x - mean(I), and texts t - mean(T), then unit rows (the "collapse" of C3, Zhang et al., 2024). It moves the texts too: the captioner
/// must be trained on <see cref="IFittedAlignment.TransformTexts"/>'s, to which C3 adds noise: that is the recipe's part.
/// </summary>
public sealed record BothMeansRemoved : Alignment
{
    /// <summary>With or without unit length.</summary>
    /// <param name="unit">Whether rows are brought to unit length afterwards, texts too.</param>
    public BothMeansRemoved(bool unit = true) => Unit = unit;

    /// <summary>Whether rows are brought to unit length afterwards.</summary>
    public bool Unit { get; init; }

    /// <inheritdoc/>
    public override string Title => "both means removed";

    /// <inheritdoc/>
    public override bool MovesTexts => true;

    /// <inheritdoc/>
    public override string Formula => Unit ? "x - mean(I), unit rows; texts t - mean(T), unit rows" : "x - mean(I), texts t - mean(T)";

    /// <inheritdoc/>
    public override string Origin => "C3: Zhang, Sui and Yeung-Levy (2024)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (i, t, name, unit) = (Moments.Mean(images), Moments.Mean(texts), Name, Unit);
        Tensor Moved(string what, Tensor x, Tensor mean)
        {
            var moved = x - mean.to(x.dtype);
            return unit ? AlignmentInput.UnitRows(name, what, moved) : moved;
        }
        return new FittedFunction(name, images.shape[1], x => Moved("centred image", x, i), i, t)
        {
            Texts = x => Moved("centred text", x, t),
            Back = unit ? null : y => y + i.to(y.dtype),
        };
    }
}
