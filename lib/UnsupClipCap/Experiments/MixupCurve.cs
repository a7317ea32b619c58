using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Figure 3: captioners given points between each test image's embedding and that of its first caption.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class MixupCurve : IHtml
{
    private readonly Study _study;

    private MixupCurve(Study study, IReadOnlyList<Point> points, int images) => (_study, Points, Images) = (study, ResultTables.Shown(points, p => p.Table()), images);

    /// <summary>What it is called in captions.jsonl.</summary>
    public const string Name = "mixup";

    /// <summary>The paper's eleven: 0, 0.1, … 1.</summary>
    public static IReadOnlyList<double> Lambdas { get; } = Mixup.Steps(0, 1, 0.1);

    /// <summary>A captioner at one lambda.</summary>
    /// <param name="Lambda">Share of the text.</param>
    /// <param name="Evaluated">Captions, scored against all references.</param>
    /// <param name="WithoutInput">Scored against the references without the caption that was mixed in.</param>
    public sealed record Point(double Lambda, Evaluated Evaluated, CaptionScores WithoutInput);

    /// <summary>Captioner after captioner, by rising lambda.</summary>
    public IReadOnlyList<Point> Points { get; }

    /// <summary>Test images captioned.</summary>
    public int Images { get; }

    /// <summary>Runs ClipCap and Unsupervised-ClipCap, as the figure.</summary>
    public static MixupCurve Run(Study study, IReadOnlyList<double>? lambdas = null, int limit = 0) =>
        Run(study, [study.Captioner(Source.Images), study.Captioner(Source.OtherCaption)], lambdas ?? Lambdas, limit);

    /// <summary>Runs these captioners.</summary>
    /// <param name="study">Data.</param>
    /// <param name="captioners">Curves to draw.</param>
    /// <param name="lambdas">Shares of the text; 0 is the image.</param>
    /// <param name="limit">Test images to use; 0 for all.</param>
    public static MixupCurve Run(Study study, IReadOnlyList<Captioner> captioners, IReadOnlyList<double> lambdas, int limit = 0)
    {
        var test = study.Test.Take(limit);
        if (test.Images.FirstOrDefault(i => i.Captions.Count < 2) is { } alone)
            throw new UserException($"Image {alone.Id} has one caption; the mixup curve mixes in the first and scores against the others too, and so needs two.");
        var others = new CaptionEvaluator(new CaptionReferences([.. test.Images.Select(i => (IReadOnlyList<string>)[.. i.Captions.Skip(1)])]), study.Metrics);
        using var texts = test.FirstTexts();
        var points = new List<Point>();
        foreach (var captioner in captioners)
            foreach (var lambda in lambdas)
            {
                using var mixed = Mixup.Interpolate(test.ImageRows, texts, lambda);
                var evaluated = study.Evaluate(captioner, mixed, Study.NameOf(captioner.Card.Source), what: FormattableString.Invariant($"{Study.NameOf(captioner.Card.Source)} at lambda {lambda:0.##}"));
                points.Add(new(lambda, evaluated, others.Score(evaluated.Captions, null, study.Watch.Cancel)));
            }
        return new(study, points, test.Images.Count);
    }

    /// <summary>As rows of results.json.</summary>
    public IReadOnlyList<MixupScores> Scores => [.. Points.Select(p => new MixupScores(p.Evaluated.Method, p.Lambda, p.Evaluated.Row)
    {
        ScoresWithoutInput = ScoreNames.WithAverages(p.WithoutInput.Corpus),
    })];

    /// <summary>As lines of captions.jsonl.</summary>
    public IEnumerable<CaptionRecord> Captions => Points.SelectMany(p => _study.Records(Name, p.Evaluated, p.Lambda));

    /// <summary>The curve.</summary>
    public LineChart Chart()
    {
        var example = Example();
        return ChartOf(Scores, (row, place) => Points[place].Evaluated.Captions is { Count: > 0 } captions ? $"image {_study.Test.Images[example].Id}: {captions[example]}" : "");
    }

    // The first of the test images whose caption changes most often along the curves.
    private int Example() => Enumerable.Range(0, Images).MaxBy(i => Points.GroupBy(p => p.Evaluated.Method).Sum(g => g.Zip(g.Skip(1), (a, b) => a.Evaluated.Captions[i] == b.Evaluated.Captions[i] ? 0 : 1).Sum()));

    /// <summary>The curve of rows that may be means over seeds, with their spread as a band.</summary>
    /// <param name="rows">Points of the curves.</param>
    /// <param name="more">What else is said where one points at a row, by the row and its place among the rows; may be null.</param>
    public static LineChart ChartOf(IReadOnlyList<MixupScores> rows, Func<MixupScores, int, string>? more = null)
    {
        var average = ScoreNames.CommonAverage(rows.Select(r => r.Scores)) ?? ScoreNames.Average6;
        return new("Captioning lambda text + (1 - lambda) image", "lambda (0: image, 1: text)", ScoreNames.Heading(average),
            Lines(rows.Index(), average, (row, place) => Hover(row, average) + (more is null ? "" : $"\n{more(row, place)}")))
        {
            Earlier = results => Lines(results.Mixup.Index(), average, null),
        };
    }

    private static List<ChartSeries> Lines(IEnumerable<(int Place, MixupScores Row)> rows, string average, Func<MixupScores, int, string>? hover) =>
        [.. rows.Where(r => r.Row.Scores.ContainsKey(average)).GroupBy(r => r.Row.Method).Select(g => new ChartSeries(g.Key, [.. g.Select(r =>
            new ChartPoint(r.Row.Lambda, r.Row.Scores[average], r.Row.Spread?.GetValueOrDefault(average), Hover: hover?.Invoke(r.Row, r.Place)))]))];

    private static string Hover(MixupScores row, string average) => FormattableString.Invariant($"{row.Method}, lambda {row.Lambda:0.##}: {row.Scores[average]:0.0} ({ScoreNames.Heading(average)})\n") +
        string.Join(", ", ScoreNames.Eight.Where(row.Scores.ContainsKey).Select(n => FormattableString.Invariant($"{ScoreNames.Heading(n)} {row.Scores[n] * ScoreNames.Factor(n):0.0}")));

    /// <summary>The ends of the curves beside a table of the paper: lambda 0 is its row; of ClipCap at lambda 1 the paper says "about" Unsupervised-ClipCap's.</summary>
    public ScoreTable Against(PaperTable paper) => ScoreTable.OfEnds(Scores, paper);

    /// <summary>The paper's findings on the curves, judged on this one.</summary>
    public IReadOnlyList<Claim> Claims() => UnsupClipCap.Claims.OfMixup(Scores);

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(ScoreTable.OfMixup(Scores), FormattableString.Invariant($"{Images:n0} test images."));

    /// <inheritdoc/>
    public override string ToString() => ScoreTable.OfMixup(Scores).ToText();
}
