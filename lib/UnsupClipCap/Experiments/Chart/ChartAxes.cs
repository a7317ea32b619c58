namespace UnsupClipCap;

/// <summary>Grid, axes and their labels.</summary>
internal static class ChartAxes
{
    public static void Draw(IDrawing drawing, ChartScale x, ChartScale y, string xLabel, string yLabel, double top)
    {
        drawing.Text(x.Start, top - 12, yLabel, opacity: .7);
        foreach (var tick in y.Ticks)
        {
            drawing.Line(x.Start, y[tick], x.End, y[tick], .13);
            drawing.Text(x.Start - 9, y[tick] + 4, y.Label(tick), "end");
        }
        drawing.Line(x.Start, y.Start, x.End, y.Start, .5);
        foreach (var tick in x.Ticks)
        {
            drawing.Line(x[tick], y.Start, x[tick], y.Start + 5, .5);
            drawing.Text(x[tick], y.Start + 20, x.Label(tick), "middle");
        }
        drawing.Text((x.Start + x.End) / 2, y.Start + 43, xLabel, "middle", opacity: .7);
    }
}
