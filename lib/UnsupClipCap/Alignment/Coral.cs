using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Correlation alignment (Sun, Feng and Saenko, 2016, algorithm 1) with the mean moved too: (x - mean(I)) C_I^-1/2 C_T^1/2 + mean(T), C the covariances (over N - 1)
/// plus ridge tr(C) / d I. It whitens the images and gives them the texts' covariance. Without ridge the mapped images' mean and covariance are the texts'.
/// Rows are taken as given, and nothing is normalised afterwards.
/// </summary>
public sealed record Coral : Alignment
{
    /// <summary>With a ridge.</summary>
    /// <param name="ridge">Share of the mean variance added to both covariances; 0 or more. At 0 more than d images and texts are needed.</param>
    public Coral(double ridge = 1) => Ridge = ridge;

    /// <summary>Share of the mean variance added to both covariances.</summary>
    public double Ridge { get; init => field = InRange("ridge", value, 0); }

    /// <inheritdoc/>
    public override string Title => "coral";

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) C_I^-1/2 C_T^1/2 + mean(T), C = cov + ridge tr(cov) / d 1";

    /// <inheritdoc/>
    public override string Origin => "Sun, Feng and Saenko (2016), algorithm 1";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (i, t) = (Gaussian.Of(Name, "image", images, Ridge), Gaussian.Of(Name, "text", texts, Ridge));
        return Affine.Fitted(Name, i.Mean, i.Power(-0.5).matmul(t.Power(0.5)), t.Mean, t.Power(-0.5).matmul(i.Power(0.5)));
    }
}

/// <summary>Each set whitened by its own moments, so that both have mean 0 and covariance 1 in every direction: (x - mean(I)) C_I^-1/2, and (t - mean(T)) C_T^-1/2.</summary>
/// <remarks>
/// It moves the texts too: a captioner must be trained on <see cref="IFittedAlignment.TransformTexts"/>'s. Lengths become about the root of d. Of the whitenings it is the
/// one that moves rows least (ZCA; Kessy, Lewin and Strimmer, 2018).
/// </remarks>
public sealed record Whitening : Alignment
{
    /// <summary>With a ridge.</summary>
    /// <param name="ridge">Share of the mean variance added to both covariances; 0 or more. At 0 more than d images and texts are needed.</param>
    public Whitening(double ridge = 0.1) => Ridge = ridge;

    /// <summary>Share of the mean variance added to both covariances.</summary>
    public double Ridge { get; init => field = InRange("ridge", value, 0); }

    /// <inheritdoc/>
    public override string Title => "whitening";

    /// <inheritdoc/>
    public override bool MovesTexts => true;

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) C_I^-1/2, texts (t - mean(T)) C_T^-1/2, C = cov + ridge tr(cov) / d 1";

    /// <inheritdoc/>
    public override string Origin => "standard; ZCA: Kessy, Lewin and Strimmer (2018)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (i, t) = (Gaussian.Of(Name, "image", images, Ridge), Gaussian.Of(Name, "text", texts, Ridge));
        var (whiten, back, whitenTexts) = (i.Power(-0.5), i.Power(0.5), t.Power(-0.5));
        return new FittedFunction(Name, images.shape[1], x => (x.to(ScalarType.Float64) - i.Mean).matmul(whiten), i.Mean, t.Mean, whiten, back, whitenTexts)
        {
            Back = y => y.to(ScalarType.Float64).matmul(back) + i.Mean,
            Texts = x => (x.to(ScalarType.Float64) - t.Mean).matmul(whitenTexts),
        };
    }
}
