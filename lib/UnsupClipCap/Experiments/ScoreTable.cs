using System.Globalization;
using System.Net;
using System.Text;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Whose numbers a line of a <see cref="ScoreTable"/> holds.</summary>
public enum ScoreLineKind
{
    /// <summary>This run's.</summary>
    Ours,

    /// <summary>The paper's.</summary>
    Paper,

    /// <summary>This run's less the paper's; printed with its sign.</summary>
    Difference,
}

/// <summary>A column of a <see cref="ScoreTable"/>.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Signed">Whether its values are differences, printed with their sign.</param>
/// <param name="Decimals">Digits after the point.</param>
public sealed record ScoreColumn(string Heading, bool Signed = false, int Decimals = 1);

/// <summary>A line of a <see cref="ScoreTable"/>.</summary>
/// <param name="Labels">One a label heading; a first label equal to the line's above is printed once.</param>
/// <param name="Values">One a column, scores times 100 already; null where there is none.</param>
/// <param name="Kind">Whose numbers.</param>
public sealed record ScoreLine(IReadOnlyList<string> Labels, IReadOnlyList<double?> Values, ScoreLineKind Kind = ScoreLineKind.Ours);

/// <summary>A table of scores that prints as text, CSV, LaTeX and HTML.</summary>
/// <param name="LabelHeadings">Headings of the label columns.</param>
/// <param name="Columns">The score columns.</param>
/// <param name="Lines">The lines, top to bottom.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record ScoreTable(IReadOnlyList<string> LabelHeadings, IReadOnlyList<ScoreColumn> Columns, IReadOnlyList<ScoreLine> Lines) : IHtml
{
    /// <summary>
    /// One row a method. With <paramref name="paper"/>, a method that the paper has too becomes three lines: ours, paper, difference.
    /// </summary>
    /// <param name="rows">The run's rows; averages that are missing but can be had from the metrics are added.</param>
    /// <param name="paper">The table to set beside them, or null.</param>
    /// <param name="names">Score names to show, as in <see cref="ScoreNames"/>; null for every metric and average that a row has.</param>
    public static ScoreTable Of(IEnumerable<MethodScores> rows, PaperTable? paper = null, IReadOnlyList<string>? names = null)
    {
        var all = rows.Select(r => r with { Scores = ScoreNames.WithAverages(r.Scores) }).ToList();
        names ??= [.. ScoreNames.Eight.Append(ScoreNames.Average6).Append(ScoreNames.Average)
            .Where(n => all.Exists(r => r.Scores.ContainsKey(n)))];
        var lines = new List<ScoreLine>();
        foreach (var row in all)
        {
            var ours = Values(row.Scores, names);
            var theirs = paper?.Find(row.Method);
            if (paper is null)
            {
                lines.Add(new([row.Method], ours));
                continue;
            }
            lines.Add(new([row.Method, "ours"], ours));
            if (theirs is null) continue;
            var printed = Values(theirs.Scores, names);
            lines.Add(new([row.Method, "paper"], printed, ScoreLineKind.Paper));
            lines.Add(new([row.Method, "difference"], [.. ours.Zip(printed, (a, b) => a - b)], ScoreLineKind.Difference));
        }
        return new(paper is null ? ["method"] : ["method", ""], [.. names.Select(n => new ScoreColumn(ScoreNames.Heading(n)))], lines);
    }

    /// <summary>
    /// The mixup curve: one row a lambda, one column a method, and one more for a method that was also scored without its input.
    /// </summary>
    /// <param name="rows">Points of the curves in any order.</param>
    /// <param name="name">The score to show; null for the average that all points have (<see cref="ScoreNames.CommonAverage"/>).</param>
    public static ScoreTable OfMixup(IReadOnlyList<MixupScores> rows, string? name = null)
    {
        name ??= ScoreNames.CommonAverage(rows.Select(r => r.Scores)) ?? ScoreNames.Cider;
        var columns = new List<(string Method, bool WithoutInput)>();
        foreach (var method in rows.Select(r => r.Method).Distinct())
        {
            columns.Add((method, false));
            if (rows.Any(r => r.Method == method && r.ScoresWithoutInput is not null)) columns.Add((method, true));
        }
        var lines = rows.Select(r => r.Lambda).Distinct().Order().Select(lambda => new ScoreLine(
            [lambda.ToString("0.##", CultureInfo.InvariantCulture)],
            [.. columns.Select(c =>
            {
                var row = rows.FirstOrDefault(r => r.Method == c.Method && r.Lambda == lambda);
                return Value(c.WithoutInput ? row?.ScoresWithoutInput : row?.Scores, name);
            })]));
        return new(["lambda"], [.. columns.Select(c => new ScoreColumn(c.WithoutInput ? $"{c.Method}, without input" : c.Method))],
            [.. lines]);
    }

    /// <summary>The ends of mixup curves beside the paper: lambda 0 is the paper's row; of ClipCap at lambda 1 it says in words that it is about Unsupervised-ClipCap's.</summary>
    public static ScoreTable OfEnds(IReadOnlyList<MixupScores> rows, PaperTable paper)
    {
        const double near = 1e-9;                           // lambdas that were added up end near 1, not at it
        var ends = rows.Where(r => Math.Abs(r.Lambda) < near || Math.Abs(r.Lambda - 1) < near).Select(r => (Row: r, Lambda: Math.Round(r.Lambda), Scores: ScoreNames.WithAverages(r.Scores))).ToList();
        string[] names = [.. ScoreNames.Eight.Append(ScoreNames.Average6).Append(ScoreNames.Average).Where(n => ends.Exists(e => e.Scores.ContainsKey(n)))];
        var lines = new List<ScoreLine>();
        foreach (var (row, lambda, scores) in ends)
        {
            var label = FormattableString.Invariant($"{row.Method}, lambda {lambda:0} ({(lambda == 0 ? "image" : "text")})");
            var ours = Values(scores, names);
            lines.Add(new([label, "ours"], ours));
            var about = lambda == 1;
            if (paper.Find(about ? row.Method == MethodNames.ClipCap ? MethodNames.Unsupervised : "" : row.Method) is not { } theirs) continue;
            var printed = Values(theirs.Scores, names);
            lines.Add(new([label, about ? "paper, about" : "paper"], printed, ScoreLineKind.Paper));
            lines.Add(new([label, "difference"], [.. ours.Zip(printed, (a, b) => a - b)], ScoreLineKind.Difference));
        }
        return new(["method", ""], [.. names.Select(n => new ScoreColumn(ScoreNames.Heading(n)))], lines);
    }

    /// <summary>
    /// The alignment study beside the paper's: the gap before and after, retrieval, every score, averages, and their changes from no alignment. The paper gives the mean of
    /// eight metrics only; where the run has six, the headings say so and the changes are what can be compared.
    /// </summary>
    /// <param name="rows">A row a method.</param>
    /// <param name="paper">Whether the paper's numbers stand beside them.</param>
    public static ScoreTable OfAlignment(IReadOnlyList<MethodScores> rows, bool paper = true)
    {
        var all = rows.Select(r => r with { Scores = ScoreNames.WithAverages(r.Scores) }).ToList();
        var name = ScoreNames.CommonAverage(all.Select(r => r.Scores)) ?? ScoreNames.Average6;
        var metrics = ScoreNames.Eight.Where(n => all.Exists(r => r.Scores.ContainsKey(n))).ToList();
        var hasGap = all.Exists(r => r.Gap is not null);
        double? none = Value(all.Find(r => r.Method == MethodNames.None)?.Scores, name);
        double? paperNone = Value(Paper.Alignment.Find(MethodNames.None)?.Scores, ScoreNames.Average);
        var columns = new List<ScoreColumn>();
        if (hasGap) columns.AddRange([new("gap before", Decimals: 3), new("gap", Decimals: 3), new("R@1")]);
        columns.AddRange([.. metrics.Select(n => new ScoreColumn(ScoreNames.Heading(n))), new(ScoreNames.Heading(name))]);
        if (none is not null) columns.Add(new("change", true));
        if (paper) columns.AddRange([new("paper: " + ScoreNames.Heading(ScoreNames.Average)), new("paper: change", true)]);
        var lines = all.Select(row =>
        {
            var (ours, theirs) = (Value(row.Scores, name), Value(Paper.Alignment.Find(row.Method)?.Scores, ScoreNames.Average));
            var first = row.Method == MethodNames.None;
            var values = new List<double?>();
            if (hasGap) values.AddRange([row.Gap?.GapBefore, row.Gap?.Gap, row.Gap?.RecallAt1 * 100]);
            values.AddRange([.. Values(row.Scores, metrics), ours]);
            if (none is not null) values.Add(first ? null : ours - none);
            if (paper) values.AddRange([theirs, first ? null : theirs - paperNone]);
            return new ScoreLine([row.Method], values);
        });
        return new(["method"], columns, [.. lines]);
    }

    /// <summary>Aligned text, one decimal; a missing value is "-".</summary>
    public string ToText()
    {
        var cells = new List<string[]> { Heads() };
        for (var i = 0; i < Lines.Count; i++) cells.Add([.. Labels(i), .. Cells(Lines[i], "-")]);
        var widths = Enumerable.Range(0, LabelHeadings.Count + Columns.Count).Select(c => cells.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in cells)
        {
            var padded = row.Select((cell, c) => c < LabelHeadings.Count ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Comma-separated values with a heading line, times 100 and unrounded to ten digits; a missing value is empty.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.Append(string.Join(',', Heads().Select(Quote))).Append('\n');
        foreach (var line in Lines)
            text.Append(string.Join(',', line.Labels.Select(Quote)
                .Concat(line.Values.Select(v => v?.ToString("G10", CultureInfo.InvariantCulture) ?? "")))).Append('\n');
        return text.ToString();

        static string Quote(string cell) =>
            cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A LaTeX <c>tabular</c> with the rules of the booktabs package (which the document must load).</summary>
    public string ToLatex()
    {
        var text = new StringBuilder();
        text.Append($@"\begin{{tabular}}{{{new string('l', LabelHeadings.Count)}{new string('r', Columns.Count)}}}").Append('\n');
        text.Append(@"\toprule").Append('\n');
        text.Append(string.Join(" & ", Heads().Select(h => LatexText(Dash(h, "--")))) + @" \\").Append('\n');
        text.Append(@"\midrule").Append('\n');
        for (var i = 0; i < Lines.Count; i++)
        {
            if (i > 0 && LabelHeadings.Count > 1 && !Repeats(i)) text.Append(@"\addlinespace").Append('\n');
            var cells = Cells(Lines[i], "--").Select(c => c.StartsWith('-') && c != "--" ? "$-$" + c[1..] : c);
            text.Append(string.Join(" & ", Labels(i).Select(l => LatexText(Dash(l, "--"))).Concat(cells)) + @" \\").Append('\n');
        }
        text.Append(@"\bottomrule").Append('\n');
        text.Append(@"\end{tabular}").Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// An HTML <c>table</c> of class "scores": one <c>tbody</c> a method, lines of class "ours", "paper" and "difference", no styles of
    /// its own.
    /// </summary>
    public string ToHtml()
    {
        var html = new StringBuilder("<table class=\"scores\"><thead><tr>");
        foreach (var heading in LabelHeadings) html.Append($"<th scope=\"col\" class=\"label\">{Html(heading)}</th>");
        foreach (var column in Columns) html.Append($"<th scope=\"col\">{Html(Dash(column.Heading, "–"))}</th>");
        html.Append("</tr></thead>");
        for (var i = 0; i < Lines.Count; i++)
        {
            if (!Repeats(i)) html.Append(i > 0 ? "</tbody><tbody>" : "<tbody>");
            html.Append($"<tr class=\"{Lines[i].Kind.ToString().ToLowerInvariant()}\">");
            if (!Repeats(i))
            {
                var rows = 1;
                while (i + rows < Lines.Count && Repeats(i + rows)) rows++;
                html.Append($"<th scope=\"row\" class=\"label\"{(rows > 1 ? $" rowspan=\"{rows}\"" : "")}>{Html(Dash(Lines[i].Labels[0], "–"))}</th>");
            }
            foreach (var label in Lines[i].Labels.Skip(1)) html.Append($"<td class=\"label\">{Html(label)}</td>");
            foreach (var cell in Cells(Lines[i], "–")) html.Append($"<td>{Html(cell.Replace('-', '−'))}</td>");
            html.Append("</tr>");
        }
        return html.Append(Lines.Count > 0 ? "</tbody></table>" : "</table>").ToString();
    }

    string IHtml.ToHtml() => ResultHtml.Of(this);

    /// <summary>As <see cref="ToText"/>.</summary>
    public override string ToString() => ToText();

    string[] Heads() => [.. LabelHeadings, .. Columns.Select(c => c.Heading)];

    bool Repeats(int line) => LabelHeadings.Count > 1 && line > 0 && Lines[line].Labels[0] == Lines[line - 1].Labels[0];

    IEnumerable<string> Labels(int line) => Repeats(line) ? Lines[line].Labels.Skip(1).Prepend("") : Lines[line].Labels;

    IEnumerable<string> Cells(ScoreLine line, string missing) => line.Values.Select((value, c) =>
    {
        if (value is not { } v) return missing;
        var signed = line.Kind == ScoreLineKind.Difference || Columns[c].Signed;
        var zero = 0.0.ToString($"F{Columns[c].Decimals}", CultureInfo.InvariantCulture);
        var text = v.ToString($"F{Columns[c].Decimals}", CultureInfo.InvariantCulture);
        if (text == "-" + zero) text = zero;
        return signed && v > 0 && text != zero ? "+" + text : text;
    });

    static IReadOnlyList<double?> Values(IReadOnlyDictionary<string, double> scores, IReadOnlyList<string> names) =>
        [.. names.Select(n => Value(scores, n))];

    static double? Value(IReadOnlyDictionary<string, double>? scores, string name) =>
        scores is not null && scores.TryGetValue(name, out var value) ? value * ScoreNames.Factor(name) : null;

    // "- matched captions" is the paper's name, typed; print has a real dash for it.
    static string Dash(string label, string dash) => label.StartsWith("- ", StringComparison.Ordinal) ? dash + label[1..] : label;

    static string Html(string text) => WebUtility.HtmlEncode(text);

    static string LatexText(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(c switch
            {
                '\\' => @"\textbackslash{}",
                '~' => @"\textasciitilde{}",
                '^' => @"\textasciicircum{}",
                '<' => @"\textless{}",
                '>' => @"\textgreater{}",
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => @"\" + c,
                _ => c.ToString(),
            });
        return escaped.ToString();
    }
}
