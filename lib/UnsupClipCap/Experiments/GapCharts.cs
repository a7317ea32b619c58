using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The modality gap as charts: the two cones, and what lies between embeddings.</summary>
public static class GapCharts
{
    private const int Pairs = 20_000;                       // cosines of a kind that a histogram takes at most

    /// <summary>
    /// Images and texts on the first two right singular vectors of both together, not centred (Liang et al., 2022, figure 1): each modality is a cone of its own, with a gap between.
    /// </summary>
    /// <param name="images">(N, d), of any length; their directions are shown.</param>
    /// <param name="texts">(M, d).</param>
    /// <param name="captions">The M texts' words, shown where one points; may be null.</param>
    /// <param name="most">Points of a modality at most; more are thinned evenly.</param>
    public static ScatterChart Cones(Tensor images, Tensor texts, IReadOnlyList<string>? captions = null, int most = 1000)
    {
        using var scope = NewDisposeScope();
        if (captions is not null && captions.Count != texts.shape[0]) throw new UserException($"There are {captions.Count} captions of {texts.shape[0]} texts; expected one each.");
        var projection = Projection.UncentredSvd(AlignmentInput.Unit(images.to(ScalarType.Float64)), AlignmentInput.Unit(texts.to(ScalarType.Float64)));
        var rows = Thinned((int)texts.shape[0], most);
        return new(FormattableString.Invariant($"Images and texts: two axes hold {projection.Share * 100:0}% of their length"), "first axis", "second axis",
        [
            new("images", Points(projection.Images, Thinned((int)images.shape[0], most))),
            new("texts", Points(projection.Texts, rows), captions is null ? null : [.. rows.Select(r => captions[r])]),
        ]);
    }

    /// <summary>The cones of a part of a data set: its images and the first caption of each.</summary>
    public static ScatterChart Cones(EmbeddedCaptions part, int most = 1000)
    {
        using var texts = part.FirstTexts();
        return Cones(part.ImageRows, texts, [.. part.Images.Select(i => i.Captions[0])], most);
    }

    /// <summary>Cosines of pairs, of images with others' texts, of two images and of two texts.</summary>
    /// <param name="images">(N, d), N of 2 or more.</param>
    /// <param name="texts">(N, d): row i is of image i.</param>
    public static Histogram Cosines(Tensor images, Tensor texts)
    {
        AlignmentInput.Check("Cosines", images, texts);
        AlignmentInput.CheckPairs("Cosines", images, texts);
        AlignmentInput.CheckCount("Cosines", "image", images, 2, "since they compare different ones");
        using var scope = NewDisposeScope();
        var (x, y) = (AlignmentInput.Unit(images.to(ScalarType.Float64)), AlignmentInput.Unit(texts.to(ScalarType.Float64)));
        return new("Cosines within and across modalities", "cosine",
        [
            new("an image and its text", Numbers((x * y).sum(1))),
            new("an image and another's text", Others(x, y)),
            new("two images", Others(x, x)),
            new("two texts", Others(y, y)),
        ]);
    }

    /// <summary>The cosines of a part of a data set: its images and the first caption of each.</summary>
    public static Histogram Cosines(EmbeddedCaptions part)
    {
        using var texts = part.FirstTexts();
        return Cosines(part.ImageRows, texts);
    }

    // Row i with row i + k, for as many k as there is room: all pairs of a small set, an even choice of a large one's.
    private static List<double> Others(Tensor x, Tensor y)
    {
        var n = x.shape[0];
        var cosines = new List<double>();
        for (long k = 1; k < n && (k == 1 || cosines.Count + n <= Pairs); k++)
        {
            using var scope = NewDisposeScope();
            cosines.AddRange(Numbers((x * y.roll(-k, 0)).sum(1)));
        }
        return cosines;
    }

    private static double[] Numbers(Tensor values) => values.cpu().data<double>().ToArray();

    private static int[] Thinned(int count, int most) => [.. Enumerable.Range(0, Math.Min(count, most)).Select(i => (int)((long)i * count / Math.Min(count, most)))];

    private static List<(double, double)> Points(Tensor rows, IReadOnlyList<int> chosen)
    {
        var values = Numbers(rows.contiguous());
        return [.. chosen.Select(r => (values[2 * r], values[2 * r + 1]))];
    }
}
