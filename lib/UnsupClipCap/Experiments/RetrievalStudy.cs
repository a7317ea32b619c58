using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// What alignments do to captions, measured on real CLIP embeddings without a decoder: each aligned image takes the caption of its nearest training text, and these captions are
/// scored against what people say of the image. Methods are fitted on one half of the pairs and evaluated on the other; transductive ones are fitted on the half they are
/// evaluated on, and so see its texts.
/// </summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class RetrievalStudy : IHtml
{
    private const int Seed = 0;
    private readonly Watch _watch;
    private readonly IReadOnlyList<Half> _halves;                       // evaluated on the second half, then on the first
    private readonly List<Row> _rows = [];

    private RetrievalStudy(ClipPairs pairs, Watch watch)
    {
        (Pairs, _watch) = (pairs, watch);
        if (pairs.Captions.Count != pairs.Captioned.Count) throw new UserException($"{pairs.Name}: there are {pairs.Captions.Count} captions of {pairs.Captioned.Count} images; the study takes pairs, one caption an image.");
        var metrics = Study.MetricsHere(watch);
        var (n, first) = (pairs.Captions.Count, pairs.Captions.Count / 2);
        if (first < 2) throw new UserException($"{pairs.Name}: {n} pairs are too few; expected 4 or more, two a half.");
        _halves = [new(pairs, 0, first, n - first, metrics), new(pairs, first, 0, first, metrics)];
    }

    /// <summary>The pairs.</summary>
    public ClipPairs Pairs { get; }

    /// <summary>A row a method, in the order of joining.</summary>
    public IReadOnlyList<Row> Rows => ResultTables.Shown(_rows, rows => rows.Table());

    /// <summary>A method's outcome.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Second">Fitted on the first half, evaluated on the second: the row that tables show.</param>
    /// <param name="First">The other way round.</param>
    public sealed record Row(IAlignment Method, Outcome Second, Outcome First);

    /// <summary>A method on one half.</summary>
    /// <param name="Gap">Of the aligned images and their texts.</param>
    /// <param name="Captions">Each image's retrieved caption.</param>
    /// <param name="Scores">Of these captions.</param>
    /// <param name="RecallAt1">95 % bootstrap interval of R@1.</param>
    public sealed record Outcome(ModalityGap Gap, IReadOnlyList<string> Captions, CaptionScores Scores, Interval RecallAt1);

    /// <summary>Runs these methods, or all.</summary>
    /// <exception cref="UserException">A method cannot be fitted on these pairs.</exception>
    public static RetrievalStudy Run(ClipPairs pairs, IReadOnlyList<IAlignment>? methods = null, Watch? watch = null)
    {
        var study = new RetrievalStudy(pairs, watch ?? Watch.Ambient);
        foreach (var method in methods ?? Alignments.All) study.Add(method);
        return study;
    }

    /// <summary>Runs a method and adds its row, or puts it in the place of the row of that name.</summary>
    public Row Add(IAlignment method)
    {
        _watch.Cancel.ThrowIfCancellationRequested();
        _watch.Progress?.Report(new($"Aligning: {method.Name}", _rows.Count / (double)Math.Max(_rows.Count + 1, Alignments.All.Count)));
        var row = new Row(method, _halves[0].Evaluate(method, _watch), _halves[1].Evaluate(method, _watch));
        var place = _rows.FindIndex(r => r.Method.Name == method.Name);
        if (place < 0) _rows.Add(row);
        else _rows[place] = row;
        return row;
    }

    /// <summary>As rows of results.json: the second half's numbers, the mean of both under cross, intervals of R@1 and of the average's change from no alignment.</summary>
    public IReadOnlyList<MethodScores> Scores
    {
        get
        {
            var none = _rows.Find(r => r.Method is None);
            return [.. _rows.Select(row => Of(row, _halves[0], row.Second) with
            {
                Cross = Mean(Of(row, _halves[0], row.Second), Of(row, _halves[1], row.First)),
                Intervals = Intervals(row, none),
            })];
        }
    }

    private static MethodScores Of(Row row, Half half, Outcome outcome) =>
        new(row.Method.Name, ScoreNames.WithAverages(outcome.Scores.Corpus)) { Gap = GapScores.Of(half.Before, outcome.Gap) };

    private static MethodScores Mean(MethodScores a, MethodScores b) =>
        new(a.Method, ScoreNames.WithAverages(a.Scores.Where(s => s.Key is not (ScoreNames.Average or ScoreNames.Average6)).ToDictionary(s => s.Key, s => (s.Value + b.Scores[s.Key]) / 2))) { Gap = GapScores.MeanOf([a.Gap!, b.Gap!]) };

    private static Dictionary<string, Interval> Intervals(Row row, Row? none)
    {
        var intervals = new Dictionary<string, Interval> { ["R@1"] = row.Second.RecallAt1 };
        if (none is null || row.Method is None) return intervals;
        var change = row.Second.Scores.Against(none.Second.Scores, seed: Seed);
        foreach (var (name, key) in new[] { ("change of CIDEr", ScoreNames.Cider), ("change of the mean of 8", nameof(CaptionScores.Average)), ("change of the mean of 6", nameof(CaptionScores.Average6)) })
            if (change.TryGetValue(key, out var found)) intervals[name] = new(found.Low, found.High);
        return intervals;
    }

    /// <summary>The rows beside the paper's numbers.</summary>
    public ScoreTable Table() => ScoreTable.OfAlignment(Scores);

    /// <summary>The average of each method.</summary>
    public BarChart Chart() => AlignmentStudy.ChartOf(Scores);

    /// <summary>The paper's findings on alignment, judged on these rows.</summary>
    public IReadOnlyList<Claim> Claims() => UnsupClipCap.Claims.OfAlignment(Scores);

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(Table(), $"{Pairs.Name}. Each image takes the caption of its nearest training text. The paper's numbers are of captions that a decoder wrote.");

    /// <inheritdoc/>
    public override string ToString() => Table().ToText();

    /// <summary>The pairs to evaluate on, and those to fit on.</summary>
    private sealed class Half
    {
        private readonly Tensor _fitImages, _fitTexts, _images, _texts;
        private readonly IReadOnlyList<string> _captions;               // of the pairs to fit on: what is retrieved
        private readonly CaptionEvaluator _evaluator;

        public Half(ClipPairs pairs, int fitFrom, int from, int count, IReadOnlyList<ICaptionMetric> metrics)
        {
            var fitCount = pairs.Captions.Count - count;
            (_fitImages, _fitTexts) = (pairs.Images.narrow(0, fitFrom, fitCount), pairs.Texts.narrow(0, fitFrom, fitCount));
            (_images, _texts) = (pairs.Images.narrow(0, from, count), pairs.Texts.narrow(0, from, count));
            _captions = [.. pairs.Captions.Skip(fitFrom).Take(fitCount)];
            _evaluator = new(new CaptionReferences([.. pairs.Captioned.Skip(from).Take(count).Select(i => i.Captions)]), metrics);
            Before = ModalityGap.Of(_images, _texts).Gap;
        }

        public double Before { get; }

        public Outcome Evaluate(IAlignment method, Watch watch)
        {
            using var scope = NewDisposeScope();
            using var fitted = method.IsTransductive ? method.Fit(_images, _texts, watch.Cancel) : method.Fit(_fitImages, _fitTexts, watch.Cancel);
            var (aligned, texts) = (fitted.Transform(_images), fitted.TransformTexts(_texts));
            var nearest = Nearest(aligned, fitted.TransformTexts(_fitTexts));
            var captions = nearest.Select(row => _captions[(int)row]).ToList();
            var hits = Nearest(aligned, texts).Select((row, i) => row == i ? 1.0 : 0).ToList();
            return new(ModalityGap.Of(aligned, texts), captions, _evaluator.Score(captions, null, watch.Cancel), Interval.OfMean(hits, Seed));
        }

        private static long[] Nearest(Tensor images, Tensor texts) =>
            AlignmentInput.Unit(images.to(ScalarType.Float64)).matmul(AlignmentInput.Unit(texts.to(ScalarType.Float64)).t()).argmax(1).data<long>().ToArray();
    }
}
