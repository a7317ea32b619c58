namespace UnsupClipCap;

/// <summary>Rows of Table 1 or 2: captioners given the test images' embeddings.</summary>
public sealed class TableExperiment
{
    private readonly Study _study;

    private TableExperiment(Study study, IReadOnlyList<Evaluated> rows, int images) => (_study, Rows, Images) = (study, rows, images);

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

    /// <inheritdoc/>
    public override string ToString() => ScoreTable.Of(Scores).ToText();
}
