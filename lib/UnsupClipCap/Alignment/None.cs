using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Nothing: image embeddings as they are.</summary>
public sealed record None : Alignment
{
    /// <inheritdoc/>
    public override string Title => "none";

    /// <inheritdoc/>
    public override string Formula => "x";

    /// <inheritdoc/>
    public override string Origin => "the paper, alignment study";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel) => new FittedFunction(Name, images.shape[1], x => x) { Back = x => x };
}
