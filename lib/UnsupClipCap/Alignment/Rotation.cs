using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How <see cref="Rotation"/> chooses the sign of each principal direction, which singular vectors do not have.</summary>
public enum Signs
{
    /// <summary>The largest component is positive: the same on every machine, and as arbitrary as any. The paper's literal method leaves it to the solver.</summary>
    Largest,
}

/// <summary>
/// Turns the images' principal directions onto the texts', as the paper writes it: with X = U S V' of each set (not centred), R = V_image V_text' and x -> x R.
/// Singular vectors have no sign, and neighbours of like strength no order: beyond the first direction the pairing is arbitrary, which is why it fails.
/// </summary>
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
    public override string Formula => "x V_I V_T', X = U S V' of each set";

    /// <inheritdoc/>
    public override string Origin => "the paper, alignment study";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts)
    {
        var rotation = Directions(images).matmul(Directions(texts).t());                       // (d, d)
        return new FittedFunction(Name, images.shape[1], x => x.matmul(rotation.to(x.dtype)), rotation) { NoInverse = "as a method of the paper's" };
    }

    /// <summary>
    /// The right singular vectors of X as columns (d, min(N, d)), found as eigenvectors of X'X. Each one's largest component is made positive,
    /// so that the same data give the same rotation on every machine: a choice as arbitrary as any.
    /// </summary>
    private static Tensor Directions(Tensor x)
    {
        var gram = x.to(ScalarType.Float64);
        gram = gram.t().matmul(gram);
        var vectors = linalg.eigh(gram).Item2.flip(1).narrow(1, 0, Math.Min(x.shape[0], x.shape[1]));   // strongest first
        var largest = vectors.gather(0, vectors.abs().argmax(0, keepdim: true));
        return vectors * largest.sign();
    }
}
