using System.Globalization;
using System.Text.Json.Nodes;

namespace UnsupClipCap;

/// <summary>A group of bars: one label, one bar a series.</summary>
/// <param name="Label">Left of the bars.</param>
/// <param name="Values">One a series, in data values; null for none.</param>
/// <param name="Spreads">Half the length of the whisker of each bar; null for none.</param>
public sealed record BarGroup(string Label, IReadOnlyList<double?> Values, IReadOnlyList<double?>? Spreads = null);

/// <summary>A chart of horizontal bars, so that long names stay readable.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
/// <param name="ValueLabel">Below the axis of the values.</param>
/// <param name="SeriesNames">One a bar of each group; the first is filled, the others open (the paper's).</param>
/// <param name="Groups">Top to bottom.</param>
public sealed record BarChart(string Title, string ValueLabel, IReadOnlyList<string> SeriesNames, IReadOnlyList<BarGroup> Groups) : Chart(Title)
{
    const double BarHeight = 15;

    /// <summary>Height of the drawing in CSS pixels: what the bars need.</summary>
    public double Height => Top + Groups.Sum(GroupHeight) + 50;

    /// <summary>The axis of the values: from zero, or a round number below the smallest.</summary>
    public ChartScale Scale
    {
        get
        {
            var lows = Groups.SelectMany(g => g.Values.Select((v, i) => (v ?? 0) - (g.Spreads?[i] ?? 0)));
            var highs = Groups.SelectMany(g => g.Values.Select((v, i) => (v ?? 0) + (g.Spreads?[i] ?? 0)));
            return ChartScale.Nice(Math.Min(0, lows.DefaultIfEmpty(0).Min()), Math.Max(0, highs.DefaultIfEmpty(0).Max()),
                Left, Width - 44, Width < 480 ? 4 : 6);
        }
    }

    double Left => LabelsAbove ? 14 : 22 + Groups.Select(g => Svg.TextWidth(g.Label, 13)).DefaultIfEmpty(0).Max();

    // On a narrow drawing the names would leave no room for the bars.
    bool LabelsAbove => Width < 480;

    double TitleHeight => Title.Length > 0 ? 30 : 4;

    double Top => TitleHeight + ChartLegend.Draw(new Svg(Width, 0, ""), 14, 0, Width - 22, Legend(new Svg(Width, 0, ""))) + 8;

    /// <summary>What results of another run hold of each bar by its group's label, or null where no results file holds it.</summary>
    internal Func<Results, IReadOnlyDictionary<string, double>>? Earlier { get; init; }

    /// <summary>The same chart over an earlier run, whose bars are open and named after it.</summary>
    /// <param name="results">Its <c>results.json</c>, or the folder of it.</param>
    /// <exception cref="UserException">The file is missing, or the two cannot be compared.</exception>
    public BarChart Over(string results) => Over(EarlierRun.Load(results), EarlierRun.NameOf(results));

    /// <summary>The same chart over an earlier run.</summary>
    /// <param name="earlier">What it found.</param>
    /// <param name="name">What the legend calls it; by its preset and seed by default.</param>
    /// <exception cref="UserException">The two cannot be compared.</exception>
    public BarChart Over(Results earlier, string? name = null)
    {
        name ??= EarlierRun.NameOf(earlier);
        if (Earlier is null) throw EarlierRun.NoneOf(Title);
        var found = Earlier(earlier);
        if (!Groups.Any(g => found.ContainsKey(g.Label))) throw EarlierRun.Empty(name, ValueLabel);
        return this with
        {
            SeriesNames = [.. SeriesNames, name],
            Groups = [.. Groups.Select(g => g with
            {
                Values = [.. g.Values, found.TryGetValue(g.Label, out var value) ? value : null],
                Spreads = g.Spreads is null ? null : [.. g.Spreads, null],
            })],
        };
    }

    internal override double DrawingHeight => Height;

    internal override string Label => $"{(Title.Length > 0 ? Title : ValueLabel)}: {string.Join(", ", Groups.Select(g => g.Label))}";

