using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The modality gap of pairs, drawn: before an alignment, or after it.</summary>
public static class GapChart
{
    /// <summary>Images and texts on the first two singular vectors of all of them, not centred (Liang et al., 2022, figure 1); each point says its caption.</summary>
    /// <param name="pairs">Embeddings; the first caption of each image is drawn.</param>
    /// <param name="method">Fitted on these pairs and applied to them; null for none.</param>
    /// <param name="points">Pairs to draw at most.</param>
    public static ScatterChart Cones(ClipPairs pairs, IAlignment? method = null, int points = 250)
    {
        using var scope = NewDisposeScope();
        var (images, texts) = Aligned(pairs, method);
        var projection = Projection.UncentredSvd(images, texts);
        var captions = pairs.Captions.Take(points).ToList();
        return new($"Images and texts{After(method)}", "first singular vector", "second singular vector",
            [Series("images", projection.Images), Series("texts", projection.Texts)]);

        ScatterSeries Series(string name, Tensor rows)
        {
            var numbers = rows.narrow(0, 0, captions.Count).contiguous().data<double>().ToArray();
            return new(name, [.. captions.Select((_, i) => (numbers[2 * i], numbers[2 * i + 1]))], [.. captions.Select(c => $"{name}: {c}")]);
        }
    }

    /// <summary>Cosines of an image with its own text and with the next image's.</summary>
    /// <param name="pairs">Embeddings.</param>
    /// <param name="method">Fitted on these pairs and applied to them; null for none.</param>
    public static Histogram Cosines(ClipPairs pairs, IAlignment? method = null)
    {
        using var scope = NewDisposeScope();
        var (images, texts) = Aligned(pairs, method);
        var (x, y) = (AlignmentInput.Unit(images), AlignmentInput.Unit(texts));
        return new($"Cosine of image and text{After(method)}", "cosine", [Series("its own text", y), Series("another image's text", y.roll(1, 0))]);

        HistogramSeries Series(string name, Tensor others) => new(name, [.. (x * others).sum(1).to(ScalarType.Float64).data<double>().ToArray()]);
    }

    private static (Tensor Images, Tensor Texts) Aligned(ClipPairs pairs, IAlignment? method)
    {
        if (pairs.Captions.Count != pairs.Captioned.Count) throw new UserException($"{pairs.Name}: there are {pairs.Captions.Count} captions of {pairs.Captioned.Count} images; the chart takes pairs, one caption an image.");
        var (images, texts) = (pairs.Images.to(ScalarType.Float64), pairs.Texts.to(ScalarType.Float64));
        if (method is null) return (images, texts);
        using var fitted = method.Fit(images, texts);
        return (fitted.Transform(images), fitted.TransformTexts(texts));
    }

    private static string After(IAlignment? method) => method is null ? "" : $" after {method.Name}";
}
