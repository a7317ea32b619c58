using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The paper's alignment study: image embeddings brought towards the texts' before a captioner trained on texts is given them. Methods join one by one
/// (<see cref="Add"/>); nothing is trained or encoded anew for one, but for those that move the texts, whose captioner is trained on moved texts once.
/// </summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class AlignmentStudy : IHtml
{
    private readonly Study _study;
    private readonly Captioner _captioner;
    private readonly List<Row> _rows = [];
    private readonly EmbeddedCaptions _test;
    private readonly Tensor _images, _texts;                            // of the test images, unit rows: (n, d) both

    private readonly Tensor _fitTexts;                                  // what transductive methods are fitted to: (m, d), unit rows

    private AlignmentStudy(Study study, Captioner captioner, int limit, Tensor? texts)
    {
        (_study, _captioner, _test) = (study, captioner, study.Test.Take(limit));
        _images = AlignmentInput.Unit(_test.ImageRows);
        using (var own = _test.FirstTexts()) _texts = AlignmentInput.Unit(own);
        _fitTexts = texts is null ? _texts : AlignmentInput.Unit(texts.shape[0] > _images.shape[0] ? texts.narrow(0, 0, _images.shape[0]) : texts);
        Before = ModalityGap.Of(_images, _texts);
    }

    /// <summary>What it is called in captions.jsonl.</summary>
    public const string Name = "alignment";

    /// <summary>A method.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Evaluated">Captions of the aligned embeddings, scored.</param>
    /// <param name="Gap">Gap and retrieval of the aligned test images and their first captions.</param>
    [TypeFormatterSource(typeof(HtmlFormatters))]
    public sealed record Row(IAlignment Method, Evaluated Evaluated, ModalityGap Gap) : IHtml
    {
        /// <inheritdoc/>
        public string ToHtml() => Evaluated.ToHtml() + Gap.ToHtml();

        /// <inheritdoc/>
        public override string ToString() => $"{Evaluated}; {Gap}";
    }

    /// <summary>A row a method, in the order of joining.</summary>
    public IReadOnlyList<Row> Rows => ResultTables.Shown(_rows, rows => rows.Table());

    /// <summary>Gap and retrieval of the test images and their first captions, before any alignment.</summary>
    public ModalityGap Before { get; }

    /// <summary>Test images captioned.</summary>
    public int Images => _test.Images.Count;

    /// <summary>The paper's four: none, mean shift, rotation, optimal transport, as it writes them.</summary>
    public static IReadOnlyList<IAlignment> PaperMethods { get; } = [new None(), new MeanShift(), new Rotation(), new OptimalTransport()];

    /// <summary>All methods but those that move the texts, which need a captioner of their own.</summary>
    public static IReadOnlyList<IAlignment> MethodsOfOneCaptioner { get; } = [.. Alignments.All.Where(m => !m.MovesTexts)];

    /// <summary>Runs these methods, or the paper's, on Unsupervised-ClipCap.</summary>
    public static AlignmentStudy Run(Study study, int limit = 0, IReadOnlyList<IAlignment>? methods = null) =>
        Run(study, study.Captioner(Source.OtherCaption), methods ?? PaperMethods, limit);

    /// <summary>
    /// Runs these methods. Inductive ones are fitted on the training images and captions and map the test images; transductive ones are fitted on
    /// the test images and the first caption of each, as the paper's transport must be. Methods that need pairs are given each training caption with its image.
    /// </summary>
    /// <param name="study">Data.</param>
    /// <param name="captioner">Who captions.</param>
    /// <param name="methods">A row each.</param>
    /// <param name="limit">Test images to use; 0 for all.</param>
    /// <param name="texts">
    /// (m, d): what transductive methods are fitted to instead of the test images' captions, such as <see cref="EmbeddedCaptions.Unpaired"/> of the training images: a user without the test
    /// captions has no others. Of more than the test images the first as many are taken.
    /// </param>
    public static AlignmentStudy Run(Study study, Captioner captioner, IReadOnlyList<IAlignment> methods, int limit = 0, Tensor? texts = null)
    {
        var alignment = new AlignmentStudy(study, captioner, limit, texts);
        foreach (var method in methods) alignment.Add(method);
        return alignment;
    }

    /// <summary>Runs a method and adds its row, or puts it in the place of the row of that name.</summary>
    public Row Add(IAlignment method)
    {
        var row = Measure(method);
        var place = _rows.FindIndex(r => r.Method.Name == method.Name);
        if (place < 0) _rows.Add(row);
        else _rows[place] = row;
        return row;
    }

    /// <summary>Runs a method without adding it.</summary>
    public Row Measure(IAlignment method)
    {
        _study.Watch.Cancel.ThrowIfCancellationRequested();
        _study.Watch.Progress?.Report(new($"Fitting: {method.Name}", 0));
        using var scope = NewDisposeScope();
        using var fitted = method.IsTransductive ? method.Fit(_images, _fitTexts, _study.Watch.Cancel) : _study.FitToTraining(method);
        var aligned = fitted.Transform(_images);
        var gap = ModalityGap.Of(aligned, fitted.TransformTexts(_texts));
        // Where texts moved the captioner learnt from moved texts, at the length that its recipe gives them; elsewhere the length is part of the method.
        var captioner = method.MovesTexts ? _study.Captioner(_captioner.Card.Source, _captioner.Card.Recipe, method) : _captioner;
        return new(method, _study.Evaluate(captioner, aligned, method.Name, asTheyAre: !method.MovesTexts), gap);
    }

    /// <summary>The images whose caption changed most from one method to another: by the difference of CIDEr, largest first. Images with the same caption are left out.</summary>
    /// <param name="before">A method's name.</param>
    /// <param name="after">Another's.</param>
    /// <param name="images">How many at most.</param>
    /// <exception cref="UserException">There is no row of that name.</exception>
    public IReadOnlyList<ChangedCaption> Changed(string before, string after, int images = 12)
    {
        var (a, b) = (Find(before).Evaluated, Find(after).Evaluated);
        double Cider(Evaluated e, int i) => e.Scores.PerImage[ScoreNames.Cider][i];
        return new ShownList<ChangedCaption>([.. Enumerable.Range(0, Images).Where(i => a.Captions[i] != b.Captions[i])
            .OrderByDescending(i => Math.Abs(Cider(a, i) - Cider(b, i))).Take(images)
            .Select(i => new ChangedCaption(_test.Images[i].Id, a.Captions[i], b.Captions[i], Cider(a, i), Cider(b, i), _test.Images[i].Captions, _study.Picture(_test.Images[i].Id)))], ResultHtml.Of);
    }

    /// <summary>The average of a method's captions, of all eight scores where they are there, else of six; null where there is no row of that name.</summary>
    public double? this[string method] => _rows.Find(r => r.Method.Name == method) is { } row && ScoreNames.CommonAverage(_rows.Select(r => r.Evaluated.Row)) is { } average ? row.Evaluated.Row[average] : null;

    private Row Find(string method) => _rows.Find(r => r.Method.Name == method)
        ?? throw new UserException($"There is no row '{method}'; there are {string.Join(", ", _rows.Select(r => $"'{r.Method.Name}'"))}. Add the method first.");

    /// <summary>As rows of results.json.</summary>
    public IReadOnlyList<MethodScores> Scores => [.. Rows.Select(ScoresOf)];

    /// <summary>A row as one of results.json.</summary>
    public MethodScores ScoresOf(Row row) => new(row.Evaluated.Method, row.Evaluated.Row) { Gap = GapScores.Of(Before.Gap, row.Gap) };

    /// <summary>As lines of captions.jsonl.</summary>
    public IEnumerable<CaptionRecord> Captions => Rows.SelectMany(r => _study.Records(Name, r.Evaluated, null));

    /// <summary>The rows beside the paper's numbers.</summary>
    public ScoreTable Table() => ScoreTable.OfAlignment(Scores);

    /// <summary>The paper's findings on alignment, judged on these rows.</summary>
    public IReadOnlyList<Claim> Claims() => UnsupClipCap.Claims.OfAlignment(Scores);

    /// <summary>The first test images with each method's caption.</summary>
    /// <param name="images">How many at most.</param>
    public ImageGrid Grid(int images = 12) => ImageGrid.Of(_study, [.. Rows.Select(r => r.Evaluated)], images);

    /// <summary>The average of each method beside the paper's.</summary>
    public BarChart Chart() => ChartOf(Scores);

    /// <summary>The average of each row beside the paper's.</summary>
    public static BarChart ChartOf(IReadOnlyList<MethodScores> rows)
    {
        var average = ScoreNames.CommonAverage(rows.Select(r => r.Scores)) ?? ScoreNames.Average6;
        return new("Captions of aligned images", ScoreNames.Heading(average), ["this run", "the paper (other data, other models)"],
            [.. rows.Select(r => new BarGroup(r.Method, [r.Scores[average], Paper.Alignment.Find(r.Method)?.Scores[ScoreNames.Average]]))])
        {
            Earlier = results => results.Alignment.Where(r => r.Scores.ContainsKey(average)).ToDictionary(r => r.Method, r => r.Scores[average]),
        };
    }

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(Table(), FormattableString.Invariant($"{Images:n0} test images. The paper's numbers are of COCO and other models; the changes are what can be compared."));

    /// <inheritdoc/>
    public override string ToString() => Table().ToText();
}

/// <summary>An image whose caption changed between two alignments.</summary>
/// <param name="Id">The image.</param>
/// <param name="Before">Its caption by the first method.</param>
/// <param name="After">Its caption by the second.</param>
/// <param name="CiderBefore">CIDEr of the first, 0..10.</param>
/// <param name="CiderAfter">CIDEr of the second.</param>
/// <param name="References">What people say of it.</param>
/// <param name="Picture">The image's file, where it is here.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record ChangedCaption(string Id, string Before, string After, double CiderBefore, double CiderAfter, IReadOnlyList<string> References, (byte[] Content, string MimeType)? Picture) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of([this]);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Id}: '{Before}' ({CiderBefore * 100:0}) -> '{After}' ({CiderAfter * 100:0})");
}
