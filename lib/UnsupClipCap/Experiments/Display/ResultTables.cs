using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Lists of results, whole or in part, as tables: a line an element. Notebooks show such lists so.</summary>
public static class ResultTables
{
    /// <summary>Captioner, lambda and scores.</summary>
    public static ScoreTable Table(this IEnumerable<MixupCurve.Point> points) =>
        Of(["method", "lambda"], points.Select(p => new Line([p.Evaluated.Method, Number(p.Lambda)], null, p.Evaluated.Row)));

    /// <summary>Method, the parameter's value, the gap after and scores.</summary>
    public static ScoreTable Table(this IEnumerable<Sweep.Point> points) =>
        Of(["method", "value"], points.Select(p => new Line([p.Row.Method.Name, Number(p.Value)], p.Row.Gap, p.Row.Evaluated.Row)));

    /// <summary>Method, the gap after and scores.</summary>
    public static ScoreTable Table(this IEnumerable<AlignmentStudy.Row> rows) =>
        Of(["method"], rows.Select(r => new Line([r.Method.Name], r.Gap, r.Evaluated.Row)));

    /// <summary>Method, the gap after and scores, all of the half that the study's own table shows.</summary>
    public static ScoreTable Table(this IEnumerable<RetrievalStudy.Row> rows) =>
        Of(["method"], rows.Select(r => new Line([r.Method.Name], r.Second.Gap, r.Second.Scores.Corpus)));

    /// <summary>Method and scores.</summary>
    public static ScoreTable Table(this IEnumerable<Evaluated> rows) => Of(["method"], rows.Select(r => new Line([r.Method], null, r.Row)));

    private sealed record Line(IReadOnlyList<string> Labels, ModalityGap? Gap, IReadOnlyDictionary<string, double> Scores);

    private static ScoreTable Of(IReadOnlyList<string> headings, IEnumerable<Line> lines)
    {
        var all = lines.ToList();
        var table = ScoreTable.Of(all.Select(l => new MethodScores(l.Labels[0], l.Scores)));
        var gaps = all.Exists(l => l.Gap is not null);
        return table with
        {
            LabelHeadings = headings,
            Columns = gaps ? [new("gap", Decimals: 3), new("R@1"), .. table.Columns] : table.Columns,
            Lines = [.. table.Lines.Zip(all, (scores, line) => scores with
            {
                Labels = line.Labels,
                Values = gaps ? [line.Gap?.Gap, line.Gap?.RecallAt1 * 100, .. scores.Values] : scores.Values,
            })],
        };
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A list that shows as its table, in any engine.</summary>
    internal static IReadOnlyList<T> Shown<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, ScoreTable> table) =>
        new ShownList<T>(items, list => ResultHtml.Of(table(list)), list => table(list).ToText());
}
