using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Points between an image's embedding and a text's (Figure 3).</summary>
public static class Mixup
{
    /// <summary>
    /// lambda text + (1 - lambda) image, of unit rows (N, d) both; the captioner brings the sum to unit length as it does any input.
    /// The ends are the embeddings themselves, to the last bit: the curve begins at the table's row.
    /// </summary>
    /// <param name="images">(N, d).</param>
    /// <param name="texts">(N, d).</param>
    /// <param name="lambda">0 is the image, 1 the text.</param>
    public static Tensor Interpolate(Tensor images, Tensor texts, double lambda) =>
        lambda == 0 ? images.clone() : lambda == 1 ? texts.clone() : lambda * AlignmentInput.Unit(texts) + (1 - lambda) * AlignmentInput.Unit(images);

    /// <summary>From, from + step, … to, both ends included, rounded so that 0.1 steps are 0.1 steps.</summary>
    public static IReadOnlyList<double> Steps(double from, double to, double step)
    {
        if (step <= 0 || to < from) throw new UserException($"Steps from {from} to {to} by {step}: the step must be above 0 and the end not before the start.");
        var count = (int)Math.Floor((to - from) / step + 1e-9);
        return [.. Enumerable.Range(0, count + 1).Select(i => Math.Round(from + i * step, 10))];
    }
}
