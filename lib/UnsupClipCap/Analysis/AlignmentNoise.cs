using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// What separates an image from its text: e_image - e_text = gap + noise (C3: Zhang et al., 2024). The gap is one vector for all pairs; the noise is what is left
/// of each, which C3 and CapDec imitate by Gaussian noise at training.
/// </summary>
/// <param name="Gap">Length of the gap, the mean difference.</param>
/// <param name="NoiseNorm">Mean length of the noise.</param>
/// <param name="NoiseNormDeviation">Standard deviation of that length.</param>
/// <param name="Variance">Mean over dimensions of the noise's variance: that of the isotropic Gaussian nearest to it (CapDec takes 0.016).</param>
/// <param name="EffectiveRank">Of the noise: how many directions it uses; d for an isotropic Gaussian and many pairs.</param>
/// <param name="CosineToGap">Mean absolute cosine of the noise and the gap: near 0 where the two are orthogonal, as C3 finds.</param>
/// <param name="GapShare">Share of the mean squared difference that is the gap: what a shift of the means can mend.</param>
public sealed record AlignmentNoise(double Gap, double NoiseNorm, double NoiseNormDeviation, double Variance, double EffectiveRank, double CosineToGap, double GapShare)
{
    /// <summary>Measures paired embeddings (N, d), N of 2 or more, as they are given.</summary>
    /// <exception cref="UserException">The sizes differ, a value is not finite, there is one pair only, or all differences are equal.</exception>
    public static AlignmentNoise Of(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("Alignment noise", images, texts);
        AlignmentInput.CheckPairs("Alignment noise", images, texts);
        AlignmentInput.CheckCount("Alignment noise", "image", images, 2, "since noise is what differs from the mean");
        using var scope = NewDisposeScope();
        var difference = images.to(ScalarType.Float64) - texts.to(ScalarType.Float64);
        var gap = difference.mean([0L]);                                    // (d)
        var noise = difference - gap;                                       // (N, d)
        var norms = noise.norm(1);
        var mean = norms.mean().item<double>();
        var squared = gap.square().sum().item<double>();
        var along = noise.matmul(AlignmentInput.Unit(gap)).abs() / norms.clamp_min(1e-300);
        return new(
            Math.Sqrt(squared),
            mean,
            Math.Sqrt((norms - mean).square().mean().item<double>()),
            noise.square().mean().item<double>(),
            UnsupClipCap.EffectiveRank.Of(noise, centred: false),
            along.mean().item<double>(),
            squared / difference.square().sum(1).mean().item<double>());
    }
}
