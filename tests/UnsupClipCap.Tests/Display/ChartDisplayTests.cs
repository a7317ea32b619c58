using System.Text.Json;
using System.Xml.Linq;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Charts in notebooks and as pictures.</summary>
public class ChartDisplayTests
{
    private static readonly LineChart lines = new("A </script> chart", "lambda (0: image)", "mean of 6",
    [
        new("ClipCap", [new(0, 60.5, Hover: "a <dog>\nruns"), new(1, 40.25)]),
        new("paper", [new(0, 61, About: true)]) { Open = true },
    ]);

    private static readonly Histogram cosines = new("", "cosine", [new("pairs", [.1, .15, .2, .9]), new("others", [-.2, 0, 0])], 10);

    private static readonly Chart[] all =
    [
        lines, new BarChart("bars", "score", ["ours", "paper"], [new("a & b", [10, 20]), new("c", [-5, null])]),
        new ScatterChart("cones", "x", "y", [new("images", [(0, 1), (2, 3)], ["one", "two"]), new("texts", [(4, 5)])]), cosines,
    ];

    [Fact]
    public void A_chart_is_plotly_html_svg_and_text_at_once() => Assert.All(all, chart =>
    {
        var bundle = Bundles.Of(chart);
        Assert.Equal(["application/vnd.plotly.v1+json", "text/html", "image/svg+xml", "text/plain"], bundle.Select(p => p.Key));
        Assert.Equal(["data", "layout", "config"], bundle["application/vnd.plotly.v1+json"]!.AsObject().Select(p => p.Key));
        Assert.Contains((string?)bundle["image/svg+xml"] is { } svg ? XDocument.Parse(svg).Root!.Attribute("aria-label")!.Value.Split(':')[0] : "", chart.ToHtml() + chart.Title);
        Assert.Contains("<svg", (string?)bundle["text/html"]);
        Assert.DoesNotContain("http://", chart.ToHtml().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
        Assert.DoesNotContain("https://", chart.ToHtml());
        Assert.Equal(1, chart.ToHtml().Split("</script>").Length - 1);
        Assert.Equal(chart.ToHtml(), chart.ToHtml());                   // notebooks run twice do not differ by it
    });

    [Fact]
    public void Plotly_gets_every_number_and_what_is_said_of_it()
    {
        using var figure = JsonDocument.Parse(lines.ToPlotly());
        var trace = figure.RootElement.GetProperty("data")[0];
        Assert.Equal([0.0, 1.0], trace.GetProperty("x").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal([60.5, 40.25], trace.GetProperty("y").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal("a &lt;dog&gt;<br>runs", trace.GetProperty("hovertext")[0].GetString());
        Assert.Equal("markers", figure.RootElement.GetProperty("data")[1].GetProperty("mode").GetString());
        Assert.Contains("60.5", lines.ToString());
    }

    [Fact]
    public void Plotlys_bars_are_the_groups_values()
    {
        using var figure = JsonDocument.Parse(all[1].ToPlotly());
        var paper = figure.RootElement.GetProperty("data")[1];
        Assert.Equal([20.0], paper.GetProperty("x").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(["a & b"], paper.GetProperty("y").EnumerateArray().Select(v => v.GetString()!));
    }

    [Fact]
    public void The_script_for_exported_pages_is_plotly() => Assert.Contains("window.Plotly", Plotly.Script());

    [Fact]
    public void Shares_of_a_histogram_are_of_each_kind_and_lie_in_their_bins()
    {
        Assert.All(cosines.Series, s => Assert.Equal(100, cosines.Shares(s).Sum(), 1e-9));
        var (edges, shares) = (cosines.Edges, cosines.Shares(cosines.Series[0]));
        Assert.True(edges[0] <= -.2 && edges[^1] >= .9);
        var last = shares.Index().Last(s => s.Item > 0);
        Assert.Equal(25, last.Item, 1e-9);
        Assert.InRange(.9, edges[last.Index], edges[last.Index + 1]);
        Assert.Equal(200.0 / 3, cosines.Shares(cosines.Series[1]).Max(), 1e-9);
    }

    [Fact]
    public void A_png_is_as_large_as_asked_and_not_empty() => Assert.All(all, chart =>
    {
        var path = Made.File("chart.png");
        chart.SavePng(path, 1.5);
        var picture = Picture.Read(path);
        Assert.Equal(((int)Math.Ceiling(chart.Width * 1.5), (int)Math.Ceiling(chart.DrawingHeight * 1.5)), (picture.Width, picture.Height));
        Assert.True(picture.Rgb.Chunk(3).Count(p => p[0] < 80 && p[1] < 80 && p[2] < 80) > 100, "no text");
        Assert.True(picture.Rgb.Chunk(3).Count(p => p[2] > p[0] + 60) > 20, "nothing in the first colour");
    });

    [Fact]
    public void An_earlier_run_is_laid_over_a_curve_in_the_colour_of_its_model()
    {
        var chart = MixupCurve.ChartOf([.. Made.Curve("other", 1, 2, 3), .. Made.Curve(MethodNames.ClipCap, 60, 61, 40)]);
        var path = Made.File("results.json");
        Made.Results(mixup: [.. Made.Curve(MethodNames.ClipCap, 50, 51, 30)]).Save(path);
        var over = chart.Over(path).Series[^1];
        Assert.Equal($"{MethodNames.ClipCap}, {Path.GetFileName(Path.GetDirectoryName(path))}", over.Name);
        Assert.Equal((true, true, 1), (over.Dashed, over.Hollow, over.Colour));
        Assert.Equal([50, 51, 30], over.Points.Select(p => p.Y));
        Assert.Contains("holds nothing", Assert.Throws<UserException>(() => chart.Over(Made.Results())).Message);
        Assert.Contains("no results file", Assert.Throws<UserException>(() => lines.Over(Made.Results())).Message);
    }

    [Fact]
    public void An_earlier_run_is_a_bar_more_where_it_has_the_method()
    {
        var chart = AlignmentStudy.ChartOf([Made.Row(MethodNames.None, 40), Made.Row("mine", 50)]);
        var over = chart.Over(Made.Results(alignment: [Made.Row(MethodNames.None, 30)]), "before");
        Assert.Equal("before", over.SeriesNames[^1]);
        Assert.Equal([30, null], over.Groups.Select(g => g.Values[^1]));
    }

    [Fact]
    public void A_data_frame_holds_the_tables_numbers_and_shows_its_first_rows()
    {
        var frame = ScoreTable.Of([new("<b>", Paper.Table1.Rows[2].Scores), Paper.Table1.Rows[1]], Paper.Table1).ToDataFrame();
        Assert.Equal("<b>", frame[0, 0]);
        Assert.Equal(65.5, (double)frame["B@1"][0], 1e-9);
        Assert.Null(frame["B@1"][1]);
        Bundles.Register();
        var html = (string?)Bundles.Of(frame)["text/html"];
        Assert.Contains("65.5</td>", html);
        Assert.Contains("&lt;b&gt;", html);
        Assert.Contains($"{frame.Rows.Count} rows", html);
    }
}
