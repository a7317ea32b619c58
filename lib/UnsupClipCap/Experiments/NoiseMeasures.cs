using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// What real embeddings say of the noise that text-only training adds: the spread of captions of one image, CapDec's rule from it, and C3's view of what separates an image
/// from its captions.
/// </summary>
/// <param name="Name">The embeddings, in words.</param>
/// <param name="CaptionsOfOneImage">Cosine of two captions of one image.</param>
/// <param name="CaptionsOfTwoImages">Cosine of captions of two images.</param>
/// <param name="Rule">CapDec's rule from 15 images.</param>
/// <param name="RuleOfAll">The same from all images.</param>
/// <param name="Noise">What separates an image from a caption of it.</param>
/// <param name="ImageToText">Images finding one of their captions among all.</param>
/// <param name="TextToImage">Captions finding their image.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record NoiseMeasures(
    string Name, CosineSpread CaptionsOfOneImage, CosineSpread CaptionsOfTwoImages, NoiseEstimate Rule, NoiseEstimate RuleOfAll, AlignmentNoise Noise, Retrieval ImageToText, Retrieval TextToImage) : IHtml
{
    /// <summary>Measures them on images with several captions each.</summary>
    public static NoiseMeasures Of(ClipPairs pairs)
    {
        using var scope = NewDisposeScope();
        var imageOf = tensor(pairs.ImageOf.Select(i => (long)i).ToArray());
        var texts = AlignmentInput.Unit(pairs.Texts.to(ScalarType.Float64));
        var cosines = texts.matmul(texts.t());                                                          // (R, R)
        var same = imageOf.unsqueeze(0).eq(imageOf.unsqueeze(1));
        var other = same.logical_not();
        var others = same.logical_and(eye(texts.shape[0], dtype: ScalarType.Bool).logical_not());
        return new(pairs.Name, Spread(cosines.masked_select(others)), Spread(cosines.masked_select(other)),
            NoiseEstimate.Of(pairs.Texts, pairs.ImageOf), NoiseEstimate.Of(pairs.Texts, pairs.ImageOf, int.MaxValue),
            AlignmentNoise.Of(pairs.Images.index_select(0, imageOf), pairs.Texts),
            Retrieval.Of(pairs.Images, pairs.Texts, arange(pairs.Images.shape[0]), imageOf), Retrieval.Of(pairs.Texts, pairs.Images, imageOf, arange(pairs.Images.shape[0])));
    }

    private static CosineSpread Spread(Tensor cosines) => new(cosines.mean().item<double>(), cosines.std(unbiased: false).item<double>());

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(this);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"""
        {Name}
          cosine of two captions: {CaptionsOfOneImage.Mean:0.000} of one image (deviation {CaptionsOfOneImage.Deviation:0.000}), {CaptionsOfTwoImages.Mean:0.000} of two ({CaptionsOfTwoImages.Deviation:0.000})
          CapDec's rule: variance {Rule.Variance:0.0000} from {Rule.Images} images, {RuleOfAll.Variance:0.0000} from {RuleOfAll.Images}; mean variance of a component among captions of one image {RuleOfAll.Spread:0.00000}
          image - caption: gap {Noise.Gap:0.000} ({Noise.GapShare:0%} of the mean squared difference), noise of length {Noise.NoiseNorm:0.000} (deviation {Noise.NoiseNormDeviation:0.000}), variance {Noise.Variance:0.00000} a component, effective rank {Noise.EffectiveRank:0}, |cosine| to the gap {Noise.CosineToGap:0.000}
          retrieval: image to text R@1 {ImageToText.RecallAt1:0.000}, R@5 {ImageToText.RecallAt5:0.000}; text to image R@1 {TextToImage.RecallAt1:0.000}, R@5 {TextToImage.RecallAt5:0.000}
        """);
}
