using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The paper's alignment study: image embeddings brought towards the texts' before a captioner trained on texts is given them.</summary>
public sealed class AlignmentStudy
{
    private readonly Study _study;

    private AlignmentStudy(Study study, IReadOnlyList<Row> rows, int images) => (_study, Rows, Images) = (study, rows, images);

    /// <summary>What it is called in captions.jsonl.</summary>
    public const string Name = "alignment";

    /// <summary>A method.</summary>
    /// <param name="Evaluated">Captions of the aligned embeddings, scored.</param>
    /// <param name="Gap">Gap and retrieval of the aligned test images and their first captions.</param>
    public sealed record Row(Evaluated Evaluated, ModalityGap Gap);

    /// <summary>A row a method.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Test images captioned.</summary>
    public int Images { get; }

    /// <summary>The paper's four: none, mean shift, rotation, optimal transport, as it writes them.</summary>
    public static IReadOnlyList<IAlignment> PaperMethods { get; } = [new None(), new MeanShift(), new Rotation(), new OptimalTransport()];

    /// <summary>Runs the paper's methods on Unsupervised-ClipCap.</summary>
    public static AlignmentStudy Run(Study study, int limit = 0) => Run(study, study.Captioner(Source.OtherCaption), PaperMethods, limit);

    /// <summary>
    /// Runs these methods. Inductive ones are fitted on the training images and captions and map the test images; transductive ones are fitted on
    /// the test images and the first caption of each, as the paper's transport must be.
    /// </summary>
    public static AlignmentStudy Run(Study study, Captioner captioner, IReadOnlyList<IAlignment> methods, int limit = 0)
    {
        using var scope = NewDisposeScope();
        var test = study.Test.Take(limit);
        var (images, texts) = (AlignmentInput.Unit(test.ImageRows), AlignmentInput.Unit(test.FirstTexts()));
        var (trainImages, trainTexts) = (AlignmentInput.Unit(study.Train.ImageRows), AlignmentInput.Unit(study.Train.TextRows));
        var rows = new List<Row>();
        foreach (var method in methods)
        {
            study.Watch.Cancel.ThrowIfCancellationRequested();
            study.Watch.Progress?.Report(new($"Fitting: {method.Name}", 0));
            var fitted = method.IsTransductive ? method.Fit(images, texts) : method.Fit(trainImages, trainTexts);
            var aligned = fitted.Transform(images);
            rows.Add(new(study.Evaluate(captioner, aligned, method.Name, asTheyAre: true), ModalityGap.Of(aligned, texts)));
        }
        return new(study, rows, test.Images.Count);
    }

    /// <summary>As rows of results.json.</summary>
    public IReadOnlyList<MethodScores> Scores => [.. Rows.Select(r => new MethodScores(r.Evaluated.Method, r.Evaluated.Row))];

    /// <summary>As lines of captions.jsonl.</summary>
    public IEnumerable<CaptionRecord> Captions => Rows.SelectMany(r => _study.Records(Name, r.Evaluated, null));

    /// <inheritdoc/>
    public override string ToString() => ScoreTable.OfAlignment(Scores).ToText();
}
