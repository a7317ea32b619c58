namespace UnsupClipCap.Metrics;

/// <summary>Scores as tables for notebooks.</summary>
internal static class ScoresHtml
{
    /// <summary>Corpus scores times 100, as papers print them, and what a reader must know.</summary>
    public static string Of(CaptionScores scores) => Html.Fragment(
        Html.Table([.. scores.Corpus.Keys.Select(scores.Label), .. Averages(scores).Select(a => a.Name)],
            [[.. scores.Corpus.Values.Select(v => Html.Number(v * 100, 1)), .. Averages(scores).Select(a => Html.Number(a.Value, 1))]], 0),
        $"<p class=\"soft\">Times 100; {scores.ImageCount:n0} images, {scores.ReferenceCount:n0} references.{string.Concat(scores.Notes.Select(n => " " + Html.Text(n)))}</p>");

    /// <summary>Images, their captions and scores.</summary>
    public static string Of(IReadOnlyList<ScoredImage> images) => images.Count == 0 ? Html.Fragment("<p>No images.</p>") : Html.Fragment(
        Html.Table(["image", "caption", .. images[0].Scores.Keys.Select(images[0].Label)], images.Select(i => (IReadOnlyList<string>)[i.Name ?? $"{i.Index}", i.Candidate, .. i.Scores.Values.Select(v => Html.Number(v * 100, 1))]), 2),
        "<p class=\"soft\">Scores of the single images, times 100.</p>");

    /// <summary>Differences and their intervals, and what a reader must know.</summary>
    public static string Of(IReadOnlyDictionary<string, DifferenceInterval> differences, Func<string, string> label, IEnumerable<string>? notes = null) => Html.Fragment(
        Html.Table(["score", "difference", "low", "high", "higher in"], differences.Select(d =>
        {
            var factor = CaptionScores.Averages.ContainsKey(d.Key) ? 1 : 100;
            return (IReadOnlyList<string>)[label(d.Key), Html.Number(d.Value.Difference * factor, 2), Html.Number(d.Value.Low * factor, 2), Html.Number(d.Value.High * factor, 2), FormattableString.Invariant($"{d.Value.ShareAbove:0.0%}")];
        })),
        $"<p class=\"soft\">First less second, times 100, with the interval of the paired bootstrap; in which share of the resampled sets the first is higher.{string.Concat((notes ?? []).Select(n => " " + Html.Text(n)))}</p>");

    /// <summary>One line: "Bleu_1 65.5, …".</summary>
    public static string Text(CaptionScores scores) => string.Join(", ", scores.Corpus.Select(s => FormattableString.Invariant($"{scores.Label(s.Key)} {s.Value * 100:0.0}"))
        .Concat(Averages(scores).Select(a => FormattableString.Invariant($"{a.Name} {a.Value:0.0}")))) + $" ({scores.ImageCount} images)";

    private static IEnumerable<(string Name, double Value)> Averages(CaptionScores scores)
    {
        if (scores.Average6 is { } six) yield return ("mean of 6", six);
        if (scores.Average is { } eight) yield return ("mean of 8", eight);
    }
}
