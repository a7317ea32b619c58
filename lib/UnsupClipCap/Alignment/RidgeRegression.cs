using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The linear map that predicts texts from their images with the least squared error and a penalty: (x - mean(I)) W + mean(T),
/// W = (S + ridge tr(S) / d 1)^-1 (I - mean(I))' (T - mean(T)), S = (I - mean(I))' (I - mean(I)). Paired: an upper bound for linear maps.
/// It shrinks what the images do not tell of their texts. Rows are taken as given, and nothing is normalised afterwards.
/// </summary>
public sealed record RidgeRegression : Alignment
{
    /// <summary>With a penalty.</summary>
    /// <param name="ridge">The penalty, as a share of the mean of S's diagonal; 0 or more. At 0 more than d pairs are needed.</param>
    public RidgeRegression(double ridge = 0.1) => Ridge = ridge;

    /// <summary>The penalty, as a share of the mean of S's diagonal.</summary>
    public double Ridge { get; init => field = InRange("ridge", value, 0); }

    /// <inheritdoc/>
    public override string Title => "ridge regression";

    /// <inheritdoc/>
    public override bool NeedsPairs => true;

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) W + mean(T), W = (S + ridge tr(S) / d 1)^-1 (I - mean(I))' (T - mean(T)), S = (I - mean(I))' (I - mean(I))";

    /// <inheritdoc/>
    public override string Origin => "Hoerl and Kennard (1970)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var i = Gaussian.Of(Name, "image", images, Ridge);
        var to = Moments.Mean(texts);
        var map = i.Power(-1).matmul(Moments.Cross(images, i.Mean, texts, to) / (images.shape[0] - 1));
        return Affine.Fitted(Name, i.Mean, map, to, null, "it shrinks directions of the images, some of them to nothing");
    }
}
