using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Optimal transport as the paper writes it: T* is the exact plan between N images and N texts of uniform weight 1 / N at Euclidean cost, and the images become T* X_image.
/// </summary>
/// <remarks>
/// T* is a permutation over N. So each row becomes an image's embedding over N, the one whose number is that of the text the plan chose: its own where the plan is right, another's
/// elsewhere. It never leaves the images' space, and it is nearly zero, which a decoder hears as nothing: enough to explain the paper's 0.0. The mended method maps onto
/// texts, by N T* X_text (<see cref="Barycentric"/>).
/// </remarks>
public sealed record OptimalTransport : Alignment
{
    /// <inheritdoc/>
    public override string Title => "optimal transport";

    /// <inheritdoc/>
    public override bool IsTransductive => true;

    /// <inheritdoc/>
    public override string Formula => "T* I, T* the plan of least Euclidean cost from I to T";

    /// <inheritdoc/>
    public override string Origin => "the paper, alignment study";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        if (images.shape[0] != texts.shape[0])
            throw new UserException($"{Name}: there are {images.shape[0]} images and {texts.shape[0]} texts; T* times the images is defined for as many of both. 'barycentric transport' takes any counts.");
        var plan = ExactTransport.Solve(TransportCost.Euclidean(images, texts), cancel: cancel);
        return Plans.Fitted(Name, images, plan.Barycentric(images) / images.shape[0]);           // every row of T* sums to 1 / N
    }
}
