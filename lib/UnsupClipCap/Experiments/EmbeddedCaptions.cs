using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Captioned images with the embeddings of both.</summary>
public sealed class EmbeddedCaptions
{
    private readonly int[] _firstRow;

    /// <summary>A part of a data set and its embeddings.</summary>
    /// <param name="images">N images with R captions in all.</param>
    /// <param name="imageRows">(N, d), float32.</param>
    /// <param name="textRows">(R, d), float32, the captions image by image.</param>
    public EmbeddedCaptions(IReadOnlyList<CaptionedImage> images, Tensor imageRows, Tensor textRows)
    {
        (Images, ImageRows, TextRows) = (images, imageRows, textRows);
        _firstRow = new int[images.Count + 1];
        for (var i = 0; i < images.Count; i++) _firstRow[i + 1] = _firstRow[i] + images[i].Captions.Count;
        if (imageRows.shape[0] != images.Count || textRows.shape[0] != _firstRow[^1])
            throw new UserException($"{images.Count} images with {_firstRow[^1]} captions came with {imageRows.shape[0]} and {textRows.shape[0]} embeddings; expected one each.");
    }

    /// <summary>The images.</summary>
    public IReadOnlyList<CaptionedImage> Images { get; }

    /// <summary>(N, d).</summary>
    public Tensor ImageRows { get; }

    /// <summary>(R, d).</summary>
    public Tensor TextRows { get; }

    /// <summary>(N, d): the embedding of each image's first caption.</summary>
    public Tensor FirstTexts() => TextRows.index_select(0, tensor(_firstRow.Take(Images.Count).Select(r => (long)r).ToArray()));

    /// <summary>(R): of each caption the row of its image.</summary>
    public Tensor ImageOfText() => tensor(Images.SelectMany((image, i) => image.Captions.Select(_ => (long)i)).ToArray());

    /// <summary>
    /// (N, d): a caption's embedding a row, drawn from each image once, in an order in which no row is with its own image: the texts that a user without pairs has.
    /// </summary>
    /// <param name="seed">Decides captions and order.</param>
    public Tensor Unpaired(int seed)
    {
        if (Images.Count < 2) throw new UserException($"There is {Images.Count} image; unpaired captions need two or more, so that each row can be with another's.");
        var random = new SeededRandom(seed, "unpaired captions");
        var order = Enumerable.Range(0, Images.Count).ToArray();
        random.Shuffle(order.AsSpan());
        var rows = new long[order.Length];
        // The next image in a random ring: never the image itself.
        for (var i = 0; i < order.Length; i++)
        {
            var other = order[(i + 1) % order.Length];
            rows[order[i]] = _firstRow[other] + random.Next(_firstRow[other + 1] - _firstRow[other]);
        }
        return TextRows.index_select(0, tensor(rows));
    }

    /// <summary>The first <paramref name="count"/> images, or all for 0.</summary>
    public EmbeddedCaptions Take(int count) => count <= 0 || count >= Images.Count ? this
        : new([.. Images.Take(count)], ImageRows.narrow(0, 0, count), TextRows.narrow(0, 0, _firstRow[count]));

    /// <summary>The captions as tokens, for training.</summary>
    /// <param name="tokenizer">Makes the tokens.</param>
    /// <param name="sentence">A caption as it is learnt: with its end, or without.</param>
    public CaptionCorpus Corpus(ITokenizer tokenizer, Func<string, string> sentence) => new(
        [.. Images.SelectMany(i => i.Captions).Select(c => tokenizer.Encode(sentence(c)))],
        [.. Images.SelectMany((image, i) => image.Captions.Select(_ => i))], TextRows, ImageRows);
}
