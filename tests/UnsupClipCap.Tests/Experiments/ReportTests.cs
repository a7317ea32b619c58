using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Xunit;

namespace UnsupClipCap.Tests;

public class ReportTests
{
    const string Attack = "<script>alert('x')</script> & </script><img src=\"https://example.org/a.png\">";

    static ReportInput Full()
    {
        var pictures = Enumerable.Range(0, 30).Select(i => new ReportPicture(
            $"{i}.jpg", [1, 2, 3], "image/jpeg",
            [(MethodNames.ClipCap, i == 0 ? Attack : "a dog", 1.2), (MethodNames.Unsupervised, "a cat", null)], [Attack, "two"])).ToList();
        var results = Made.Results(
            [Made.Row(MethodNames.ClipCap, 41), Made.Row(MethodNames.Unsupervised, 31)],
            [.. Made.Curve(MethodNames.ClipCap, 41, 46, 21), .. Made.Curve(MethodNames.Unsupervised, 31, 46, 50)],
            [Made.Row(MethodNames.None, 31), Made.Row(MethodNames.MeanShift, 35), Made.Row("<mine>", 37)]);
        return new()
        {
            Title = Attack,
            Lead = Attack,
            Results = results,
            Pictures = pictures,
            MixupExamples = [new(.5, MethodNames.ClipCap, Attack)],
            MixupPicture = "0.jpg",
            Facts = [("command", Attack), ("seeds", "1")],
            Notes = [Attack],
        };
    }

    static XDocument Parse(string html)
    {
        // Only scripts and styles may hold < and & as they are; the rest of the page is XML too.
        var bare = Regex.Replace(html, "<(script|style)>.*?</\\1>", "", RegexOptions.Singleline);
        using var reader = XmlReader.Create(new StringReader(bare), new() { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    static IEnumerable<string> Sections(XDocument page) => page.Descendants("section").Select(s => s.Attribute("id")!.Value);

    [Fact]
    public void The_page_is_well_formed_and_has_every_section()
    {
        var page = Parse(Report.Html(Full()));
        Assert.Equal(["about", "pictures", "table", "mixup", "alignment", "claims", "run"], Sections(page));
        Assert.Equal(30, page.Descendants("article").Count());
        Assert.Equal(6, page.Descendants("details").Single(d => d.Attribute("class")?.Value == "all").Descendants("article").Count());
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void The_page_refers_to_nothing_outside_itself()
    {
        var html = Report.Html(Full());
        Assert.All(Parse(html).Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href" or "action" or "data" or "srcset"),
            a => Assert.True(a.Value.StartsWith("data:", StringComparison.Ordinal) || a.Value.StartsWith('#'), a.Value));
        Assert.DoesNotContain("url(", html);
        Assert.DoesNotContain("@import", html);
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void Markup_in_a_caption_stays_text()
    {
        var html = Report.Html(Full());
        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("<img src=\"https", html);
        var page = Parse(html);
        Assert.Contains(page.Descendants("dd"), d => d.Value == Attack);
        Assert.Equal(Attack, page.Descendants("h1").Single().Value);
        var tips = JsonDocument.Parse(page.Descendants("script").Single(s => s.Attribute("type")?.Value == "application/json").Value);
        Assert.Equal(Attack, tips.RootElement[1].GetProperty("rows")[0].GetProperty("caption").GetString());
    }

    [Fact]
    public void A_run_of_the_alignment_alone_shows_no_other_section()
    {
        var results = Made.Results(alignment: [Made.Row(MethodNames.None, 31), Made.Row(MethodNames.Rotation, 9)]);
        var page = Parse(Report.Html(new() { Title = "t", Lead = "l", Results = results }));
        Assert.Equal(["about", "alignment", "claims", "run"], Sections(page));
        Assert.Equal(Sections(page), page.Descendants("nav").Descendants("a").Select(a => a.Attribute("href")!.Value.TrimStart('#')));
    }

    [Fact]
    public void The_same_input_gives_the_same_page() => Assert.Equal(Report.Html(Full()), Report.Html(Full()));

    [Fact]
    public void A_picture_of_a_type_that_pages_do_not_show_is_refused() =>
        Assert.Throws<ArgumentException>(() => Report.Html(Full() with { Pictures = [new("a", [], "text/html\" onload=\"", [], [])] }));
}
