using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How far apart image and text embeddings lie (Liang et al., 2022), and how well they still find one another.</summary>
/// <param name="Gap">|mean of images - mean of texts|.</param>
/// <param name="CosinePaired">Mean cosine of an image and its text.</param>
/// <param name="CosineUnpaired">Mean cosine of an image and another image's text.</param>
/// <param name="RecallAt1">Share of images whose text is the nearest of all; 0..1.</param>
/// <param name="RecallAt5">Share of images whose text is among the five nearest.</param>
public sealed record ModalityGap(double Gap, double CosinePaired, double CosineUnpaired, double RecallAt1, double RecallAt5)
{
    /// <summary>Measures paired embeddings (N, d); rows need not be of unit length, cosines are of their directions, the gap is of the rows as given.</summary>
    public static ModalityGap Of(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("The modality gap", images, texts);
        if (images.shape[0] != texts.shape[0])
            throw new UserException($"The modality gap is of pairs: there are {images.shape[0]} images and {texts.shape[0]} texts.");
        using var scope = NewDisposeScope();
        var (x, y) = (images.to(ScalarType.Float64), texts.to(ScalarType.Float64));
        var n = x.shape[0];
        var gap = (x.mean([0]) - y.mean([0])).norm().item<double>();
        var cosines = AlignmentInput.Unit(x).matmul(AlignmentInput.Unit(y).t());                    // (N, N)
        var paired = cosines.diagonal();
        var better = (cosines > paired.unsqueeze(1)).sum(1);                                        // texts nearer than the own one
        double Recall(int k) => (better < k).to(ScalarType.Float64).mean().item<double>();
        var unpaired = n == 1 ? double.NaN : (cosines.sum() - paired.sum()).item<double>() / ((double)n * (n - 1));
        return new(gap, paired.mean().item<double>(), unpaired, Recall(1), Recall(5));
    }
}
