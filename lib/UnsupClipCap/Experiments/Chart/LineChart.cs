using System.Globalization;

namespace UnsupClipCap;

/// <summary>A point of a line.</summary>
/// <param name="X">Place on the horizontal axis, in data values.</param>
/// <param name="Y">Place on the vertical axis, in data values.</param>
/// <param name="Spread">Half the height of the band at this point, in data values; null for none.</param>
/// <param name="About">Whether the value is only approximate: an open marker is then dashed.</param>
public sealed record ChartPoint(double X, double Y, double? Spread = null, bool About = false);

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

    /// <summary>Whether the legend names it.</summary>
    public bool InLegend { get; init; } = true;
}

/// <summary>A chart of lines as SVG, without any library; for light and dark pages alike.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
/// <param name="XLabel">Below the horizontal axis.</param>
/// <param name="YLabel">Above the vertical axis.</param>
/// <param name="Series">The lines.</param>
public sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Width of the drawing in CSS pixels.</summary>
    public double Width { get; init; } = 720;

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

    /// <summary>Writes the chart as an SVG file of its own.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public void SaveSvg(string path) => AtomicFile.WriteText(path, ToSvg(alone: true));

    /// <summary>The chart as an <c>svg</c> element.</summary>
    /// <param name="alone">Whether it is to be a file of its own, with an XML declaration and its own text colour.</param>
    public string ToSvg(bool alone = false)
    {
        var svg = new Svg(Width, Height,
            $"{(Title.Length > 0 ? Title : YLabel)}: {string.Join(", ", Series.Select(s => s.Name).Distinct())}");
        var (x, y) = (XScale, YScale);
        if (Title.Length > 0) svg.Text(Left, 20, Title, size: 16, opacity: 1, bold: true);
        ChartLegend.Draw(svg, Left, TitleHeight, Width - Left - 8, Legend(svg));
        svg.Text(Left, Top - 12, YLabel, opacity: .7);
        foreach (var tick in y.Ticks)
        {
            svg.Line(x.Start, y[tick], x.End, y[tick], .13);
            svg.Text(x.Start - 9, y[tick] + 4, y.Label(tick), "end");
        }
        svg.Line(x.Start, y.Start, x.End, y.Start, .5);
        foreach (var tick in x.Ticks)
        {
            svg.Line(x[tick], y.Start, x[tick], y.Start + 5, .5);
            svg.Text(x[tick], y.Start + 20, x.Label(tick), "middle");
        }
        svg.Text((x.Start + x.End) / 2, y.Start + 43, XLabel, "middle", opacity: .7);
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
                    string.Create(CultureInfo.InvariantCulture, $"{Series[i].Name}: {(p.About ? "about " : "")}{p.Y:0.0} at {p.X:0.##}"),
                    Series[i].Open, p.About);
        }
        return svg.Finish(alone);
    }

    List<(string, Action<double, double>)> Legend(Svg svg)
    {
        var entries = new List<(string, Action<double, double>)>();
        for (var i = 0; i < Series.Count; i++)
        {
            if (!Series[i].InLegend) continue;
            var (look, series) = (Series[i].Colour ?? i, Series[i]);
            entries.Add((series.Name, (x, y) =>
            {
                if (!series.Open) svg.Path([(x - 9, y), (x + 9, y)], Svg.Colour(look), series.Dashed ? "4 4" : null);
                svg.Marker(x, y, look, Svg.Colour(look), open: series.Open);
            }
            ));
        }
        return entries;
    }
}
