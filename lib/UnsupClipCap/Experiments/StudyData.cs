namespace UnsupClipCap;

/// <summary>What a study stands on: captioned images, their embeddings, and who made these.</summary>
internal abstract class StudyData : IDisposable
{
    /// <summary>The encoder, in words fit for a report.</summary>
    public abstract string Encoder { get; }

    /// <summary>A short name of the encoder.</summary>
    public abstract string EncoderName { get; }

    /// <summary>The data, in words fit for a report.</summary>
    public abstract string Description { get; }

    /// <summary>Stands for all that decides the captions and embeddings.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>The captioners' tokens: the words of the training captions, or GPT-2's.</summary>
    public abstract ITokenizer Tokenizer { get; }

    /// <summary>Name of the vocabulary where it is a published one; null where it is words of its own.</summary>
    public virtual string? Vocabulary => null;

    /// <summary>Images to train on.</summary>
    public abstract EmbeddedCaptions Train(Watch watch);

    /// <summary>Images to choose settings on.</summary>
    public abstract EmbeddedCaptions Validation(Watch watch);

    /// <summary>Images to report on.</summary>
    public abstract EmbeddedCaptions Test(Watch watch);

    /// <summary>Pictures of the parts read so far that could not be decoded, and so are not in them.</summary>
    public virtual IReadOnlyList<EmbeddingLeftOut> LeftOut => [];

    /// <summary>A picture's file content and type, or null where only its embedding is there.</summary>
    public abstract (byte[] Content, string MimeType)? Picture(string id);

    /// <summary>The recipe with GPT-2's sizes as this data's tokens ask for.</summary>
    public virtual Recipe Fit(Recipe recipe) => recipe with { Gpt2 = recipe.Gpt2 with { Vocabulary = Tokenizer.Count } };

    /// <summary>Captions as tokens, and embeddings, for training.</summary>
    public CaptionCorpus Corpus(EmbeddedCaptions part) => part.Corpus(Tokenizer, Sentence);

    /// <summary>A caption as captioners learn it.</summary>
    protected virtual string Sentence(string caption) => caption.TrimEnd(' ', '.', '\t');

    /// <inheritdoc/>
    public virtual void Dispose() { }

    public static StudyData Open(Preset preset, int seed, TorchSharp.torch.Device device) => preset.Photos is not null ? new PhotoStudyData(preset, device) : preset.Name switch
    {
        "mini" => new MiniStudyData(preset, seed),
        "flickr8k" => new Flickr8kStudyData(preset),
        _ => throw new UserException($"The preset '{preset.Name}' has no data of its own."),
    };
}

/// <summary>Flickr8k by precomputed embeddings; no seed changes it.</summary>
internal sealed class Flickr8kStudyData : StudyData
{
    private const int MinimumCount = 3;                     // words seen less often are unknown
    private readonly Flickr8k _data = Flickr8k.Read();
    private readonly Preset _preset;

    public Flickr8kStudyData(Preset preset)
    {
        _preset = preset;
        Tokenizer = WordTokenizer.From(_data.Splits.Train.SelectMany(i => i.Captions), MinimumCount);
        Fingerprint = Cache.KeyOfFiles(new[] { "captions.token", "images.txt", "train_images.txt", "dev_images.txt", "test_images.txt", "image_features.npy", "text_features.npy" }
            .Select(name => Path.Combine(_data.Folder, name)));
        var note = Path.Combine(_data.Folder, "ENCODER.txt");
        if (File.Exists(note)) (EncoderName, Encoder) = ("of ENCODER.txt", File.ReadAllText(note).Trim());
    }

    public override string EncoderName { get; } = "MobileNets + MiniLM heads (not CLIP)";

    public override string Encoder { get; } =
        "Not CLIP: a dual encoder with CLIP's geometry, frozen ImageNet MobileNets and a frozen sentence encoder (all-MiniLM-L6-v2) with contrastively trained heads, temperature .01, 256 numbers";

    public override string Description => "Flickr8k, 1,000 test photographs, five captions each by people";

    public override string Fingerprint { get; }

    public override ITokenizer Tokenizer { get; }

    public override EmbeddedCaptions Train(Watch watch) => Embedded(_data.Splits.Train, _preset.TrainImages);

    public override EmbeddedCaptions Validation(Watch watch) => Embedded(_data.Splits.Validation, _preset.TestImages);

