using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How <see cref="Rotation"/> chooses the sign of each principal direction; singular vectors have none.</summary>
public enum Signs
{
    /// <summary>As the solver (LAPACK's, through libtorch) leaves them, to which the paper leaves it. Another libtorch may leave others.</summary>
    Solver,
    /// <summary>The largest component is positive: the same on every machine, and as arbitrary.</summary>
    Largest,
    /// <summary>The set's third central moment along the direction is positive: what a skew distribution tells without pairs. The sets are centred.</summary>
    ThirdMoment,
    /// <summary>Pairs of image and text correlate along their directions: an upper bound. The sets are centred.</summary>
    Paired,
}

/// <summary>
/// Turns the images' principal directions onto the texts', the strongest onto the strongest. As the paper writes it: with X = U S V' of each set, not centred,
/// R = V_image V_text' and x -> x R. Singular vectors have no sign, and neighbours of like strength no order: beyond the first direction the pairing is arbitrary,
/// which is why it fails.
/// </summary>
/// <remarks>
/// Mended: signs by third moments or by pairs, and both sets centred, (x - mean(I)) R + mean(T), so that the strongest direction is not the mean. The order stays a matter of
/// strength. V is (d, d): with fewer rows than dimensions the solver completes it, as arbitrarily. Rows are taken as given; nothing is normalised afterwards.
/// </remarks>
public sealed record Rotation : Alignment
{
    /// <summary>The paper's, or with signs that mean something.</summary>
    /// <param name="signs">How signs are chosen.</param>
    public Rotation(Signs signs = Signs.Solver) => Signs = signs;

    /// <summary>How signs are chosen.</summary>
    public Signs Signs { get; init; }

    private bool Centred => Signs is Signs.ThirdMoment or Signs.Paired;

    /// <inheritdoc/>
    public override string Title => "rotation";

    /// <inheritdoc/>
    public override bool NeedsPairs => Signs == Signs.Paired;

    /// <inheritdoc/>
    public override string Formula => Centred ? "(x - mean(I)) V_I V_T' + mean(T), X - mean(X) = U S V' of each set" : "x V_I V_T', X = U S V' of each set";

    /// <inheritdoc/>
    public override string Origin => Centred ? "the paper's, mended" : "the paper, alignment study";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        if (Centred)
        {
            AlignmentInput.CheckCount(Name, "image", images, 2, "for a direction");
            AlignmentInput.CheckCount(Name, "text", texts, 2, "for a direction");
        }
        var (from, to) = Centred ? (Moments.Mean(images), Moments.Mean(texts)) : (Zero(images), Zero(texts));
        var (i, t) = (Directions(images, from), Directions(texts, to));                        // (d, d), a direction a column
        switch (Signs)
        {
            case Signs.Largest:
                (i, t) = (i * LargestComponent(i), t * LargestComponent(t));
                break;
            case Signs.ThirdMoment:
                (i, t) = (i * ThirdMoment(images, from, i), t * ThirdMoment(texts, to, t));
                break;
            case Signs.Paired:
                t = t * Sign((i.t().matmul(Moments.Cross(images, from, texts, to)) * t.t()).sum(1));
                break;
        }
        var rotation = i.matmul(t.t());
        return Affine.Fitted(Name, from, rotation, to, rotation.t());
    }

    private static Tensor Zero(Tensor x) => zeros(x.shape[1], ScalarType.Float64, x.device);

    /// <summary>The right singular vectors of X - mean as columns (d, d), strongest first.</summary>
    private static Tensor Directions(Tensor x, Tensor mean)
    {
        using var scope = NewDisposeScope();
        // Of a large set first the triangular factors of its chunks: R'R = X'X, so R's right singular vectors are X's.
        var rows = x.shape[0] <= AlignmentInput.Chunk ? x.to(ScalarType.Float64) - mean
            : Chunks.Of(x).Aggregate((Tensor?)null, (r, part) => Triangle(r, part, mean))!;
        return linalg.svd(rows, fullMatrices: rows.shape[0] < rows.shape[1]).Item3.t().contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor Triangle(Tensor? above, Tensor part, Tensor mean)
    {
        using var scope = NewDisposeScope();
        var rows = part.to(ScalarType.Float64) - mean;
        return linalg.qr(above is null ? rows : cat([above, rows], 0), linalg.QRMode.R).R.MoveToOuterDisposeScope();
    }

    private static Tensor LargestComponent(Tensor vectors) => Sign(vectors.gather(0, vectors.abs().argmax(0, keepdim: true)));

    private static Tensor ThirdMoment(Tensor x, Tensor mean, Tensor vectors) => Sign(Moments.Sum(x, part => (part - mean).matmul(vectors).pow(3).sum([0])));

    // 1 or -1: a direction is never dropped for a moment of 0.
    private static Tensor Sign(Tensor x) => x.ge(0).to(ScalarType.Float64) * 2 - 1;
}
