using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Image and text embeddings on two axes, for plots.</summary>
/// <param name="Images">(N, 2), float64.</param>
/// <param name="Texts">(M, 2), float64.</param>
/// <param name="Share">Share of the rows' (centred rows', for PCA) squared length that the two axes hold; 0..1.</param>
public sealed record Projection(Tensor Images, Tensor Texts, double Share)
{
    /// <summary>
    /// On the first two right singular vectors of [images; texts] as they are, not centred: Liang et al.'s (2022, figure 1) way, in which the gap shows. The sign of an axis is
    /// chosen so that its largest component is positive.
    /// </summary>
    /// <param name="images">(N, d).</param>
    /// <param name="texts">(M, d).</param>
    public static Projection UncentredSvd(Tensor images, Tensor texts) => Of("The projection", images, texts, centred: false);

    /// <summary>On the first two principal components of [images; texts] about their common mean.</summary>
    /// <param name="images">(N, d).</param>
    /// <param name="texts">(M, d).</param>
    public static Projection Pca(Tensor images, Tensor texts) => Of("PCA", images, texts, centred: true);

    private static Projection Of(string what, Tensor images, Tensor texts, bool centred)
    {
        AlignmentInput.Check(what, images, texts);
        if (images.shape[1] < 2) throw new UserException($"{what}: embeddings have {images.shape[1]} number; two axes need two or more.");
        using var scope = NewDisposeScope();
        var rows = cat([images.to(ScalarType.Float64), texts.to(ScalarType.Float64)], 0);
        if (centred) rows = rows - rows.mean([0L], keepdim: true);
        var (values, vectors) = linalg.eigh(rows.t().matmul(rows));                              // rising
        var axes = vectors.flip(1).narrow(1, 0, 2);                                             // (d, 2)
        axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim: true)).sign();
        var share = values.flip(0).narrow(0, 0, 2).sum().item<double>() / Math.Max(values.sum().item<double>(), double.Epsilon);
        var points = rows.matmul(axes);
        return new(points.narrow(0, 0, images.shape[0]).clone().MoveToOuterDisposeScope(), points.narrow(0, images.shape[0], texts.shape[0]).clone().MoveToOuterDisposeScope(), share);
    }
}