    public override EmbeddedCaptions Test(Watch watch) => Embedded(_data.Splits.Test, _preset.TestImages);

    public override (byte[], string)? Picture(string id) => _data.Photograph(id) is { } path ? (File.ReadAllBytes(path), "image/jpeg") : null;

    private EmbeddedCaptions Embedded(IReadOnlyList<CaptionedImage> part, int count)
    {
        if (count > 0) part = [.. part.Take(count)];
        var (images, texts) = _data.ReadEmbeddings(part);
        return new EmbeddedCaptions(part, images, texts);
    }
}

/// <summary>MiniScenes through the shipped miniature CLIP; what it encodes is kept in the cache.</summary>
internal sealed class MiniStudyData : StudyData
{
    private const int StepVersion = 1;                      // raise when encoding changes what it gives
    private readonly Preset _preset;
    private readonly int _seed;
    private readonly Lazy<ClipEncoder> _encoder = new(MiniClip.Load);
    private readonly Dictionary<string, MiniScene> _scenes = [];

    public MiniStudyData(Preset preset, int seed)
    {
        (_preset, _seed) = (preset, seed);
        Fingerprint = Cache.Key(new { StepVersion, MiniClip = MiniClip.Fingerprint(), World = MiniClip.WorldFingerprint(), preset.Style, preset.TrainImages, seed });
    }

    public override string EncoderName => MiniClip.Name;

    public override string Encoder => "Miniature CLIP (ModifiedResNet and text transformer, 128 numbers) trained by './run train-clip --preset mini' on MiniScenes' CLIP pool, shipped";

    public override string Description => $"MiniScenes, {(_preset.Style == CaptionStyle.Coco ? "COCO's" : "Flickr30k's")} manner, {_preset.TrainImages:n0} training and {_preset.TestImages:n0} test scenes of seed {_seed}";

    public override string Fingerprint { get; }

    public override ITokenizer Tokenizer { get; } = new WordTokenizer([",", .. MiniScenes.Words]);

    public override EmbeddedCaptions Train(Watch watch) => Embedded(MiniSplit.Train, _preset.TrainImages, watch);

    public override EmbeddedCaptions Validation(Watch watch) => Embedded(MiniSplit.Validation, MiniScenes.DefaultCount(MiniSplit.Validation), watch);

    public override EmbeddedCaptions Test(Watch watch) => Embedded(MiniSplit.Test, _preset.TestImages, watch);

    public override (byte[], string)? Picture(string id) => _scenes.TryGetValue(id, out var scene) ? (MiniScenes.Png(scene, 3), "image/png") : null;

    private EmbeddedCaptions Embedded(MiniSplit split, int count, Watch watch)
    {
        var what = split switch { MiniSplit.Train => "training", MiniSplit.Test => "test", _ => "validation" };
        watch.Progress?.Report(new($"Composing {count:n0} {what} scenes", 0));
        var scenes = MiniScenes.Generate(split, count, _seed, _preset.Style);
        var images = scenes.Select(s => new CaptionedImage($"{s.Id}", s.Captions)).ToList();
        if (split == MiniSplit.Test)
            foreach (var scene in scenes) _scenes[$"{scene.Id}"] = scene;
        var file = Cache.PathOf("embeddings", $"mini-{split.ToString().ToLowerInvariant()}-seed{_seed}", new { Fingerprint, split, count }, ".safetensors");
        if (!File.Exists(file)) Encode(scenes, what, file, watch);
        var tensors = Safetensors.Read(file).Tensors;
        return new EmbeddedCaptions(images, tensors["images"], tensors["texts"]);
    }

    private void Encode(IReadOnlyList<MiniScene> scenes, string what, string file, Watch watch)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var pixels = MiniClip.Pixels(scenes, watch, $"Drawing {scenes.Count:n0} {what} scenes");
        var images = _encoder.Value.EncodeImages(pixels, watch.Share($"Encoding {scenes.Count:n0} {what} scenes"), watch.Cancel);
        var captions = scenes.SelectMany(s => s.Captions).ToList();
        var texts = _encoder.Value.EncodeTexts(captions, watch.Share($"Encoding {captions.Count:n0} {what} captions"), watch.Cancel);
        Safetensors.Write(file, new Dictionary<string, TorchSharp.torch.Tensor> { ["images"] = images, ["texts"] = texts });
    }

    public override void Dispose()
    {
        if (_encoder.IsValueCreated) _encoder.Value.Dispose();
    }
}
