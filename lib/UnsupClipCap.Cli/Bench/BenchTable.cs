using System.Text;

namespace UnsupClipCap.Cli;

/// <summary>Measurements as a table for the console.</summary>
internal static class BenchTable
{
    private static readonly string[] Head = ["measured", "seconds", "rate", "matrix share", "ratio", "goal"];

    public static string ToText(IReadOnlyList<Measurement> measurements)
    {
        var rows = measurements.Select(Cells).Prepend(Head).ToList();
        var widths = Enumerable.Range(0, Head.Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i is 0 || i == row.Length - 1 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        return text.ToString();
    }

    private static string[] Cells(Measurement m) =>
    [
        m.What,
        m.Seconds is { } s ? $"{s:0.000}" : "",
        m.PerSecond is { } p ? $"{p:0.00} {m.Unit}" : "",
        m.MatrixShare is { } share ? $"{share:0%}" : "",
        m.Ratio is { } ratio ? $"{ratio:0.00}" : "",
        string.Join("; ", m.Goals.Select(g => $"{g.Text}: {(g.IsMet ? "met" : "MISSED")}").Prepend(m.Note).Where(t => t.Length > 0)),
    ];
}
