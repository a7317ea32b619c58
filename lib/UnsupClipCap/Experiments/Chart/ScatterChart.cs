using System.Globalization;
using System.Text.Json.Nodes;

namespace UnsupClipCap;

/// <summary>Points of one kind.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="Points">In data values.</param>
/// <param name="Hovers">What is said of each where one points at it; null for their places.</param>
public sealed record ScatterSeries(string Name, IReadOnlyList<(double X, double Y)> Points, IReadOnlyList<string>? Hovers = null);

/// <summary>A chart of many points on two axes.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
/// <param name="XLabel">Below the horizontal axis.</param>
/// <param name="YLabel">Above the vertical axis.</param>
/// <param name="Series">The points, kind by kind.</param>
public sealed record ScatterChart(string Title, string XLabel, string YLabel, IReadOnlyList<ScatterSeries> Series) : Chart(Title)
{
    private const double Left = 52;

    /// <summary>Height of the drawing in CSS pixels.</summary>
    public double Height { get; init; } = 480;

    /// <summary>The horizontal axis.</summary>
    public ChartScale XScale => Scale(p => p.X, Left, Width - 18);

    /// <summary>The vertical axis.</summary>
    public ChartScale YScale => Scale(p => p.Y, Height - 52, Top);

    internal override double DrawingHeight => Height;

    internal override string Label => $"{(Title.Length > 0 ? Title : YLabel)}: {string.Join(", ", Series.Select(s => s.Name))}";

    private double TitleHeight => Title.Length > 0 ? 30 : 4;

    private double Top => TitleHeight + ChartLegend.Draw(new Svg(Width, 0, ""), Left, 0, Width - Left - 8, Legend(new Svg(Width, 0, ""))) + 30;

    internal override void Draw(IDrawing drawing)
    {
        var (x, y) = (XScale, YScale);
        if (Title.Length > 0) drawing.Text(Left, 20, Title, size: 16, opacity: 1, bold: true);
        ChartLegend.Draw(drawing, Left, TitleHeight, Width - Left - 8, Legend(drawing));
        ChartAxes.Draw(drawing, x, y, XLabel, YLabel, Top);
        foreach (var (i, series) in Series.Index()) drawing.Dots([.. series.Points.Select(p => (x[p.X], y[p.Y]))], i, Svg.Colour(i));
    }

    internal override JsonArray Traces() => [.. Series.Index().Select(s =>
    {
        var (i, series) = s;
        var trace = PlotlyFigure.Trace("scatter", series.Name, series.Points.Select(p => p.X), series.Points.Select(p => p.Y),
            series.Hovers ?? series.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{series.Name}: {p.X:0.000}, {p.Y:0.000}")));
        trace["mode"] = "markers";
        trace["marker"] = new JsonObject { ["color"] = Svg.Colour(i), ["size"] = 5, ["opacity"] = .6, ["symbol"] = PlotlyFigure.Symbol(i % 2, open: false) };
        return (JsonNode)trace;
    })];

    internal override JsonObject Layout() => new() { ["xaxis"] = PlotlyFigure.Axis(XLabel), ["yaxis"] = PlotlyFigure.Axis(YLabel) };

    internal override string Numbers() => new ScoreTable(["points"], [new("number", Decimals: 0), new($"mean of {XLabel}", Decimals: 3), new($"mean of {YLabel}", Decimals: 3)],
        [.. Series.Select(s => new ScoreLine([s.Name], s.Points.Count == 0 ? [0, null, null] : [s.Points.Count, s.Points.Average(p => p.X), s.Points.Average(p => p.Y)]))]).ToText();

    private ChartScale Scale(Func<(double X, double Y), double> value, double start, double end)
    {
        var values = Series.SelectMany(s => s.Points).Select(value).DefaultIfEmpty(0).ToList();
        return ChartScale.Nice(values.Min(), values.Max(), start, end);
    }

    private List<(string, Action<double, double>)> Legend(IDrawing drawing) =>
        [.. Series.Index().Select(s => (s.Item.Name, (Action<double, double>)((x, y) => drawing.Dots([(x - 6, y), (x, y - 2), (x + 5, y + 2)], s.Index, Svg.Colour(s.Index)))))];
}
