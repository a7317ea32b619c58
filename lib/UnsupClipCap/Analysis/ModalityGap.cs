using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How far apart image and text embeddings lie (Liang et al., 2022, section 2), and how well they still find one another.</summary>
/// <param name="Gap">|mean of images - mean of texts|, of the rows as given.</param>
/// <param name="CosinePaired">Mean cosine of an image and its text.</param>
/// <param name="CosineUnpaired">Mean cosine of an image and another image's text; not a number for one pair.</param>
/// <param name="ImageToText">Images finding their texts.</param>
/// <param name="TextToImage">Texts finding their images.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record ModalityGap(double Gap, double CosinePaired, double CosineUnpaired, Retrieval ImageToText, Retrieval TextToImage) : IHtml
{
    /// <summary>Share of images whose text is the nearest of all; 0..1.</summary>
    public double RecallAt1 => ImageToText.RecallAt1;

    /// <summary>Share of images whose text is among the five nearest.</summary>
    public double RecallAt5 => ImageToText.RecallAt5;

    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment(Html.Facts(
    [
        ("gap", Html.Number(Gap)), ("cosine of an image and its text", Html.Number(CosinePaired)), ("cosine of an image and another's text", Html.Number(CosineUnpaired)),
        ("image to text", $"{ImageToText}"), ("text to image", $"{TextToImage}"),
    ]));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"gap {Gap:0.000}, cosine {CosinePaired:0.000} paired, {CosineUnpaired:0.000} unpaired; image to text {ImageToText}; text to image {TextToImage}");

    /// <summary>Measures paired embeddings (N, d); rows need not be of unit length: cosines and retrieval are of their directions, the gap is of the rows as given.</summary>
    /// <exception cref="UserException">The sizes differ or a value is not finite.</exception>
    public static ModalityGap Of(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("The modality gap", images, texts);
        if (images.shape[0] != texts.shape[0])
            throw new UserException($"The modality gap is of pairs: there are {images.shape[0]} images and {texts.shape[0]} texts.");
        using var scope = NewDisposeScope();
        var (x, y) = (images.to(ScalarType.Float64), texts.to(ScalarType.Float64));
        var (unitX, unitY) = (AlignmentInput.Unit(x), AlignmentInput.Unit(y));
        var n = (double)x.shape[0];
        var paired = (unitX * unitY).sum().item<double>();
        var all = unitX.sum([0L]).dot(unitY.sum([0L])).item<double>();                      // the sum over all N x N cosines
        return new(Direction(x, y).norm().item<double>(), paired / n, n == 1 ? double.NaN : (all - paired) / (n * (n - 1)), Retrieval.OfPairs(x, y), Retrieval.OfPairs(y, x));
    }

    /// <summary>The gap as a vector (d): mean of images (N, d) - mean of texts (M, d), of the rows as given. Its length is the gap.</summary>
    public static Tensor Direction(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("The modality gap", images, texts);
        using var scope = NewDisposeScope();
        return (images.to(ScalarType.Float64).mean([0L]) - texts.to(ScalarType.Float64).mean([0L])).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The energy distance of the two sets (Székely and Rizzo, 2013): sqrt(2 E|x - y| - E|x - x'| - E|y - y'|) over all pairs, an element with itself included.
    /// It is 0 for equal sets and, unlike the gap of the means, sees any difference of distribution: what of it is left after a mean shift is shape.
    /// </summary>
    /// <param name="images">(N, d).</param>
    /// <param name="texts">(M, d).</param>
    public static double DistributionGap(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("The distribution gap", images, texts);
        using var scope = NewDisposeScope();
        var (x, y) = (images.to(ScalarType.Float64), texts.to(ScalarType.Float64));
        return Math.Sqrt(Math.Max(0, 2 * MeanDistance(x, y) - MeanDistance(x, x) - MeanDistance(y, y)));
    }

    private static double MeanDistance(Tensor x, Tensor y)
    {
        double sum = 0;
        foreach (var part in Chunks.Of(x, 1024))
        {
            using var scope = NewDisposeScope();
            sum += cdist(part, y).sum().item<double>();
        }
        return sum / ((double)x.shape[0] * y.shape[0]);
    }
}
