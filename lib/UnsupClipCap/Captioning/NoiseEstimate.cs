using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// CapDec's rule for the size of its noise (Nukrai et al., 2022, section 3): the standard deviation epsilon is the mean, over pairs of captions of one image, of the largest
/// absolute component of the difference of their unit embeddings, |t - t'|_inf; 15 images are enough. On COCO with CLIP RN50x4 that gave the variance 0.016.
/// </summary>
/// <param name="Deviation">Epsilon.</param>
/// <param name="Spread">
/// For comparison the mean variance of a component among captions of one image (over their number - 1, averaged over components and images): what the rule would be by second moments.
/// </param>
/// <param name="Images">Images with two captions or more that were used.</param>
/// <param name="Pairs">Pairs of their captions.</param>
public sealed record NoiseEstimate(double Deviation, double Spread, int Images, int Pairs)
{
    /// <summary>Epsilon squared, the variance of a component.</summary>
    public double Variance => Deviation * Deviation;

    /// <summary>The noise of that size.</summary>
    public GaussianNoise Noise => new(Variance);

    /// <summary>Estimates it.</summary>
    /// <param name="texts">Embeddings of captions (R, d), of any length.</param>
    /// <param name="imageOf">Of each row its image's number; rows of one image need not follow one another.</param>
    /// <param name="images">How many images to use, evenly spaced over those with two captions or more; all of them where they are fewer.</param>
    /// <exception cref="UserException">The counts differ, no image has two captions, or a row is zero or not finite.</exception>
    public static NoiseEstimate Of(Tensor texts, IReadOnlyList<int> imageOf, int images = 15)
    {
        const string name = "The noise estimate";
        AlignmentInput.CheckRows(name, "text", texts);
        if (imageOf.Count != texts.shape[0]) throw new UserException($"{name}: there are {texts.shape[0]} text embeddings and {imageOf.Count} image numbers; expected one for each.");
        if (images < 1) throw new UserException($"{name}: {images} images were asked for; expected 1 or more.");
        var groups = Enumerable.Range(0, imageOf.Count).GroupBy(row => imageOf[row]).Where(g => g.Count() > 1).Select(g => g.Select(row => (long)row).ToArray()).ToList();
        if (groups.Count == 0) throw new UserException($"{name} needs images with two captions or more; of {imageOf.Count} captions each is of another image. Set the variance yourself.");
        var used = Enumerable.Range(0, Math.Min(images, groups.Count)).Select(i => groups[(int)((long)i * groups.Count / Math.Min(images, groups.Count))]).ToList();
        var (sum, pairs, spread) = (0.0, 0, 0.0);
        using var _ = no_grad();
        foreach (var rows in used)
        {
            using var scope = NewDisposeScope();
            var t = AlignmentInput.UnitRows(name, "text", texts.index_select(0, tensor(rows, device: texts.device)).to(ScalarType.Float64));         // (captions, d)
            for (var i = 1; i < rows.Length; i++)
            {
                sum += (t.narrow(0, 0, i) - t[i]).abs().amax([1]).sum().item<double>();
                pairs += i;
            }
            spread += t.var([0], unbiased: true).mean().item<double>();
        }
        return new(sum / pairs, spread / used.Count, used.Count, pairs);
    }
}
