using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Photographs by a CLIP, captioners that start from GPT-2. Embeddings come from the stores beside the data set where these hold them (<see cref="PhotoStores"/>); what they
/// do not hold is encoded into a store in the cache. No seed changes it.
/// </summary>
internal sealed class PhotoStudyData : StudyData
{
    private const int StepVersion = 2;                      // raise when encoding changes what it gives
    private static readonly EmbeddingOptions OfPictures = new() { ShardItems = 1024 }, OfTexts = new() { ShardItems = 16_384, Batch = 256 };
    private const string Stop = ".";
    private readonly Preset _preset;
    private readonly PhotoFiles _files;
    private readonly string _clipKey;
    private readonly Lazy<ClipEncoder> _encoder;
    private readonly Lazy<PhotoStores> _stores;
    private readonly Dictionary<string, CaptionedImage> _test;
    private readonly Dictionary<string, EmbeddingLeftOut> _leftOut = [];

    public PhotoStudyData(Preset preset, Device device)
    {
        _preset = preset;
        _files = PhotoFiles.Find(preset);
        Tokenizer = _files.Tokenizer;
        if (_files.Gpt2 is { } gpt2)
        {
            var sizes = Gpt2Folder.Sizes(gpt2);
            if (sizes.Vocabulary != Tokenizer.Count)
                throw new UserException($"The GPT-2 in '{gpt2}' has {sizes.Vocabulary} tokens, and the vocabulary found for it has {Tokenizer.Count}. Fetch both again ('./run fetch gpt2').");
        }
        if (!Tokenizer.Encode(Stop).SequenceEqual(preset.Recipe.StopTokens))
            throw new UserException($"The preset's captions stop at token {string.Join(' ', preset.Recipe.StopTokens)}, and in the vocabulary found '{Stop}' is {string.Join(' ', Tokenizer.Encode(Stop))}. Fetch GPT-2's again ('./run fetch gpt2').");
        _clipKey = Cache.KeyOfFiles(FilesOf(_files.Clip));
        _encoder = new(() => ClipEncoder.Load(_files.Clip, EncoderName).To(device));
        _stores = new(() => PhotoStores.Open(preset.Photos!.Name, _encoder));
        _test = _files.Splits.Test.ToDictionary(i => i.Id);
        Fingerprint = Cache.Key(new
        {
            StepVersion,
            Clip = _clipKey,
            Gpt2 = _files.Gpt2 is { } name ? Cache.KeyOfFiles(Gpt2Folder.Files(name)) : null,
            Train = KeyOf(_files.Splits.Train),
        });
    }

    public override string EncoderName => NameOf(_files.Clip, _clipKey);

    /// <summary>What captioners' cards call the CLIP in a folder or file.</summary>
    internal static string EncoderOf(string clip) => NameOf(clip, Cache.KeyOfFiles(FilesOf(clip)));

    private static string NameOf(string clip, string key) => $"{Path.GetFileName(clip)} {key[..8]}";

    public override string Encoder => $"the CLIP in {Path.GetFileName(_files.Clip)}, files {_clipKey}";

    // Without the test images: captioners do not depend on them, and a study of fewer finds the same.
    public override string Description => FormattableString.Invariant($"{_preset.Photos!.Title} in Karpathy's split, {_files.Splits.Train.Count:n0} training images, captions by people");

    public override string Fingerprint { get; }

    public override ITokenizer Tokenizer { get; }

    public override string? Vocabulary => "gpt2";

    public override EmbeddedCaptions Train(Watch watch) => Embedded(_files.Splits.Train, "training", watch);

    public override EmbeddedCaptions Validation(Watch watch) => Embedded(_files.Splits.Validation, "validation", watch);

    public override EmbeddedCaptions Test(Watch watch) => Embedded(_files.Splits.Test, "test", watch);

