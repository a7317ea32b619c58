using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Mean and standard deviation (over pairs, N in the denominator) of cosines.</summary>
/// <param name="Mean">-1..1.</param>
/// <param name="Deviation">0 or more.</param>
public sealed record CosineSpread(double Mean, double Deviation);

/// <summary>
/// Cosines within and across modalities. Each modality fills a narrow cone (Liang et al., 2022, section 3: "the cone effect"): two images, or two texts, that have nothing to do
/// with each other have a cosine far above 0.
/// </summary>
/// <param name="Images">Of two different images.</param>
/// <param name="Texts">Of two different texts.</param>
/// <param name="Paired">Of an image and its text.</param>
/// <param name="Unpaired">Of an image and another image's text.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record CosineStatistics(CosineSpread Images, CosineSpread Texts, CosineSpread Paired, CosineSpread Unpaired) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment(Html.Table(["cosine", "mean", "deviation"],
        new[] { ("two images", Images), ("two texts", Texts), ("an image and its text", Paired), ("an image and another's text", Unpaired) }
            .Select(c => (IReadOnlyList<string>)[c.Item1, Html.Number(c.Item2.Mean), Html.Number(c.Item2.Deviation)])));

    /// <summary>Measures paired embeddings (N, d), N of 2 or more; cosines are of the rows' directions.</summary>
    /// <exception cref="UserException">The sizes differ, a value is not finite, or there is one pair only.</exception>
    public static CosineStatistics Of(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("Cosine statistics", images, texts);
        AlignmentInput.CheckPairs("Cosine statistics", images, texts);
        AlignmentInput.CheckCount("Cosine statistics", "image", images, 2, "since they compare different ones");
        using var scope = NewDisposeScope();
        var (x, y) = (AlignmentInput.Unit(images.to(ScalarType.Float64)), AlignmentInput.Unit(texts.to(ScalarType.Float64)));
        var paired = (x * y).sum(1);                                        // (N)
        return new(Others(x, x, ones_like(paired)), Others(y, y, ones_like(paired)), Spread(paired), Others(x, y, paired));
    }

    private static CosineSpread Spread(Tensor cosines)
    {
        var mean = cosines.mean().item<double>();
        return new(mean, Math.Sqrt((cosines - mean).square().mean().item<double>()));
    }

    // Of all products but the diagonal's, which are given. The sums of squares are traces of small products: |X Y'|^2 = sum of (X'X) * (Y'Y).
    private static CosineSpread Others(Tensor x, Tensor y, Tensor diagonal)
    {
        var n = (double)x.shape[0];
        var count = n * (n - 1);
        var sum = x.sum([0L]).dot(y.sum([0L])).item<double>() - diagonal.sum().item<double>();
        var squares = (x.t().matmul(x) * y.t().matmul(y)).sum().item<double>() - diagonal.square().sum().item<double>();
        var mean = sum / count;
        return new(mean, Math.Sqrt(Math.Max(0, squares / count - mean * mean)));
    }
}
