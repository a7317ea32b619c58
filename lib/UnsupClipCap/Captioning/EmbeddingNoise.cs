using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>What is done to embeddings in training so that a captioner trained on texts bears being given images.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GaussianNoise), "gaussian")]
[JsonDerivedType(typeof(BallNoise), "ball")]
[JsonDerivedType(typeof(RandomScaleNoise), "random scale")]
[JsonDerivedType(typeof(CovarianceNoise), "covariance")]
public abstract record EmbeddingNoise
{
    /// <summary>
    /// Embeddings (B, d) to noisy embeddings (B, d), of one type and device. Each kind says whether it brings rows to unit length, and when.
    /// Draws from libtorch's default generator.
    /// </summary>
    public abstract Tensor Apply(Tensor embeddings);

    private protected static double InRange(string what, double value, double least = 0) => double.IsFinite(value) && value >= least ? value
        : throw new UserException(FormattableString.Invariant($"The noise's {what} is {value}; expected a number of {least} or more."));
}

/// <summary>
/// x / |x| + n, n ~ N(0, variance 1), brought back to unit length (CapDec, Nukrai et al., 2022, section 3; its variance is 0.016, which <see cref="NoiseEstimate"/> finds for
/// other encoders). CLOSE (Gu et al., 2023) is the same with standard deviation 0.12, variance 0.0144.
/// </summary>
public sealed record GaussianNoise : EmbeddingNoise
{
    /// <summary>Of a variance.</summary>
    /// <param name="variance">Of each component; 0 or more.</param>
    public GaussianNoise(double variance = 0.016) => Variance = variance;

    /// <summary>Of each component.</summary>
    public double Variance { get; init => field = InRange("variance", value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        return AlignmentInput.Unit(AlignmentInput.Unit(embeddings) + randn_like(embeddings) * Math.Sqrt(Variance)).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// x / |x| + n, n uniform in the ball of that radius, brought back to unit length: CapDec's other noise (its <c>--uniform_noise</c>, with the root of the variance
/// as radius). n has length radius u^(1/d), u uniform in 0..1: in hundreds of dimensions nearly the radius, where Gaussian noise of deviation s has about s times the root of d.
/// </summary>
public sealed record BallNoise : EmbeddingNoise
{
    /// <summary>Of a radius.</summary>
    /// <param name="radius">Of the ball; 0 or more.</param>
    public BallNoise(double radius = 0.126) => Radius = radius;

    /// <summary>Of the ball.</summary>
    public double Radius { get; init => field = InRange("radius", value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var direction = AlignmentInput.Unit(randn_like(embeddings));                            // (B, d)
        var length = rand(embeddings.shape[0], 1, embeddings.dtype, embeddings.device).pow(1.0 / embeddings.shape[1]) * Radius;
        return AlignmentInput.Unit(AlignmentInput.Unit(embeddings) + direction * length).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// x + scale u n, u ~ Unif(0, 1) one number a row, n ~ N(0, 1) (LinCIR, Gu et al., 2024, random noise addition; its scale is 1): noise of every size, so that no size need be chosen.
/// </summary>
/// <remarks>
/// LinCIR adds it to embeddings as the encoder gives them, about ten long, and leaves their length. With a recipe that brings embeddings to unit length first, take a scale
/// smaller by that factor, and <see cref="Unit"/>, since images are then given at unit length.
/// </remarks>
public sealed record RandomScaleNoise : EmbeddingNoise
{
    /// <summary>Of a largest size.</summary>
    /// <param name="scale">Largest standard deviation; 0 or more.</param>
    /// <param name="unit">Whether rows are brought to unit length afterwards (an option of its code, off by default).</param>
    public RandomScaleNoise(double scale = 1, bool unit = false) => (Scale, Unit) = (scale, unit);

    /// <summary>Largest standard deviation.</summary>
    public double Scale { get; init => field = InRange("scale", value); }

    /// <summary>Whether rows are brought to unit length afterwards.</summary>
    public bool Unit { get; init; }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var size = rand(embeddings.shape[0], 1, embeddings.dtype, embeddings.device) * Scale;   // (B, 1)
        var noisy = embeddings + size * randn_like(embeddings);
        return (Unit ? AlignmentInput.Unit(noisy) : noisy).MoveToOuterDisposeScope();
    }
}
