using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Figure 3: captioners given points between each test image's embedding and that of its first caption.</summary>
public sealed class MixupCurve
{
    private readonly Study _study;

    private MixupCurve(Study study, IReadOnlyList<Point> points, int images) => (_study, Points, Images) = (study, points, images);

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
    public LineChart Chart() => ChartOf(Scores);

    /// <summary>The curve of rows that may be means over seeds, with their spread as a band.</summary>
    public static LineChart ChartOf(IReadOnlyList<MixupScores> rows)
    {
        var average = ScoreNames.CommonAverage(rows.Select(r => r.Scores)) ?? ScoreNames.Average6;
        return new("Captioning lambda text + (1 - lambda) image", "lambda (0: image, 1: text)", ScoreNames.Heading(average),
            [.. rows.GroupBy(r => r.Method).Select(g => new ChartSeries(g.Key, [.. g.Select(r => new ChartPoint(r.Lambda, r.Scores[average], r.Spread?.GetValueOrDefault(average)))]))]);
    }

    /// <inheritdoc/>
    public override string ToString() => ScoreTable.OfMixup(Scores).ToText();
}
