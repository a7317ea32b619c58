using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Turns the images' principal directions onto the texts', as the paper writes it: with X = U S V' of each set (not centred), R = V_image V_text' and x -> x R.
/// Singular vectors have no sign, and neighbours of like strength no order: beyond the first direction the pairing is arbitrary, which is why it fails.
/// </summary>
public sealed record Rotation : IAlignment
{
    /// <inheritdoc/>
    public string Name => "rotation";

    /// <inheritdoc/>
    public bool IsTransductive => false;

    /// <inheritdoc/>
    public IFittedAlignment Fit(Tensor images, Tensor texts)
    {
        AlignmentInput.Check(Name, images, texts);
        using var scope = NewDisposeScope();
        var rotation = Directions(images).matmul(Directions(texts).t()).MoveToOuterDisposeScope();      // (d, d)
        return new FittedFunction(x => x.matmul(rotation));
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
        return (vectors * largest.sign()).to(x.dtype);
    }
}
