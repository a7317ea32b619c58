namespace UnsupClipCap.Metrics;

/// <summary>
/// The reference captions of a set of images, prepared once so that many systems' captions can be scored against them:
/// tokens, n-gram counts and document frequencies. Immutable; any number of threads may score against it.
/// </summary>
public sealed class CaptionReferences
{
    private const int Block = 256;
    private readonly NGramIndex _index = new();
    private readonly double[] _idf;
    private readonly double _unseenIdf;

    /// <summary>Tokenises and prepares the references of I images.</summary>
    /// <param name="references">I lists of one or more captions. A caption may be empty; an image without any is an error.</param>
    /// <param name="imageNames">I names for messages, or null to speak of image numbers.</param>
    /// <exception cref="MetricInputException">There is no image, an image has no reference, or the names are not as many as the images.</exception>
    public CaptionReferences(IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<string>? imageNames = null)
        : this(references, imageNames, (image, words) => Tokenize(references, image, words))
    {
    }

    private CaptionReferences(
        IReadOnlyList<IReadOnlyList<object>> references, IReadOnlyList<string>? imageNames, Func<int, WordStore, string[][]> tokens, CancellationToken cancellation = default)
    {
        Check(references, imageNames);
        ImageNames = imageNames;
        Images = new ImageReferences[references.Count];

        // Numbers are given in the order of the text; all else is done image by image on all cores, in blocks so small that what is needed
        // for a moment only is gone before it is moved.
        for (var first = 0; first < Images.Length; first += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            var numbered = new NumberedSentence[Math.Min(Block, Images.Length - first)][];
            var split = new string[numbered.Length][][];
            var from = first;
            Cores.Each(split.Length, () => new WordStore(), (i, words) => split[i] = tokens(from + i, words));
            for (var i = 0; i < split.Length; i++) numbered[i] = Array.ConvertAll(split[i], _index.Number);
            Cores.Each(numbered.Length, i =>
            {
                var sentences = Array.ConvertAll(numbered[i], n => n.Count());
                Images[from + i] = new(sentences, NGramCounts.Max(sentences));
            });
        }
        _index.Freeze();

        // Document frequency: the number of images any of whose references holds the n-gram.
        var frequency = new int[_index.Count];
        foreach (var image in Images)
        {
            ReferenceCount += image.Sentences.Length;
            EmptyReferences += image.Sentences.Count(s => s.Tokens.Length == 0);
            foreach (var id in image.MaxCounts.Ids) frequency[NGramCounts.Index(id)]++;
        }
        _unseenIdf = Math.Log(Images.Length);
        _idf = Array.ConvertAll(frequency, f => _unseenIdf - Math.Log(f));
        Cores.Each(Images.Length, i => Images[i].Vectors = Array.ConvertAll(Images[i].Sentences, s => Weigh(s.NGrams)));
    }

    /// <summary>Number of images.</summary>
    public int ImageCount => Images.Length;

    /// <summary>Number of reference captions over all images.</summary>
    public int ReferenceCount { get; }

    /// <summary>Names of the images, or null where none were given.</summary>
    public IReadOnlyList<string>? ImageNames { get; }

    /// <summary>Ids of the images in their file, or null where the references are of no file.</summary>
    public IReadOnlyList<ImageId>? ImageIds { get; private init; }

    /// <summary>What a reader of the scores must know of the choice of images, in whole sentences.</summary>
    internal IReadOnlyList<string> Notes { get; private init; } = [];

    internal ImageReferences[] Images { get; }

    /// <summary>Number of references without a word.</summary>
    internal int EmptyReferences { get; }

    /// <summary>References that are tokenised already, by <see cref="PtbTokenizer"/> or by hand.</summary>
    /// <param name="references">Of each of I images, one or more references, each a list of tokens.</param>
    /// <exception cref="MetricInputException">There is no image, an image has no reference, or a token is null or empty.</exception>
    public static CaptionReferences FromTokens(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        return new(references, null, (image, _) => [.. references[image].Select(caption => CheckTokens(caption, image, "reference").ToArray())]);
    }

    /// <summary>Tokens given by hand may be anything but null or empty.</summary>
    internal static IReadOnlyList<string> CheckTokens(IReadOnlyList<string> tokens, int image, string what)
    {
        for (var t = 0; t < tokens.Count; t++)
            if (string.IsNullOrEmpty(tokens[t]))
                throw new MetricInputException($"{NameOf(image, null)} has a {what} whose token {t} is {(tokens[t] is null ? "null" : "empty")}; expected a word. Leave it out, or let {nameof(PtbTokenizer)} make the tokens.");
        return tokens;
    }

    /// <summary>The references of images that were read from files.</summary>
    internal static CaptionReferences OfFiles(IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<ImageId> ids, IReadOnlyList<string> notes, CancellationToken cancellation) =>
        new(references, [.. ids.Select(id => id.Text)], (image, words) => Tokenize(references, image, words), cancellation) { ImageIds = ids, Notes = notes };

    /// <summary>Whether these are the same images with the same references, word for word.</summary>
    internal bool AreThoseOf(CaptionReferences other) => ReferenceEquals(this, other)
        || ImageCount == other.ImageCount && ReferenceCount == other.ReferenceCount
        && (ImageNames is null || other.ImageNames is null || ImageNames.SequenceEqual(other.ImageNames))
        && Images.Zip(other.Images).All(p => p.First.Sentences.Length == p.Second.Sentences.Length
            && p.First.Sentences.Zip(p.Second.Sentences).All(s => s.First.Tokens.AsSpan().SequenceEqual(s.Second.Tokens)));

    internal Sentence Read(string[] tokens) => _index.Number(tokens).Count();

    internal TfIdf Weigh(NGramCounts counts) => new(counts, _idf, _unseenIdf);

    internal string NameOf(int image) => NameOf(image, ImageNames);

    private static string NameOf(int image, IReadOnlyList<string>? names) =>
        names is null || image >= names.Count ? $"Image {image} (counted from 0)" : $"Image {image} ('{names[image]}')";

    private static string[][] Tokenize(IReadOnlyList<IReadOnlyList<string>> references, int image, WordStore words)
    {
        var captions = references[image];
        var tokens = new string[captions.Count][];
        for (var k = 0; k < tokens.Length; k++)
        {
            var following = k + 1 < captions.Count ? captions[k + 1] : image + 1 < references.Count ? references[image + 1][0] : "";
            tokens[k] = PtbTokenizer.Tokenize(captions[k], following, words);
        }
        return tokens;
    }

    private static void Check(IReadOnlyList<IReadOnlyList<object>> references, IReadOnlyList<string>? names)
    {
        ArgumentNullException.ThrowIfNull(references);
        if (references.Count == 0)
            throw new MetricInputException("There are no images to score: found an empty list of references, expected at least one image. Pass the references of each image.");
        if (names is not null && names.Count != references.Count)
            throw new MetricInputException($"Found {names.Count} image names for the references of {references.Count} images; expected as many. Pass one name an image, or none at all.");
        for (var i = 0; i < references.Count; i++)
            if (references[i] is not { Count: > 0 } captions || captions.Any(caption => caption is null)) throw WithoutReferences(i, names);
    }

    private static MetricInputException WithoutReferences(int image, IReadOnlyList<string>? names) =>
        new($"{NameOf(image, names)} has no reference caption, or one that is null; expected one or more. Leave the image out, or give it a reference.");
}
