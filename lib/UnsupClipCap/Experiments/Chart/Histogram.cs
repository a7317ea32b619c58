using System.Globalization;
using System.Text.Json.Nodes;

namespace UnsupClipCap;

/// <summary>Values of one kind.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="Values">Finite numbers.</param>
public sealed record HistogramSeries(string Name, IReadOnlyList<double> Values);

/// <summary>How values of several kinds are spread: of each kind the share that falls in each of equal bins.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
/// <param name="ValueLabel">Below the axis of the values.</param>
/// <param name="Series">The values, kind by kind.</param>
/// <param name="Bins">About how many bins; their edges are round numbers.</param>
public sealed record Histogram(string Title, string ValueLabel, IReadOnlyList<HistogramSeries> Series, int Bins = 50) : Chart(Title)
{
    private const double Left = 46;
    private const string ShareLabel = "share of the values, %";

    /// <summary>Height of the drawing in CSS pixels.</summary>
    public double Height { get; init; } = 420;

    /// <summary>Edges of the bins, rising: one more than there are bins. The last bin holds its upper edge too.</summary>
    public IReadOnlyList<double> Edges
    {
        get
        {
            var values = Series.SelectMany(s => s.Values).DefaultIfEmpty(0).ToList();
            return ChartScale.Nice(values.Min(), values.Max(), 0, 1, Math.Max(2, Bins + 1)).Ticks;
        }
    }

    /// <summary>Of each bin the share of these values in it, in percent: they add up to 100.</summary>
    public IReadOnlyList<double> Shares(HistogramSeries series)
    {
        var edges = Edges;
        var counts = new double[edges.Count - 1];
        foreach (var value in series.Values)
        {
            var bin = (int)Math.Floor((value - edges[0]) / (edges[^1] - edges[0]) * counts.Length);
            counts[Math.Clamp(bin, 0, counts.Length - 1)]++;
        }
        return [.. counts.Select(c => c * 100 / Math.Max(1, series.Values.Count))];
    }

    /// <summary>The horizontal axis.</summary>
    public ChartScale XScale => ChartScale.Exact(Edges[0], Edges[^1], Left, Width - 18, 9);

    /// <summary>The vertical axis, from 0.</summary>
    public ChartScale YScale => ChartScale.Nice(0, Series.SelectMany(Shares).DefaultIfEmpty(1).Max(), Height - 52, Top);

    internal override double DrawingHeight => Height;

    internal override string Label => $"{(Title.Length > 0 ? Title : ValueLabel)}: {string.Join(", ", Series.Select(s => s.Name))}";

    private double TitleHeight => Title.Length > 0 ? 30 : 4;

    private double Top => TitleHeight + ChartLegend.Draw(new Svg(Width, 0, ""), Left, 0, Width - Left - 8, Legend(new Svg(Width, 0, ""))) + 30;

    internal override void Draw(IDrawing drawing)
    {
        var (x, y, edges) = (XScale, YScale, Edges);
        if (Title.Length > 0) drawing.Text(Left, 20, Title, size: 16, opacity: 1, bold: true);
        ChartLegend.Draw(drawing, Left, TitleHeight, Width - Left - 8, Legend(drawing));
        ChartAxes.Draw(drawing, x, y, ValueLabel, ShareLabel, Top);
        foreach (var (i, series) in Series.Index())
        {
            // Steps: up at the left edge of a bin, across, down at its right edge.
            var shares = Shares(series);
            var (first, last) = (shares.Index().FirstOrDefault(s => s.Item > 0).Index, shares.Index().LastOrDefault(s => s.Item > 0).Index);
            List<(double, double)> steps = [(x[edges[first]], y[0]),
                .. Enumerable.Range(first, last - first + 1).SelectMany(b => new[] { (x[edges[b]], y[shares[b]]), (x[edges[b + 1]], y[shares[b]]) }), (x[edges[last + 1]], y[0])];
            drawing.Area(steps, Svg.Colour(i));
            drawing.Path(steps, Svg.Colour(i), Dash(i));
        }
    }

    internal override JsonArray Traces() => [.. Series.Index().Select(s =>
    {
        var (shares, edges) = (Shares(s.Item), Edges);
        var trace = PlotlyFigure.Trace("bar", s.Item.Name, edges.Zip(edges.Skip(1), (a, b) => (a + b) / 2), shares,
            shares.Select((share, b) => string.Create(CultureInfo.InvariantCulture, $"{s.Item.Name}: {share:0.0}% from {edges[b]:0.###} to {edges[b + 1]:0.###}")));
        trace["width"] = edges[1] - edges[0];
        trace["marker"] = new JsonObject { ["color"] = Svg.Colour(s.Index), ["opacity"] = .5 };
        return (JsonNode)trace;
    })];

    internal override JsonObject Layout() => new() { ["xaxis"] = PlotlyFigure.Axis(ValueLabel), ["yaxis"] = PlotlyFigure.Axis(ShareLabel), ["barmode"] = "overlay", ["bargap"] = 0 };

    internal override string Numbers() => new ScoreTable([ValueLabel], [new("number", Decimals: 0), new("mean", Decimals: 3), new("deviation", Decimals: 3), new("lowest", Decimals: 3), new("highest", Decimals: 3)],
        [.. Series.Select(s => new ScoreLine([s.Name], s.Values.Count == 0 ? [0, null, null, null, null]
            : [s.Values.Count, s.Values.Average(), Math.Sqrt(Math.Max(0, s.Values.Average(v => v * v) - Math.Pow(s.Values.Average(), 2))), s.Values.Min(), s.Values.Max()]))]).ToText();

    // Kinds differ without their colours.
    private static string? Dash(int series) => (series % 4) switch { 1 => "7 4", 2 => "2 4", 3 => "9 3 2 3", _ => null };

    private List<(string, Action<double, double>)> Legend(IDrawing drawing) =>
        [.. Series.Index().Select(s => (s.Item.Name, (Action<double, double>)((x, y) => drawing.Path([(x - 9, y), (x + 9, y)], Svg.Colour(s.Index), Dash(s.Index)))))];
}
