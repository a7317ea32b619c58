namespace UnsupClipCap.Metrics;

/// <summary>Two systems' scores on the same images and where their differences lie.</summary>
/// <param name="FirstName">The first system's name or file.</param>
/// <param name="First">Its scores.</param>
/// <param name="SecondName">The second system's name or file.</param>
/// <param name="Second">Its scores.</param>
/// <param name="Differences">First less second by key: see <see cref="PairedBootstrap.Compare"/>.</param>
/// <param name="Resamples">Number of resampled sets.</param>
/// <param name="Confidence">Share of resampled differences inside the intervals.</param>
/// <param name="Seed">What decided the resampled sets.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record Comparison(
    string FirstName, CaptionScores First, string SecondName, CaptionScores Second,
    IReadOnlyDictionary<string, DifferenceInterval> Differences, int Resamples, double Confidence, int Seed) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment($"<p>{Html.Text(FirstName)} less {Html.Text(SecondName)}</p>", ScoresHtml.Of(Differences, First.Label, Notes));

    /// <inheritdoc/>
    public override string ToString() => $"{FirstName} less {SecondName}\n{string.Join('\n', Differences.Select(d => $"{First.Label(d.Key)}: {d.Value}").Concat(Notes))}";

    private IEnumerable<string> Notes => First.Notes.Union(Second.Notes);

    /// <summary>Compares two systems.</summary>
    /// <param name="names">Two names.</param>
    /// <param name="scores">Their scores, against the same references by the same metrics.</param>
    /// <param name="resamples">Number of resampled sets, 1 to <see cref="PairedBootstrap.MostResamples"/>.</param>
    /// <param name="seed">Decides the resampled sets.</param>
    /// <param name="confidence">Share of resampled differences inside the intervals, above 0 and below 1.</param>
    /// <param name="progress">Told the share of sets drawn; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="MetricInputException">The two were not scored against the same references, or not by the same metrics.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static Comparison Of(
        IReadOnlyList<string> names, IReadOnlyList<CaptionScores> scores, int resamples = 1000, int seed = 0, double confidence = 0.95,
        IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        new(names[0], scores[0], names[1], scores[1], scores[0].Against(scores[1], resamples, confidence, seed, progress, cancellation), resamples, confidence, seed);

    /// <summary>
    /// Writes a JSON object: <c>first</c> and <c>second</c> with a system's file and scores as <see cref="CaptionScores.Save"/> writes them,
    /// <c>differences</c> with difference, low, high and share_above by key, on the scores' scale, and how they came about.
    /// </summary>
    /// <param name="path">The file, replaced whole or not at all; its folder is made as needed.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => ScoreFile.Write(path, json =>
    {
        foreach (var (field, name, scores) in new[] { ("first", FirstName, First), ("second", SecondName, Second) })
        {
            json.WriteStartObject(field);
            json.WriteString("file", name);
            ScoreFile.Write(json, scores);
            json.WriteEndObject();
        }
        json.WriteStartObject("differences");
        foreach (var (key, d) in Differences)
        {
            json.WriteStartObject(key);
            json.WriteNumber("difference", d.Difference);
            json.WriteNumber("low", d.Low);
            json.WriteNumber("high", d.High);
            json.WriteNumber("share_above", d.ShareAbove);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteNumber("resamples", Resamples);
        json.WriteNumber("confidence", Confidence);
        json.WriteNumber("seed", Seed);
    });
}
