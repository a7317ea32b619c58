using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Rows of Table 1 or 2: captioners given the test images' embeddings.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class TableExperiment : IHtml
{
    private readonly Study _study;

    private TableExperiment(Study study, IReadOnlyList<Evaluated> rows, int images) => (_study, Rows, Images) = (study, ResultTables.Shown(rows, r => r.Table()), images);

    /// <summary>What it is called in captions.jsonl.</summary>
    public const string Name = "table";

    /// <summary>A row a captioner.</summary>
    public IReadOnlyList<Evaluated> Rows { get; }

    /// <summary>Test images captioned.</summary>
    public int Images { get; }

    /// <summary>ClipCap, Unsupervised-ClipCap and "- matched captions", trained where the cache does not hold them.</summary>
    /// <param name="study">Data and captioners.</param>
    /// <param name="limit">Test images to use; 0 for all.</param>
    public static TableExperiment Run(Study study, int limit = 0) => Run(study, [Source.Images, Source.OtherCaption, Source.SameCaption], limit);

    /// <summary>A row for each of these sources.</summary>
    public static TableExperiment Run(Study study, IReadOnlyList<Source> sources, int limit = 0)
    {
        var test = study.Test.Take(limit);
        return new(study, [.. sources.Select(source => study.Evaluate(study.Captioner(source), test.ImageRows, Study.NameOf(source)))], test.Images.Count);
    }

    /// <summary>As rows of results.json.</summary>
    public IReadOnlyList<MethodScores> Scores => [.. Rows.Select(r => new MethodScores(r.Method, r.Row))];

    /// <summary>As lines of captions.jsonl.</summary>
    public IEnumerable<CaptionRecord> Captions => Rows.SelectMany(r => _study.Records(Name, r, null));

    /// <summary>A table with the paper's rows and the differences.</summary>
    public ScoreTable Against(PaperTable paper) => ScoreTable.Of(Scores, paper);

    /// <summary>The average of each captioner beside the paper's.</summary>
    /// <param name="paper">The paper's table; Table 1 by default.</param>
    public BarChart Chart(PaperTable? paper = null) => ChartOf(Scores, paper ?? Paper.Table1);

    /// <summary>The average of each row beside the paper's.</summary>
    public static BarChart ChartOf(IReadOnlyList<MethodScores> rows, PaperTable paper)
    {
        var average = ScoreNames.CommonAverage(rows.Select(r => r.Scores)) ?? ScoreNames.Average6;
        return new("Captions of images", ScoreNames.Heading(average), ["this run", $"the paper ({paper.Dataset})"],
            [.. rows.Select(r => new BarGroup(r.Method, [r.Scores[average], paper.Find(r.Method)?.Scores[average]], [r.Spread?.GetValueOrDefault(average), null]))])
        {
            Earlier = results => results.Table.Where(r => r.Scores.ContainsKey(average)).ToDictionary(r => r.Method, r => r.Scores[average]),
        };
    }

    /// <summary>The paper's findings on the table, judged on this one.</summary>
    public IReadOnlyList<Claim> Claims() => UnsupClipCap.Claims.OfTable(Scores);

    /// <summary>The first test images with each captioner's caption.</summary>
    /// <param name="images">How many at most.</param>
    public ImageGrid Grid(int images = 12) => ImageGrid.Of(_study, Rows, images);

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(ScoreTable.Of(Scores), FormattableString.Invariant($"{Images:n0} test images."));

    /// <inheritdoc/>
    public override string ToString() => ScoreTable.Of(Scores).ToText();
}
