using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// CLIPScore and RefCLIPScore (Hessel et al., 2021), as their own code computes them: w max(cos(c, v), 0) with w = 2.5, caption and references under the prompt
/// "A photo depicts "; with references the harmonic mean of that and the largest cosine of the caption with a reference, or 0 where that is below 0.
/// The corpus scores are means over images. Which CLIP is used decides the numbers: name it beside them.
/// </summary>
/// <remarks>
/// Beside the other metrics it goes into a <see cref="CaptionEvaluator"/> together with the very captions it was made of.
/// </remarks>
public sealed class ClipScore : ICaptionMetric
{
    /// <summary>The factor w.</summary>
    public const double Weight = 2.5;

    /// <summary>What captions are put after.</summary>
    public const string Prompt = "A photo depicts ";

    private readonly string[] _keys;
    private readonly double[] _scores;          // (I, keys)

    private ClipScore(string[] keys, double[] scores) => (_keys, _scores) = (keys, scores);

    /// <summary>Scores of images' captions from their features.</summary>
    /// <param name="images">(I, d), of any length.</param>
    /// <param name="candidates">(I, d).</param>
    /// <param name="references">Of each image the features of its references, (R, d), or null for CLIPScore alone.</param>
    /// <exception cref="UserException">The sizes differ, or a feature is no number or zero.</exception>
    public static ClipScore Of(Tensor images, Tensor candidates, IReadOnlyList<Tensor>? references = null)
    {
        AlignmentInput.Check("CLIPScore", images, candidates);
        var count = (int)images.shape[0];
        CheckCounts(count, candidates.shape[0], references?.Count);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor v = Unit("image", images), c = Unit("caption", candidates);
        var scores = ((v * c).sum(-1) * Weight).clamp_min(0).cpu().data<double>().ToArray();
        if (references is null) return new(["CLIPScore"], scores);
        var both = new double[2 * count];
        for (var i = 0; i < count; i++)
        {
            using var inner = NewDisposeScope();
            var what = $"reference (of image {i})";
            AlignmentInput.CheckRows("RefCLIPScore", what, references[i]);
            if (references[i].shape[1] != c.shape[1])
                throw new UserException($"RefCLIPScore: the {what} embeddings have {references[i].shape[1]} numbers and the caption embeddings {c.shape[1]}; both must come from one encoder.");
            var nearest = Math.Max(0, Unit(what, references[i]).to(c.device).matmul(c[i]).max().item<double>());
            both[2 * i] = scores[i];
            both[2 * i + 1] = scores[i] + nearest == 0 ? 0 : 2 * scores[i] * nearest / (scores[i] + nearest);
        }
        return new(["CLIPScore", "RefCLIPScore"], both);
    }

    /// <summary>Scores of picture files' captions by a CLIP.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="pictures">I files.</param>
    /// <param name="candidates">I captions.</param>
    /// <param name="references">References of the I images, or null for CLIPScore alone.</param>
    /// <param name="progress">Told the share of pictures encoded, which take nearly all of the time; may be null.</param>
    /// <param name="cancel">Ends the work early.</param>
    /// <exception cref="UserException">The counts differ, an image has no reference, or a file is no picture.</exception>
    public static ClipScore Of(ClipEncoder clip, IReadOnlyList<string> pictures, IReadOnlyList<string> candidates, IReadOnlyList<IReadOnlyList<string>>? references = null,
        IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        CheckCounts(pictures.Count, candidates.Count, references?.Count);
        if (references?.Any(r => r.Count == 0) ?? false) throw new UserException("RefCLIPScore needs a reference for every image. Give each one, or no references for CLIPScore alone.");
        using var scope = NewDisposeScope();
        var images = clip.EncodePictures(pictures, progress, cancel);
        Tensor Encode(IEnumerable<string> texts) => clip.EncodeTexts([.. texts.Select(t => Prompt + t)], null, cancel);
        var captions = Encode(candidates);
        if (references is null) return Of(images, captions);
        var all = Encode(references.SelectMany(r => r));
        var parts = new List<Tensor>();
        long at = 0;
        foreach (var image in references)
        {
            parts.Add(all.narrow(0, at, image.Count));
            at += image.Count;
        }
        return Of(images, captions, parts);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Corpus scores by key: means over images; 0..2.5 and 0..about 1.43.</summary>
    public IReadOnlyDictionary<string, double> Corpus => Enumerable.Range(0, _keys.Length).ToDictionary(k => _keys[k], k => PerImage(_keys[k]).Average());

    /// <summary>The scores of the I images by one key.</summary>
    public double[] PerImage(string key)
    {
        var k = Array.IndexOf(_keys, key);
        if (k < 0) throw new KeyNotFoundException($"There is no score '{key}'; there are {string.Join(", ", _keys)}.");
        return [.. Enumerable.Range(0, _scores.Length / _keys.Length).Select(i => _scores[i * _keys.Length + k])];
    }

    private static void CheckCounts(long images, long captions, long? references)
    {
        if (captions != images || references is not null && references != images)
            throw new UserException($"CLIPScore needs a caption for each image: there are {images} images, {captions} captions{(references is null ? "" : $" and references of {references}")}. Give each image one caption, in the order of the images.");
    }

    private static Tensor Unit(string what, Tensor rows) => AlignmentInput.UnitRows("CLIPScore", what, rows.to(ScalarType.Float64));

    int ICaptionMetric.StatisticCount => _keys.Length;

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        if (_scores.Length != block.Set.ImageCount * _keys.Length)
            throw new MetricInputException($"CLIPScore was made for {_scores.Length / _keys.Length} captions, and {block.Set.ImageCount} images are scored. Make it of the captions that are scored.");
        _scores.AsSpan(block.First * _keys.Length, statistics.Length).CopyTo(statistics);
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores)
    {
        for (var k = 0; k < scores.Length; k++) scores[k] = sums[k] / images;
    }
}
