using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The orthogonal map that brings centred images nearest to their texts (Schönemann, 1966): (x - mean(I)) R + mean(T) with R = U V' of
/// U S V' = (I - mean(I))' (T - mean(T)). Paired: an upper bound for rotations. R may mirror. Of two pairs or more; all of R is decided by more than d. Rows are taken as given, and nothing is normalised afterwards.
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
    public override string Origin => "Schönemann (1966)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        AlignmentInput.CheckCount(Name, "image", images, 2, "for a direction");
        var (from, to) = (Moments.Mean(images), Moments.Mean(texts));
        var rotation = Rotation(Moments.Cross(images, from, texts, to));
        return Affine.Fitted(Name, from, rotation, to, rotation.t());
    }

    /// <summary>
    /// R of a cross-covariance (d, d). What the pairs do not decide, with d of them or fewer, is completed by the Householder reflections of what they decide:
    /// the solver's own completion is rounding noise, and differs with the number of threads.
    /// </summary>
    private static Tensor Rotation(Tensor cross)
    {
        using var scope = NewDisposeScope();
        var (u, s, vt) = linalg.svd(cross, fullMatrices: true);
        var rank = s.gt(s[0] * (s.shape[0] * 1e-15)).sum().item<long>();
        (u, var v) = (Completed(u, rank), Completed(vt.t(), rank));
        return u.matmul(v.t()).MoveToOuterDisposeScope();
    }

    /// <summary>The first columns of an orthogonal matrix and others orthogonal to them.</summary>
    private static Tensor Completed(Tensor columns, long count)
    {
        var d = columns.shape[0];
        if (count == d) return columns;
        var decided = columns.narrow(1, 0, count);
        return cat([decided, linalg.qr(decided.contiguous(), linalg.QRMode.Complete).Q.narrow(1, count, d - count)], 1);
    }
}
