using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The orthogonal map that brings centred images nearest to their texts (Schonemann, 1966): (x - mean(I)) R + mean(T) with R = U V' of
/// U S V' = (I - mean(I))' (T - mean(T)). Paired: an upper bound for rotations. R may mirror. Rows are taken as given, and nothing is normalised afterwards.
/// </summary>
public sealed record Procrustes : Alignment
{
    /// <inheritdoc/>
    public override string Title => "procrustes";

    /// <inheritdoc/>
    public override bool NeedsPairs => true;

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) U V' + mean(T), U S V' = (I - mean(I))' (T - mean(T))";

    /// <inheritdoc/>
    public override string Origin => "Schonemann (1966)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts)
    {
        var (from, to) = (Moments.Mean(images), Moments.Mean(texts));
        var rotation = Rotation(Moments.Cross(images, from, texts, to));
        return Affine.Fitted(Name, from, rotation, to, rotation.t());
    }

    /// <summary>R of a cross-covariance (d, d). With fewer than d pairs part of it is not decided by them, and is any orthogonal completion.</summary>
    private static Tensor Rotation(Tensor cross)
    {
        using var scope = NewDisposeScope();
        var (u, _, vt) = linalg.svd(cross, fullMatrices: true);
        return u.matmul(vt).MoveToOuterDisposeScope();
    }
}
