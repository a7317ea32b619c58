using System.Globalization;
using System.Xml.Linq;
using Xunit;

namespace UnsupClipCap.Tests;

public class ChartTests
{
    static readonly XNamespace svg = "http://www.w3.org/2000/svg";

    static readonly LineChart chart = new("A <title>", "x", "y",
    [
        new("first", [new(1, 40.5), new(0, 12.25), new(.5, 33)]),
        new("paper", [new(0, 60, About: true)]) { Open = true },
    ]);

    [Fact]
    public void Points_lie_where_the_scales_say()
    {
        var places = XDocument.Parse(chart.ToSvg(alone: true)).Descendants(svg + "circle").Where(c => c.Element(svg + "title") is not null)
            .Select(c => (X: Number(c, "cx"), Y: Number(c, "cy"))).ToList();
        var expected = new (double X, double Y)[] { (0, 12.25), (.5, 33), (1, 40.5) };
        Assert.Equal(3, places.Count);
        foreach (var (place, point) in places.Zip(expected))
        {
            Assert.Equal(chart.XScale[point.X], place.X, .011);
            Assert.Equal(chart.YScale[point.Y], place.Y, .011);
        }
    }

    [Fact]
    public void Everything_lies_inside_the_drawing()
    {
        Assert.True(chart.YScale[chart.YScale.To] > 0 && chart.YScale[chart.YScale.From] < chart.Height);
        Assert.InRange(chart.YScale[60], chart.YScale.End, chart.YScale.Start);
        Assert.InRange(chart.XScale[1], chart.XScale.Start, chart.Width);
    }

    [Theory]
    [InlineData(0, 1, 11, "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0")]
    [InlineData(21.4, 61.1, 6, "20 30 40 50 60 70")]
    [InlineData(-3, 7, 6, "−4 −2 0 2 4 6 8")]
    [InlineData(0, 0.9, 5, "0.00 0.25 0.50 0.75 1.00")]
    [InlineData(5, 5, 3, "4 5 6")]
    public void Ticks_are_round_numbers_around_the_data(double from, double to, int ticks, string labels)
    {
        var scale = ChartScale.Nice(from, to, 0, 100, ticks);
        Assert.Equal(labels, string.Join(' ', scale.Ticks.Select(scale.Label)));
        Assert.Equal((0.0, 100.0), (scale[scale.From], scale[scale.To]));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values()
    {
        var bars = new BarChart("", "v", ["ours", "paper"], [new("a", [10, 20]), new("b", [-5, null])]);
        var drawn = XDocument.Parse(bars.ToSvg(alone: true)).Descendants(svg + "rect")
            .ToDictionary(r => r.Element(svg + "title")!.Value, r => Number(r, "width"));
        Assert.Equal(bars.Scale[10] - bars.Scale[0], drawn["a, ours: 10.0"], .011);
        Assert.Equal(2 * drawn["a, ours: 10.0"], drawn["a, paper: 20.0"], .03);
        Assert.Equal(drawn["a, ours: 10.0"] / 2, drawn["b, ours: −5.0"], .03);
        Assert.DoesNotContain(drawn.Keys, k => k.StartsWith("b, paper", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chart_without_points_is_still_a_drawing()
    {
        XDocument.Parse(new LineChart("", "", "", []).ToSvg(alone: true));
        XDocument.Parse(new BarChart("", "", [], []).ToSvg(alone: true));
    }

    [Fact]
    public void A_saved_chart_is_well_formed()
    {
        var path = Made.File("chart.svg");
        chart.SaveSvg(path);
        Assert.Contains(XDocument.Load(path).Descendants(svg + "text"), t => t.Value == "A <title>");
    }

    static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
