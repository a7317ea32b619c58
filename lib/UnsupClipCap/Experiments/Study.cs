using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// A preset opened with a seed: data, embeddings of both modalities, trained captioners, references. What it makes is kept in the cache
/// and found there by every command and notebook: nothing is trained or encoded twice.
/// </summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class Study : IDisposable, IHtml
{
    private const int CaptionerVersion = 1;                 // raise when training changes what it gives
    private readonly StudyData _data;
    private readonly Watch? _watch;
    private readonly Dictionary<string, Captioner> _captioners = [];
    private EmbeddedCaptions? _train, _validation;
    private CaptionReferences? _references;
    private IReadOnlyList<ICaptionMetric>? _metrics;

    private Study(Preset preset, int seed, Device device, StudyData data, Watch? watch)
    {
        (Preset, Seed, Device, _data, _watch) = (preset, seed, device, data, watch);
        Test = data.Test(Watch);
        using var firstTexts = Test.FirstTexts();
        Gap = ModalityGap.Of(AlignmentInput.Unit(Test.ImageRows), AlignmentInput.Unit(firstTexts));
    }

    /// <summary>Opens a preset by name.</summary>
    /// <param name="preset">"mini", "flickr8k", "coco" or "flickr30k".</param>
    /// <param name="seed">Changes every random choice but the shipped encoder.</param>
    /// <param name="device">"auto", "cpu" or "cuda".</param>
    /// <param name="watch">Progress and cancellation of this and all later work of the study; <see cref="Watch.Ambient"/> at the time of the work by default.</param>
    public static Study Open(string preset = "mini", int seed = 1, string device = "auto", Watch? watch = null) => Open(Preset.Find(preset), seed, device, watch);

    /// <summary>Opens a preset, perhaps one of your own: <c>Preset.Mini with { … }</c>.</summary>
    public static Study Open(Preset preset, int seed = 1, string device = "auto", Watch? watch = null)
    {
        var found = Devices.Find(device);
        return new(preset, seed, found, StudyData.Open(preset, seed, found), watch);
    }

    /// <summary>The preset.</summary>
    public Preset Preset { get; }
    /// <summary>The seed.</summary>
    public int Seed { get; }
    /// <summary>Where captioners are trained and run.</summary>
    public Device Device { get; }
    /// <summary>Progress and cancellation.</summary>
    public Watch Watch => _watch ?? Watch.Ambient;
    /// <summary>The test images.</summary>
    public EmbeddedCaptions Test { get; }
    /// <summary>The training images; read or encoded when first asked for.</summary>
    public EmbeddedCaptions Train => _train ??= Kept(_data.Train(Watch));
    /// <summary>The validation images; read or encoded when first asked for.</summary>
    public EmbeddedCaptions Validation => _validation ??= Kept(_data.Validation(Watch));
    /// <summary>The gap between the test images and the first caption of each.</summary>
    public ModalityGap Gap { get; }

    // Whoever first asks may do so within a dispose scope; the rows outlive it.
    private static EmbeddedCaptions Kept(EmbeddedCaptions part)
    {
        part.ImageRows.DetachFromDisposeScope();
        part.TextRows.DetachFromDisposeScope();
        return part;
    }

    /// <summary>Captioners trained by this study, and not found in the cache, in order.</summary>
    public IReadOnlyList<string> Trained => _trained;
    private readonly List<string> _trained = [];
    /// <summary>Captioners used so far.</summary>
    public IReadOnlyCollection<Captioner> Captioners => _captioners.Values;
    /// <summary>The preset's recipe with GPT-2's sizes as they are here.</summary>
    public Recipe Recipe => _data.Fit(Preset.Recipe);
    /// <summary>Stands for all that decides the captions and embeddings.</summary>
    internal string Fingerprint => _data.Fingerprint;
    /// <summary>The encoder, in words.</summary>
    public string Encoder => _data.Encoder;
    /// <summary>The data, in words.</summary>
    public string Description => _data.Description;

    /// <summary>Pictures that could not be decoded, of the parts used so far: images without a row are in no part.</summary>
    public IReadOnlyList<EmbeddingLeftOut> LeftOut => _data.LeftOut;

    /// <summary>A test image's file content and type, or null where only its embedding is there.</summary>
    public (byte[] Content, string MimeType)? Picture(string id) => _data.Picture(id);

    /// <summary>The test images' references, tokenised once.</summary>
    public CaptionReferences References => _references ??= new CaptionReferences([.. Test.Images.Select(i => i.Captions)]);

    /// <summary>
    /// What captions are scored by: coco-caption's eight scores; without METEOR where its paraphrase table is not found, so that no table mixes full METEOR's numbers with others.
    /// </summary>
    public IReadOnlyList<ICaptionMetric> Metrics => _metrics ??= MetricsHere(Watch);

    /// <summary>What captions are scored by on this machine: see <see cref="Metrics"/>.</summary>
    internal static IReadOnlyList<ICaptionMetric> MetricsHere(Watch watch) => MeteorData.Find(watch.Share("Packing METEOR's paraphrases, this once"), watch.Cancel).HasParaphrases
        ? CaptionMetrics.All() : CaptionMetrics.Named(CaptionMetrics.Names.Except(["meteor"]));

    /// <summary>A captioner trained on the training images from that source: from memory, from the cache, or trained now.</summary>
    /// <param name="source">What it is trained on.</param>
    /// <param name="recipe">How; the preset's by default.</param>
    /// <param name="moved">An alignment that moves the texts: the captioner is trained on moved embeddings. None by default.</param>
    public Captioner Captioner(Source source, Recipe? recipe = null, IAlignment? moved = null)
    {
        recipe = recipe is null ? Recipe : _data.Fit(recipe);
        var card = new CaptionerCard
        {
            Recipe = recipe,
            EmbeddingWidth = (int)Test.ImageRows.shape[1],
            Encoder = _data.EncoderName,
            Source = source,
            Seed = Seed,
            Data = _data.Description,
            Words = (_data.Tokenizer as WordTokenizer)?.Words ?? [],
            Vocabulary = _data.Vocabulary,
            Alignment = moved?.Name,
        };
        var file = Cache.PathOf("captioners", $"{Preset.Name}-{source.ToString().ToLowerInvariant()}-seed{Seed}", new { CaptionerVersion, _data.Fingerprint, card, device = Device.type.ToString() }, ".safetensors");
        if (_captioners.TryGetValue(file, out var known)) return known;
        var name = moved is null ? NameOf(source) : $"{NameOf(source)}, {moved.Name}";
        if (!File.Exists(file))
        {
            var state = Path.ChangeExtension(file, ".state");
            var rows = moved is null ? Train : Moved(moved);
            using var trained = CaptionerTraining.Run(card, _data.Corpus(rows), _data.Tokenizer, Device, state, Watch.Training($"Training {name}", "tokens"), Watch.Cancel);
            trained.Save(file);
            TrainingState.Delete(state);
            _trained.Add(name);
        }
        else Watch.Progress?.Report(StudyProgress.Found(name));
        // What was trained is read back as well: the first run then shows what every later one does, to the last digit of its losses, which a file holds rounded.
        var captioner = UnsupClipCap.Captioner.Load(file);
        captioner.To(Device);
        return _captioners[file] = captioner;
    }

    // Training images (N, d) and captions (R, d), unit rows; made once, and they outlive the scope of whoever first asks.
    private (Tensor Images, Tensor Texts) TrainUnitRows => _trainUnitRows ??= (AlignmentInput.Unit(Train.ImageRows).DetachFromDisposeScope(), AlignmentInput.Unit(Train.TextRows).DetachFromDisposeScope());
    private (Tensor, Tensor)? _trainUnitRows;

    /// <summary>An alignment fitted to the training images and captions, unit rows; one that needs pairs is given each caption with its image. Within the caller's dispose scope.</summary>
    internal IFittedAlignment FitToTraining(IAlignment method)
    {
        var (images, texts) = TrainUnitRows;
        return method.Fit(method.NeedsPairs ? images.index_select(0, Train.ImageOfText()) : images, texts, Watch.Cancel);
    }

    // The training images and captions where an alignment that was fitted on them takes them.
    private EmbeddedCaptions Moved(IAlignment method)
    {
        var (images, texts) = TrainUnitRows;
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var fitted = FitToTraining(method);
        return new(Train.Images, fitted.Transform(images).MoveToOuterDisposeScope(), fitted.TransformTexts(texts).MoveToOuterDisposeScope());
    }

    /// <summary>Captions embeddings of the test images and scores the captions.</summary>
    /// <param name="captioner">Who captions.</param>
    /// <param name="embeddings">(n, d): of the first n test images, in order.</param>
    /// <param name="method">Name in results.</param>
    /// <param name="asTheyAre">The embeddings' length is part of the method.</param>
    /// <param name="what">What progress calls it; the method's name by default.</param>
    public Evaluated Evaluate(Captioner captioner, Tensor embeddings, string method, bool asTheyAre = false, string? what = null)
    {
        var n = (int)embeddings.shape[0];
        var captions = captioner.Caption(embeddings, Preset.Decoding, Watch.Share($"Captioning: {what ?? method}"), Watch.Cancel, asTheyAre).Select(c => c.Text).ToList();
        var references = n == Test.Images.Count ? References : new CaptionReferences([.. Test.Images.Take(n).Select(i => i.Captions)]);
        return new Evaluated(method, captions, new CaptionEvaluator(references, Metrics).Score(captions, null, Watch.Cancel));
    }

    /// <summary>What was evaluated as lines of captions.jsonl.</summary>
    public IEnumerable<CaptionRecord> Records(string experiment, Evaluated evaluated, double? lambda) =>
        evaluated.Captions.Select((caption, i) => new CaptionRecord(experiment, evaluated.Method, lambda, Test.Images[i].Id, caption, Test.Images[i].Captions));

    /// <summary>The paper's name of what a source trains.</summary>
    public static string NameOf(Source source) => source switch
    {
        Source.Images => MethodNames.ClipCap,
        Source.OtherCaption => MethodNames.Unsupervised,
        _ => MethodNames.MatchedCaptions,
    };

    /// <summary>Test images with what these methods wrote and what people say of them.</summary>
    public ImageGrid Grid(params IReadOnlyList<Evaluated> rows) => ImageGrid.Of(this, rows);

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(this);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Preset.Name}, seed {Seed}: {Description}; {Encoder}; gap {Gap.Gap:0.000}, R@1 {Gap.RecallAt1:0.000}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var captioner in _captioners.Values) captioner.Dispose();
        _data.Dispose();
    }
}

/// <summary>Captions of the test images by one method, and their scores.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Captions">A caption an image, in the order of the test images.</param>
/// <param name="Scores">Of the whole and of each image.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record Evaluated(string Method, IReadOnlyList<string> Captions, CaptionScores Scores) : IHtml
{
    /// <summary>The corpus scores with their averages, as results files hold them.</summary>
    public IReadOnlyDictionary<string, double> Row => ScoreNames.WithAverages(Scores.Corpus);

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Method}: {Scores}";
}
