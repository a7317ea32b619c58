namespace UnsupClipCap;

/// <summary>The rows of marks and names above a chart.</summary>
internal static class ChartLegend
{
    const double Size = 12.5;
    const double RowHeight = 20;

    /// <summary>Draws the entries from the left, in as many rows as the width asks for, and returns the height they took.</summary>
    public static double Draw(IDrawing drawing, double left, double top, double width,
        IReadOnlyList<(string Name, Action<double, double> Mark)> entries)
    {
        if (entries.Count == 0) return 0;
        var (x, y) = (left, top + 12);
        foreach (var (name, mark) in entries)
        {
            var wide = 34 + Svg.TextWidth(name, Size);
            if (x > left && x + wide - 8 > left + width) (x, y) = (left, y + RowHeight);
            mark(x + 9, y - 4);
            drawing.Text(x + 24, y, name, size: Size, opacity: .9);
            x += wide + 8;
        }
        return y - top + 10;
    }
}
