namespace UnsupClipCap.Metrics;

/// <summary>The scores of one system's captions, as coco-caption names and scales them (0..1, CIDEr 0..10).</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class CaptionScores : IHtml
{
    /// <summary>Means of several scores, by name, and the keys of these scores.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Averages = new OrderedDictionary<string, string[]>
    {
        [nameof(Average6)] = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"],
        [nameof(Average)] = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "METEOR", "ROUGE_L", "CIDEr", "SPICE"],
    };

    internal CaptionScores(IReadOnlyList<MetricRun> runs, CaptionReferences references, IReadOnlyList<string> candidates, IReadOnlyList<string> notes)
    {
        var corpus = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        var perImage = new OrderedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            var (scores, images) = run.Scores();
            for (var k = 0; k < scores.Length; k++)
            {
                corpus.Add(run.Metric.Keys[k], scores[k]);
                perImage.Add(run.Metric.Keys[k], images[k]);
            }
            if (run.Metric is Metrics.Bleu) Bleu = Metrics.Bleu.Counts(run.Sums());
        }
        Runs = runs;
        References = references;
        Candidates = candidates;
        Corpus = corpus;
        PerImage = perImage;
        Notes = notes;
    }

    /// <summary>Corpus scores by coco-caption's keys, in the order of the metrics asked for: Bleu_1 Bleu_2 Bleu_3 Bleu_4 METEOR ROUGE_L CIDEr SPICE.</summary>
    public IReadOnlyDictionary<string, double> Corpus { get; }

    /// <summary>For each key the scores of the I images, in their order.</summary>
    public IReadOnlyDictionary<string, double[]> PerImage { get; }

    /// <summary>Mean of the six scores Bleu_1..4, ROUGE_L and CIDEr, times 100; null where one of them was not asked for.</summary>
    public double? Average6 => Mean(nameof(Average6), Corpus);

    /// <summary>Mean of all eight scores times 100, the paper's "average performance"; null where one of them was not asked for.</summary>
    public double? Average => Mean(nameof(Average), Corpus);

    /// <summary>Lengths and n-gram counts behind BLEU; null where BLEU was not asked for.</summary>
    public BleuCounts? Bleu { get; }

    /// <summary>Number of images scored.</summary>
    public int ImageCount => References.ImageCount;

    /// <summary>Number of candidate captions used: one an image.</summary>
    public int CandidateCount => References.ImageCount;

    /// <summary>Number of reference captions used.</summary>
    public int ReferenceCount => References.ReferenceCount;

    /// <summary>The I captions scored, as they were given.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>Ids of the I images in the references' file, or null where the references are of no file.</summary>
    public IReadOnlyList<ImageId>? ImageIds => References.ImageIds;

    /// <summary>What a reader of the scores must know, in whole sentences: empty captions, scores that are 0 by definition, data that a metric had to do without.</summary>
    public IReadOnlyList<string> Notes { get; }

    internal IReadOnlyList<MetricRun> Runs { get; }

    internal CaptionReferences References { get; }

    /// <summary>The images with the lowest scores, the lowest first; of equal ones, the first first.</summary>
    /// <param name="count">How many at most, 0 or more.</param>
    /// <param name="key">The score, by its key.</param>
    /// <exception cref="MetricInputException">There is no score of that key.</exception>
    public IReadOnlyList<ScoredImage> Worst(int count, string key = "CIDEr")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!PerImage.TryGetValue(key, out var scores))
            throw new MetricInputException($"There is no score '{key}'; expected one of {string.Join(", ", PerImage.Keys)}. Name one of these, or ask for its metric.");
        return new ShownList<ScoredImage>([.. Enumerable.Range(0, ImageCount).OrderBy(i => scores[i]).Take(count).Select(Image)], ScoresHtml.Of);
    }

    /// <summary>One image, its caption and its scores.</summary>
    /// <param name="image">Its place, 0..I-1.</param>
    public ScoredImage Image(int image) => new(
        image, References.ImageNames?[image], Candidates[image],
        new OrderedDictionary<string, double>(PerImage.Select(p => KeyValuePair.Create(p.Key, p.Value[image])), StringComparer.Ordinal))
    { Label = Label };

    /// <summary>Whether these scores are higher than another system's on the same images; see <see cref="PairedBootstrap.Compare"/>.</summary>
    /// <param name="other">The other system's scores against the same references.</param>
    /// <param name="resamples">Number of resampled sets, 1 to <see cref="PairedBootstrap.MostResamples"/>.</param>
    /// <param name="confidence">Share of resampled differences inside the interval, above 0 and below 1.</param>
    /// <param name="seed">Decides the resampled sets.</param>
    /// <param name="progress">Told the share of sets drawn; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>For each key the difference of these scores less the other's, and its interval.</returns>
    /// <exception cref="MetricInputException">The two were not scored against the same references, or not by the same metrics.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IReadOnlyDictionary<string, DifferenceInterval> Against(
        CaptionScores other, int resamples = 1000, double confidence = 0.95, int seed = 0, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        new ShownMap<DifferenceInterval>(PairedBootstrap.Compare(this, other, resamples, confidence, seed, progress, cancellation), differences => ScoresHtml.Of(differences, Label), Label);

    /// <summary>Writes the corpus scores as a JSON object: coco-caption's keys on its scale in full precision, then <c>images</c>, <c>candidates</c>, <c>references</c> (how many) and <c>notes</c>.</summary>
    /// <param name="path">The file, replaced whole or not at all; its folder is made as needed.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => ScoreFile.Write(path, json => ScoreFile.Write(json, this));

    /// <summary>Writes a line of JSON an image: <c>{"image_id": …, "scores": {…}}</c>. The id is a number or a text as it is in the references' file; without a file, the image's name or number.</summary>
    /// <param name="path">The file, replaced whole or not at all; its folder is made as needed.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePerImage(string path) => ScoreFile.WritePerImage(path, this);

    /// <inheritdoc/>
    public string ToHtml() => ScoresHtml.Of(this);

    /// <inheritdoc/>
    public override string ToString() => ScoresHtml.Text(this);

    /// <summary>A score's name as it is shown: its key, and what it is without.</summary>
    internal string Label(string key) => Runs.FirstOrDefault(r => r.Metric.Keys.Contains(key))?.Metric.Without is { } without ? $"{key} ({without})" : key;

    internal static double? Mean(string average, IReadOnlyDictionary<string, double> scores) =>
        Averages[average].All(scores.ContainsKey) ? Averages[average].Average(key => scores[key]) * 100 : null;
}

/// <summary>One image, its caption and its scores.</summary>
/// <param name="Index">The image's place, counted from 0.</param>
/// <param name="Name">The image's name or id, or null where it has none.</param>
/// <param name="Candidate">The caption scored.</param>
/// <param name="Scores">Its scores by coco-caption's keys.</param>
public sealed record ScoredImage(int Index, string? Name, string Candidate, IReadOnlyDictionary<string, double> Scores)
{
    internal Func<string, string> Label { get; init; } = key => key;

    /// <summary>One line: "cat.jpg 'a cat': CIDEr 12.3, …", times 100.</summary>
    public override string ToString() => $"{Name ?? $"{Index}"} '{Candidate}': {string.Join(", ", Scores.Select(s => FormattableString.Invariant($"{Label(s.Key)} {s.Value * 100:0.0}")))}";
}
