using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Data.Analysis;

namespace UnsupClipCap;

/// <summary>Tables as data frames, and how data frames show in notebooks.</summary>
public static class DataFrames
{
    private const int ShownRows = 20;

    /// <summary>The table as a data frame: text columns of the labels, then a column of numbers a score; a missing score is null.</summary>
    public static DataFrame ToDataFrame(this ScoreTable table)
    {
        var names = new HashSet<string>();
        string Name(string heading, int place)                          // columns are known by name: each is there once
        {
            var name = heading.Length > 0 ? heading : "whose";
            return names.Add(name) ? name : $"{name} ({place + 1})";
        }
        return new(
        [
            .. table.LabelHeadings.Select((h, i) => (DataFrameColumn)new StringDataFrameColumn(Name(h, i), table.Lines.Select(l => l.Labels[i]))),
            .. table.Columns.Select((c, i) => (DataFrameColumn)new DoubleDataFrameColumn(Name(c.Heading, i), table.Lines.Select(l => l.Values[i]))),
        ]);
    }

    /// <summary>The results' rows as a data frame.</summary>
    public static DataFrame ToDataFrame(this IReadOnlyList<MethodScores> rows) => ScoreTable.Of(rows).ToDataFrame();

    /// <summary>The first rows and how many there are.</summary>
    internal static string Html(DataFrame frame)
    {
        var html = new StringBuilder("<div class=\"ucc\" style=\"overflow-x:auto\"><table><thead><tr>");
        foreach (var column in frame.Columns) html.Append($"<th scope=\"col\" style=\"text-align:{Side(column)}\">{WebUtility.HtmlEncode(column.Name)}</th>");
        html.Append("</tr></thead><tbody>");
        for (long row = 0; row < Math.Min(frame.Rows.Count, ShownRows); row++)
        {
            html.Append("<tr>");
            foreach (var column in frame.Columns) html.Append($"<td style=\"text-align:{Side(column)}\">{WebUtility.HtmlEncode(Cell(column[row]))}</td>");
            html.Append("</tr>");
        }
        return html.Append($"</tbody></table><p>{Count(frame)}</p></div>").ToString();
    }

    /// <summary>The same as text.</summary>
    internal static string Text(DataFrame frame) =>
        $"{string.Join("  ", frame.Columns.Select(c => c.Name))}\n" +
        string.Concat(Enumerable.Range(0, (int)Math.Min(frame.Rows.Count, ShownRows)).Select(row => string.Join("  ", frame.Columns.Select(c => Cell(c[row]))) + "\n")) + Count(frame);

    private static string Count(DataFrame frame) => string.Create(CultureInfo.InvariantCulture,
        $"{(frame.Rows.Count > ShownRows ? $"the first {ShownRows} of " : "")}{frame.Rows.Count:n0} {(frame.Rows.Count == 1 ? "row" : "rows")}, {frame.Columns.Count} columns");

    private static string Side(DataFrameColumn column) => column.IsNumericColumn() ? "right" : "left";

    private static string Cell(object? value) => value switch
    {
        null => "–",
        double or float => ((IFormattable)value).ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−'),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
