using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>What is done to embeddings in training so that a captioner trained on texts bears being given images.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GaussianNoise), "gaussian")]
public abstract record EmbeddingNoise
{
    /// <summary>Unit embeddings (B, d) to noisy unit embeddings (B, d). Draws from libtorch's default generator.</summary>
    public abstract Tensor Apply(Tensor embeddings);
}

/// <summary>
/// x / |x| + n, n ~ N(0, variance I), brought back to unit length (CapDec, Nukrai et al., 2022, eq. (1); its variance is 0.016).
/// </summary>
/// <param name="Variance">Of each component; 0 or more.</param>
public sealed record GaussianNoise(double Variance = 0.016) : EmbeddingNoise
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor embeddings) =>
        nn.functional.normalize(embeddings + randn_like(embeddings) * Math.Sqrt(Variance), p: 2, dim: -1);
}
