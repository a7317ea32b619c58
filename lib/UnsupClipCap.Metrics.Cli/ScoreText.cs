using System.Globalization;
using System.Text;

namespace UnsupClipCap.Metrics.Cli;

/// <summary>Scores as tables for the console, times 100 as papers print them.</summary>
internal static class ScoreText
{
    public static string Of(CaptionScores scores)
    {
        var text = new StringBuilder();
        foreach (var key in Keys(scores)) text.AppendLine(CultureInfo.InvariantCulture, $"{Heading(key),-10} {Value(scores, key),7:0.00}");
        return Faults.Printable(Foot(text, scores).ToString());
    }

    public static string Of(Comparison comparison)
    {
        var (a, b) = (comparison.First, comparison.Second);
        var text = new StringBuilder();
        text.AppendLine($"A: {comparison.FirstName}").AppendLine($"B: {comparison.SecondName}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-10} {"A",7} {"B",7} {"A - B",8}  {$"{comparison.Confidence:0%} interval",-18}  A higher in");
        foreach (var key in Keys(a))
        {
            var d = comparison.Differences[key];
            var factor = Factor(key);
            text.AppendLine(CultureInfo.InvariantCulture, $"{Heading(key),-10} {Value(a, key),7:0.00} {Value(b, key),7:0.00} {d.Difference * factor,8:+0.00;-0.00;0.00}  {$"[{d.Low * factor:+0.00;-0.00;0.00}, {d.High * factor:+0.00;-0.00;0.00}]",-18}  {d.ShareAbove,8:0.0%}");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"Intervals: paired bootstrap over images, {comparison.Resamples:n0} resamples, seed {comparison.Seed}.");
        Foot(text, a);
        foreach (var note in b.Notes.Except(a.Notes)) text.AppendLine($"Note on B: {note}");
        return Faults.Printable(text.ToString());
    }

    private static StringBuilder Foot(StringBuilder text, CaptionScores scores)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{scores.ImageCount:n0} images, {scores.CandidateCount:n0} candidates, {scores.ReferenceCount:n0} references");
        foreach (var note in scores.Notes) text.AppendLine($"Note: {note}");
        return text;
    }

    /// <summary>The scores, then the mean of as many as there are.</summary>
    private static IEnumerable<string> Keys(CaptionScores scores) =>
        scores.Corpus.Keys.Concat(scores.Average is not null ? [nameof(scores.Average)] : scores.Average6 is not null ? [nameof(scores.Average6)] : []);

    private static double Value(CaptionScores scores, string key) =>
        scores.Corpus.TryGetValue(key, out var score) ? score * 100 : (key == nameof(scores.Average) ? scores.Average : scores.Average6)!.Value;

    private static double Factor(string key) => key is nameof(CaptionScores.Average) or nameof(CaptionScores.Average6) ? 1 : 100;

    private static string Heading(string key) => key switch
    {
        nameof(CaptionScores.Average) => "mean of 8",
        nameof(CaptionScores.Average6) => "mean of 6",
        _ => key,
    };
}
