using System.Globalization;
using System.Text.Json.Nodes;

namespace UnsupClipCap;

/// <summary>A point of a line.</summary>
/// <param name="X">Place on the horizontal axis, in data values.</param>
/// <param name="Y">Place on the vertical axis, in data values.</param>
/// <param name="Spread">Half the height of the band at this point, in data values; null for none.</param>
/// <param name="About">Whether the value is only approximate: an open marker is then dashed.</param>
/// <param name="Hover">What is said of it where one points at it; null for its numbers.</param>
public sealed record ChartPoint(double X, double Y, double? Spread = null, bool About = false, string? Hover = null);

/// <summary>A line, or loose markers, of a <see cref="LineChart"/>.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">In any order; drawn from left to right.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>Index into the palette and the marker shapes; null takes the series' place in the chart.</summary>
    public int? Colour { get; init; }

    /// <summary>Open markers without a line: numbers that are not this run's, such as the paper's.</summary>
    public bool Open { get; init; }

    /// <summary>Whether the line is dashed.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether its markers are open, with the line: another run's numbers.</summary>
    public bool Hollow { get; init; }

    /// <summary>Whether the legend names it.</summary>
    public bool InLegend { get; init; } = true;
}

/// <summary>A chart of lines.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
/// <param name="XLabel">Below the horizontal axis.</param>
/// <param name="YLabel">Above the vertical axis.</param>
/// <param name="Series">The lines.</param>
public sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartSeries> Series) : Chart(Title)
{
    /// <summary>Height of the drawing in CSS pixels.</summary>
    public double Height { get; init; } = 420;

    /// <summary>The horizontal axis: exactly the data's range.</summary>
    public ChartScale XScale
    {
        get
        {
            var xs = Series.SelectMany(s => s.Points).Select(p => p.X).DefaultIfEmpty(0).ToList();
            return ChartScale.Exact(xs.Min(), xs.Max(), Left, Width - 18, Width < 480 ? 6 : 11);
        }
    }

    /// <summary>The vertical axis: round numbers around the data and their bands.</summary>
    public ChartScale YScale
    {
        get
        {
            var points = Series.SelectMany(s => s.Points).DefaultIfEmpty(new(0, 0)).ToList();
            return ChartScale.Nice(points.Min(p => p.Y - (p.Spread ?? 0)), points.Max(p => p.Y + (p.Spread ?? 0)), Height - 52, Top);
        }
    }

    double Left => 46;

    double Top => TitleHeight + LegendHeight + 30;

    double TitleHeight => Title.Length > 0 ? 30 : 4;

    double LegendHeight => ChartLegend.Draw(new Svg(Width, Height, ""), Left, 0, Width - Left - 8, Legend(new Svg(Width, Height, "")));

    /// <summary>What results of another run hold of what this chart shows, or null where no results file holds it.</summary>
    internal Func<Results, IReadOnlyList<ChartSeries>>? Earlier { get; init; }

    /// <summary>The same chart over an earlier run, whose lines are dashed and named after it.</summary>
    /// <param name="results">Its <c>results.json</c>, or the folder of it.</param>
    /// <exception cref="UserException">The file is missing, or the two cannot be compared.</exception>
    public LineChart Over(string results) => Over(EarlierRun.Load(results), EarlierRun.NameOf(results));

    /// <summary>The same chart over an earlier run.</summary>
    /// <param name="earlier">What it found.</param>
    /// <param name="name">What the legend calls it; by its preset and seed by default.</param>
    /// <exception cref="UserException">The two cannot be compared.</exception>
    public LineChart Over(Results earlier, string? name = null)
    {
        name ??= EarlierRun.NameOf(earlier);
        if (Earlier is null) throw EarlierRun.NoneOf(Title);
        var found = Earlier(earlier);
        if (found.Count == 0) throw EarlierRun.Empty(name, YLabel);
        return this with
        {
            Series = [.. Series, .. found.Select(s => s with
            {
                Name = $"{s.Name}, {name}",
                Colour = Series.Index().FirstOrDefault(own => own.Item.Name == s.Name) is (var place, { } same) ? same.Colour ?? place : Svg.Grey,
                Dashed = true,
                Hollow = true,
            })],
        };
    }

    internal override double DrawingHeight => Height;

    internal override string Label => $"{(Title.Length > 0 ? Title : YLabel)}: {string.Join(", ", Series.Select(s => s.Name).Distinct())}";

    internal override void Draw(IDrawing svg)
    {
        var (x, y) = (XScale, YScale);
        if (Title.Length > 0) svg.Text(Left, 20, Title, size: 16, opacity: 1, bold: true);
        ChartLegend.Draw(svg, Left, TitleHeight, Width - Left - 8, Legend(svg));
        ChartAxes.Draw(svg, x, y, XLabel, YLabel, Top);
        for (var i = 0; i < Series.Count; i++)
        {
            var points = Series[i].Points.OrderBy(p => p.X).ToList();
            var look = Series[i].Colour ?? i;
            if (points.Count > 1 && points.All(p => p.Spread is not null))
                svg.Area(points.Select(p => (x[p.X], y[p.Y + p.Spread!.Value]))
                    .Concat(points.AsEnumerable().Reverse().Select(p => (x[p.X], y[p.Y - p.Spread!.Value]))),
                    Svg.Colour(look));
            if (!Series[i].Open) svg.Path(points.Select(p => (x[p.X], y[p.Y])), Svg.Colour(look), Series[i].Dashed ? "5 5" : null);
            foreach (var p in points)
                svg.Marker(x[p.X], y[p.Y], look, Svg.Colour(look),
                    p.Hover ?? Said(Series[i], p), Series[i].Open || Series[i].Hollow, p.About);
        }
    }

    internal override JsonArray Traces() => [.. Series.Index().Where(s => s.Item.Points.Count > 0).Select(s =>
    {
        var (series, colour) = (s.Item, Svg.Colour(s.Item.Colour ?? s.Index));
        var points = series.Points.OrderBy(p => p.X).ToList();
        var trace = PlotlyFigure.Trace("scatter", series.Name, points.Select(p => p.X), points.Select(p => p.Y), points.Select(p => p.Hover ?? Said(series, p)));
        trace["mode"] = series.Open ? "markers" : "lines+markers";
        trace["line"] = new JsonObject { ["color"] = colour, ["dash"] = series.Dashed ? "dash" : "solid" };
        trace["marker"] = new JsonObject { ["color"] = colour, ["size"] = 8, ["symbol"] = PlotlyFigure.Symbol(series.Colour ?? s.Index, series.Open || series.Hollow) };
        if (points.Exists(p => p.Spread is not null)) trace["error_y"] = PlotlyFigure.Spread(points.Select(p => p.Spread ?? 0));
        return (JsonNode)trace;
    })];

    internal override JsonObject Layout() => new() { ["xaxis"] = PlotlyFigure.Axis(XLabel), ["yaxis"] = PlotlyFigure.Axis(YLabel) };

    internal override string Numbers() => new ScoreTable([XLabel.Split(' ', ':')[0]], [.. Series.Select(s => new ScoreColumn(s.Name, Decimals: Decimals))],
        [.. Series.SelectMany(s => s.Points).Select(p => p.X).Distinct().Order().Select(x => new ScoreLine(
            [x.ToString("0.####", CultureInfo.InvariantCulture)], [.. Series.Select(s => s.Points.FirstOrDefault(p => p.X == x)?.Y)]))]).ToText();

    // Scores have one decimal in papers; what spans less than a few units needs more.
    int Decimals => Series.SelectMany(s => s.Points).Select(p => p.Y).DefaultIfEmpty(0).ToList() is var ys && ys.Max() - ys.Min() < 5 ? 3 : 1;

    string Said(ChartSeries series, ChartPoint p) => $"{series.Name}: {(p.About ? "about " : "")}{p.Y.ToString($"F{Decimals}", CultureInfo.InvariantCulture)} at {p.X.ToString("0.##", CultureInfo.InvariantCulture)}";

    List<(string, Action<double, double>)> Legend(IDrawing svg)
    {
        var entries = new List<(string, Action<double, double>)>();
        for (var i = 0; i < Series.Count; i++)
        {
            if (!Series[i].InLegend) continue;
            var (look, series) = (Series[i].Colour ?? i, Series[i]);
            entries.Add((series.Name, (x, y) =>
            {
                if (!series.Open) svg.Path([(x - 9, y), (x + 9, y)], Svg.Colour(look), series.Dashed ? "4 4" : null);
                svg.Marker(x, y, look, Svg.Colour(look), open: series.Open || series.Hollow);
            }
            ));
        }
        return entries;
    }
}