    internal override JsonArray Traces() => [.. SeriesNames.Index().Select(s =>
    {
        var bars = Groups.Where(g => g.Values[s.Index] is not null).ToList();
        var trace = PlotlyFigure.Trace("bar", s.Item, bars.Select(g => g.Values[s.Index]!.Value), bars.Select(g => g.Label), bars.Select(g => $"{g.Label}, {s.Item}: {One(g.Values[s.Index]!.Value)}"));
        trace["orientation"] = "h";
        trace["marker"] = new JsonObject { ["color"] = Colour(s.Index), ["opacity"] = s.Index == 0 ? 1 : .45 };
        if (bars.Exists(g => g.Spreads?[s.Index] is not null)) trace["error_x"] = PlotlyFigure.Spread(bars.Select(g => g.Spreads?[s.Index] ?? 0));
        return (JsonNode)trace;
    })];

    internal override JsonObject Layout()
    {
        var names = PlotlyFigure.Axis("");
        (names["autorange"], names["automargin"], names["type"]) = ("reversed", true, "category");
        return new() { ["xaxis"] = PlotlyFigure.Axis(ValueLabel), ["yaxis"] = names, ["barmode"] = "group" };
    }

    internal override string Numbers() => new ScoreTable([""], [.. SeriesNames.Select(n => new ScoreColumn(n))], [.. Groups.Select(g => new ScoreLine([g.Label], g.Values))]).ToText();

    static string One(double value) => value.ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−');

    internal override void Draw(IDrawing svg)
    {
        var scale = Scale;
        var bottom = Height - 50;
        if (Title.Length > 0) svg.Text(14, 20, Title, size: 16, opacity: 1, bold: true);
        ChartLegend.Draw(svg, 14, TitleHeight, Width - 22, Legend(svg));
        foreach (var tick in scale.Ticks)
        {
            svg.Line(scale[tick], Top, scale[tick], bottom, Math.Abs(tick) < scale.Step * 1e-6 ? .5 : .13);
            svg.Text(scale[tick], bottom + 18, scale.Label(tick), "middle");
        }
        svg.Text((scale.Start + scale.End) / 2, bottom + 40, ValueLabel, "middle", opacity: .7);
        var y = Top;
        foreach (var group in Groups)
        {
            var first = y + (LabelsAbove ? 24 : 8);
            var bars = BarsOf(group);
            if (LabelsAbove) svg.Text(scale.Start, y + 17, group.Label, size: 13, opacity: .95);
            else svg.Text(scale.Start - 12, first + bars.Count * (BarHeight + 3) / 2 + 3, group.Label, "end", 13, .95);
            foreach (var (series, value) in bars)
            {
                var (from, to) = (scale[Math.Min(0, value)], scale[Math.Max(0, value)]);
                var printed = One(value);
                svg.Bar(from, first, Math.Max(to - from, 1), BarHeight, Colour(series), series > 0,
                    $"{group.Label}, {SeriesNames[series]}: {printed}");
                var right = to;
                if (group.Spreads?[series] is { } spread && spread > 0)
                {
                    svg.Line(scale[value - spread], first + BarHeight / 2, scale[value + spread], first + BarHeight / 2, .8);
                    right = Math.Max(right, scale[value + spread]);
                }
                svg.Text(right + 6, first + 12, printed, opacity: series == 0 ? 1 : .7, bold: series == 0);
                first += BarHeight + 3;
            }
            y += GroupHeight(group);
        }
    }

    static List<(int Series, double Value)> BarsOf(BarGroup group) =>
        [.. group.Values.Index().Where(v => v.Item is not null).Select(v => (v.Index, v.Item!.Value))];

    double GroupHeight(BarGroup group) => (LabelsAbove ? 24 : 8) + Math.Max(1, BarsOf(group).Count) * (BarHeight + 3) + 6;

    List<(string, Action<double, double>)> Legend(IDrawing svg) => SeriesNames.Count < 2
        ? []
        : [.. SeriesNames.Select((name, i) => (name, (Action<double, double>)((x, y) => svg.Bar(x - 9, y - 5, 18, 11, Colour(i), i > 0, name))))];

    // This run's, the paper's, earlier runs'.
    static string Colour(int series) => Svg.Colour(series switch { 0 => 0, 1 => Svg.Grey, _ => 1 + (series - 2) % (Svg.Grey - 1) });
}