    public override (byte[], string)? Picture(string id) => _test.TryGetValue(id, out var image) ? (File.ReadAllBytes(_files.PathOf(image)), "image/jpeg") : null;

    public override Recipe Fit(Recipe recipe) =>
        recipe.InitialGpt2 is { } name ? recipe with { Gpt2 = Gpt2Folder.Sizes(name) with { Dropout = recipe.Gpt2.Dropout } } : base.Fit(recipe);

    // Each caption ends in one ".", at which captioners stop, as ClipCap's do; one that lacks it in the data gets it.
    protected override string Sentence(string caption) => base.Sentence(caption) + Stop;

    public override IReadOnlyList<EmbeddingLeftOut> LeftOut => [.. _leftOut.Values];

    private EmbeddedCaptions Embedded(IReadOnlyList<CaptionedImage> part, string what, Watch watch)
    {
        var paths = part.ToDictionary(i => i.File!, _files.PathOf);
        var pictures = PictureList.Of([.. part.Select(i => i.File!)], name => paths[name]);
        var captions = CaptionList.Of([.. part.SelectMany(i => i.Captions.Select((_, k) => CaptionList.NameOf(i.Id, k)))], [.. part.SelectMany(i => i.Captions)]);
        var (images, leftOut) = Rows(pictures, OfPictures, $"{_preset.Photos!.Name}-{what}-images", $"Encoding {part.Count:n0} {what} images", watch);
        var (texts, _) = Rows(captions, OfTexts, $"{_preset.Photos!.Name}-{what}-texts", $"Encoding {captions.Names.Count:n0} {what} captions", watch);
        if (leftOut.Count == 0) return new(part, images, texts);
        foreach (var item in leftOut) _leftOut[item.Name] = item;
        using (texts)
        {
            var gone = leftOut.Select(l => l.Name).ToHashSet();
            var kept = part.SelectMany(i => i.Captions.Select(_ => !gone.Contains(i.File!))).Select((stays, row) => (stays, row)).Where(r => r.stays).Select(r => (long)r.row).ToArray();
            return new([.. part.Where(i => !gone.Contains(i.File!))], images, texts.index_select(0, tensor(kept)));
        }
    }

    // (N, d) of the items that have a row, in the list's order, and those that have none.
    private (Tensor Rows, IReadOnlyList<EmbeddingLeftOut> LeftOut) Rows(EmbeddingInput list, EmbeddingOptions options, string name, string what, Watch watch)
    {
        if (_stores.Value.Find(list) is { } found) return found;
        var folder = Cache.PathOf("embeddings", name, new { StepVersion, _clipKey, list.Digest }, "");
        var store = EmbeddingRun.Run(_encoder.Value, list, folder, options, watch.Encoding(what), watch.Cancel);
        return (store.All(), store.LeftOut);
    }

    private string KeyOf(IReadOnlyList<CaptionedImage> part) => Digest([KeyOfPictures(part), .. part.SelectMany(i => i.Captions.Prepend(i.Id))]);

    // By name and length: to read 20 GB of photographs for a digest would take as long as half the encoding.
    private string KeyOfPictures(IReadOnlyList<CaptionedImage> part) => Digest(part.Select(i => FormattableString.Invariant($"{i.File} {new FileInfo(_files.PathOf(i)).Length}")));

    private static string Digest(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines) hash.AppendData(Encoding.UTF8.GetBytes(line + "\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A CLIP's folder holds configuration, weights and vocabulary; OpenAI's file all but the vocabulary, which is one for all of them.
    private static IEnumerable<string> FilesOf(string clip) =>
        File.Exists(clip) ? [clip] : Directory.EnumerateFiles(clip).Where(f => Path.GetExtension(f) is ".json" or ".txt" or ".safetensors" or ".bin" or ".pt" or ".gz").Order(StringComparer.Ordinal);

    public override void Dispose()
    {
        if (_encoder.IsValueCreated) _encoder.Value.Dispose();
    }
}
