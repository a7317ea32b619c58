using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How <see cref="Rotation"/> chooses the sign of each principal direction; singular vectors have none.</summary>
public enum Signs
{
    /// <summary>The largest component is positive: the same on every machine, and as arbitrary as the solver's choice, to which the paper leaves it.</summary>
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
/// strength. With fewer rows than dimensions R turns the directions there are and drops what lies outside of them. Rows are taken as given; nothing is normalised afterwards.
/// </remarks>
public sealed record Rotation : Alignment
{
    /// <summary>The paper's, or with signs that mean something.</summary>
    /// <param name="signs">How signs are chosen.</param>
    public Rotation(Signs signs = Signs.Largest) => Signs = signs;

    /// <summary>How signs are chosen.</summary>
    public Signs Signs { get; init; }

    /// <inheritdoc/>
    public override string Title => "rotation";

    /// <inheritdoc/>
    public override bool NeedsPairs => Signs == Signs.Paired;

    /// <inheritdoc/>
    public override string Formula => Signs == Signs.Largest ? "x V_I V_T', X = U S V' of each set" : "(x - mean(I)) V_I V_T' + mean(T), X - mean(X) = U S V' of each set";

    /// <inheritdoc/>
    public override string Origin => Signs == Signs.Largest ? "the paper, alignment study" : "the paper's, mended";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts)
    {
        var centred = Signs != Signs.Largest;
        if (centred)
        {
            AlignmentInput.CheckCount(Name, "image", images, 2, "for a direction");
            AlignmentInput.CheckCount(Name, "text", texts, 2, "for a direction");
        }
        var d = images.shape[1];
        var (from, to) = centred ? (Moments.Mean(images), Moments.Mean(texts)) : (Zero(images), Zero(texts));
        var count = Math.Min(d, Math.Min(images.shape[0], texts.shape[0]) - (centred ? 1 : 0));
        var (i, t) = (Directions(images, from, count), Directions(texts, to, count));          // (d, count)
        switch (Signs)
        {
            case Signs.Largest:
                (i, t) = (i * LargestComponent(i), t * LargestComponent(t));
                break;
            case Signs.ThirdMoment:
                (i, t) = (i * ThirdMoment(images, from, i), t * ThirdMoment(texts, to, t));
                break;
            case Signs.Paired:
                t = t * Sign((i.t().matmul(Moments.Cross(images, from, texts, to)) * t.t()).sum([1]));
                break;
        }
        var rotation = i.matmul(t.t());                                                         // (d, d)
        return Affine.Fitted(Name, from, rotation, to, count == d ? rotation.t() : null, $"there were {count} directions for {d} dimensions, and what lies outside of them is dropped");
    }

    private static Tensor Zero(Tensor x) => zeros(x.shape[1], ScalarType.Float64, x.device);

    /// <summary>The right singular vectors of X - mean as columns (d, count), strongest first: the eigenvectors of its scatter.</summary>
    private static Tensor Directions(Tensor x, Tensor mean, long count) => linalg.eigh(Moments.Scatter(x, mean)).Item2.flip(1).narrow(1, 0, count);

    private static Tensor LargestComponent(Tensor vectors) => Sign(vectors.gather(0, vectors.abs().argmax(0, keepdim: true)));

    private static Tensor ThirdMoment(Tensor x, Tensor mean, Tensor vectors) => Sign(Moments.Sum(x, part => (part - mean).matmul(vectors).pow(3).sum([0])));

    // 1 or -1: a direction is never dropped for a moment of 0.
    private static Tensor Sign(Tensor x) => x.ge(0).to(ScalarType.Float64) * 2 - 1;
}
