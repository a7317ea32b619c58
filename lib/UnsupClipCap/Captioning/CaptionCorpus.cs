using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Captions as tokens, the image each belongs to, and embeddings of both: what captioners are trained on.</summary>
public sealed class CaptionCorpus
{
    private readonly int[][] _siblings;                 // rows of each image

    /// <summary>A corpus of R captions of N images.</summary>
    /// <param name="tokens">Token ids of each caption, without end token.</param>
    /// <param name="image">Each caption's image, 0 … N - 1.</param>
    /// <param name="texts">(R, d): the captions' embeddings, or null if images alone are trained on.</param>
    /// <param name="images">(N, d): the images' embeddings, or null if captions alone are trained on.</param>
    /// <exception cref="UserException">Counts differ, or a caption has no tokens.</exception>
    public CaptionCorpus(IReadOnlyList<int[]> tokens, IReadOnlyList<int> image, Tensor? texts, Tensor? images)
    {
        if (tokens.Count != image.Count || (texts is not null && texts.shape[0] != tokens.Count))
            throw new UserException($"A corpus of {tokens.Count} captions came with {image.Count} image numbers and {texts?.shape[0] ?? 0} text embeddings; expected one of each a caption.");
        if (tokens.Select((t, row) => (t, row)).FirstOrDefault(p => p.t.Length == 0) is { t: not null } empty)
            throw new UserException($"Caption {empty.row} of the corpus has no words; remove it or write it anew.");
        (Tokens, Image, Texts, Images) = (tokens, image, texts, images);
        _siblings = new int[image.Count == 0 ? 0 : image.Max() + 1][];
        foreach (var group in Enumerable.Range(0, image.Count).GroupBy(row => image[row])) _siblings[group.Key] = [.. group];
    }

    /// <summary>Token ids of each caption.</summary>
    public IReadOnlyList<int[]> Tokens { get; }
    /// <summary>Image of each caption.</summary>
    public IReadOnlyList<int> Image { get; }
    /// <summary>(R, d) or null.</summary>
    public Tensor? Texts { get; }
    /// <summary>(N, d) or null.</summary>
    public Tensor? Images { get; }
    /// <summary>Width d of the embeddings.</summary>
    public int Width => (int)(Texts ?? Images)!.shape[1];

    /// <summary>The table that a source's embeddings are taken from.</summary>
    /// <exception cref="UserException">The corpus lacks it, or an image has only one caption where another is needed.</exception>
    public Tensor Table(Source source)
    {
        if (source == Source.OtherCaption && Array.FindIndex(_siblings, s => s is { Length: 1 }) is >= 0 and var alone)
            throw new UserException($"Image {alone} of the corpus has one caption, and training on another caption of the same image needs two; use the source SameCaption with noise instead.");
        return (source == Source.Images ? Images : Texts)
            ?? throw new UserException($"Training on {source} needs {(source == Source.Images ? "image" : "text")} embeddings, which this corpus lacks.");
    }

    /// <summary>The row of <see cref="Table"/> that caption <paramref name="row"/> is trained on.</summary>
    public int InputRow(Source source, int row, SeededRandom random)
    {
        if (source != Source.OtherCaption) return source == Source.Images ? Image[row] : row;
        var siblings = _siblings[Image[row]];
        var other = siblings[random.Next(siblings.Length - 1)];
        return other == row ? siblings[^1] : other;     // y' is any caption of the image but y, each as likely
    }

    /// <summary>
    /// One pass over all captions in a seeded order, in batches of captions of one length, so that nothing is padded; what is left over of each
    /// length is batched with its neighbours, and the last, incomplete batch is dropped where there are others.
    /// </summary>
    public IReadOnlyList<int[]> Batches(int size, SeededRandom random)
    {
        var rows = Enumerable.Range(0, Tokens.Count).ToArray();
        random.Shuffle<int>(rows);
        var batches = new List<int[]>();
        var rest = new List<int>();
        foreach (var group in rows.GroupBy(row => Tokens[row].Length).OrderBy(g => g.Key))
        {
            var whole = group.Chunk(size).ToList();
            batches.AddRange(whole.Where(c => c.Length == size));
            rest.AddRange(whole.Where(c => c.Length < size).SelectMany(c => c));
        }
        batches.AddRange(rest.Chunk(size).Where(c => c.Length == size || batches.Count == 0));
        var order = batches.ToArray();
        random.Shuffle<int[]>(order);
        return order;
    }
}
