using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The modality gap of pairs, drawn: as it is, or after an alignment.</summary>
public static class PairCharts
{
    /// <summary>Images and texts on the first two singular vectors of all of them; see <see cref="GapCharts"/>.</summary>
    /// <param name="pairs">Embeddings, one caption an image.</param>
    /// <param name="method">Fitted on these pairs and applied to them; null for none.</param>
    /// <param name="most">Pairs to draw at most.</param>
    public static ScatterChart Cones(this ClipPairs pairs, IAlignment? method = null, int most = 250)
    {
        using var scope = NewDisposeScope();
        var (images, texts) = Aligned(pairs, method);
        var chart = GapCharts.Cones(images, texts, pairs.Captions, most);
        return method is null ? chart : chart with { Title = $"{chart.Title} after {method.Name}" };
    }

    /// <summary>Cosines of images and texts; see <see cref="GapCharts"/>.</summary>
    /// <param name="pairs">Embeddings, one caption an image.</param>
    /// <param name="method">Fitted on these pairs and applied to them; null for none.</param>
    public static Histogram Cosines(this ClipPairs pairs, IAlignment? method = null)
    {
        using var scope = NewDisposeScope();
        var (images, texts) = Aligned(pairs, method);
        var chart = GapCharts.Cosines(images, texts);
        return method is null ? chart : chart with { Title = $"{chart.Title} after {method.Name}" };
    }

    private static (Tensor Images, Tensor Texts) Aligned(ClipPairs pairs, IAlignment? method)
    {
        if (pairs.Captions.Count != pairs.Captioned.Count) throw new UserException($"{pairs.Name}: there are {pairs.Captions.Count} captions of {pairs.Captioned.Count} images; the chart takes pairs, one caption an image.");
        var (images, texts) = (pairs.Images.to(ScalarType.Float64), pairs.Texts.to(ScalarType.Float64));
        if (method is null) return (images, texts);
        using var fitted = method.Fit(images, texts);
        return (fitted.Transform(images), fitted.TransformTexts(texts));
    }
}
