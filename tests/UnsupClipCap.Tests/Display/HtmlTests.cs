using Microsoft.DotNet.Interactive.Formatting;
using UnsupClipCap.Kernel;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>What the formatting package of .NET Interactive, and so our kernel too, makes of the library's values.</summary>
public class HtmlTests
{
    private const string Bad = "<script>alert('x')</script> & \"more\"";

    private static readonly ChangedCaption changed = new("12", "a red dog on the grass", $"a blue dog on the {Bad}", .4, 1.2, [Bad], ([1, 2, 3], "image/png"));

    private static readonly object[] values =
    [
        ScoreTable.Of([new(Bad, Paper.Table1.Rows[0].Scores)], Paper.Table1),
        Claims.OfTable([.. Paper.Table1.Rows]),
        new Claim(Bad, true, Bad, 1),
        changed,
        new ImageGrid([new(Bad, null, [(Bad, Bad)], [Bad])]),
        new Evaluated(Bad, [Bad], Scores(Bad)),
        Scores(Bad),
        Scores(Bad).Worst(1),
        Scores(Bad).Against(Scores("a dog")),
    ];

    [Fact]
    public void Results_are_html_of_their_own_and_escape_what_they_show() => Assert.All(values, value =>
    {
        var html = Formatter.ToDisplayString(value, "text/html");
        Assert.Equal(((IHtml)value).ToHtml(), html);
        Assert.StartsWith("<div class=\"ucc\">", html);
        Assert.DoesNotContain("<script>alert", html);
        Assert.Equal(value.ToString(), Formatter.ToDisplayString(value, "text/plain"));
        Assert.DoesNotContain("UnsupClipCap.", value.ToString());
        Assert.Equal(["text/html", "text/plain"], Bundles.Of(value).Select(p => p.Key).Order());
    });

    [Fact]
    public void Every_type_that_is_html_is_found_by_engines() => Assert.All(
        new[] { typeof(Study), typeof(CaptionScores) }.SelectMany(t => t.Assembly.GetTypes()).Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IHtml).IsAssignableFrom(t)),
        t => Assert.Contains(t.GetCustomAttributes(true), a => a.GetType().Name == "TypeFormatterSourceAttribute"));

    [Fact]
    public void Only_changed_words_are_marked()
    {
        var (before, after) = WordChanges.Of("a red dog runs on grass", "a dog runs on green wet grass");
        Assert.Equal("a <s>red</s> dog runs on grass", WordChanges.ToHtml(before, "s"));
        Assert.Equal("a dog runs on <mark>green wet</mark> grass", WordChanges.ToHtml(after, "mark"));
    }

    [Fact]
    public void Changed_captions_show_the_picture_and_both_captions()
    {
        var html = changed.ToHtml();
        Assert.Contains("src=\"data:image/png;base64,AQID\"", html);
        Assert.Contains("a <s>red</s> dog on the <s>grass</s>", html);
        Assert.Contains("a <mark>blue</mark> dog on the <mark>&lt;script&gt;", html);
    }

    [Fact]
    public void Ends_of_a_curve_stand_beside_the_papers_rows()
    {
        var table = ScoreTable.OfEnds([.. Made.Curve(MethodNames.ClipCap, 60, 61, 40), .. Made.Curve(MethodNames.Unsupervised, 50, 55, 62)], Paper.Table1);
        Assert.Equal(["ours", "paper", "difference", "ours", "paper, about", "difference", "ours", "paper", "difference", "ours"], table.Lines.Select(l => l.Labels[1]));
        Assert.Equal(60 - Paper.Table1.Find(MethodNames.ClipCap)!.Scores[ScoreNames.Average6], table.Lines[2].Values[^1]!.Value, 1e-9);
        Assert.Equal(40 - Paper.Table1.Find(MethodNames.Unsupervised)!.Scores[ScoreNames.Average6], table.Lines[5].Values[^1]!.Value, 1e-9);
    }

    private static CaptionScores Scores(string caption) =>
        new CaptionEvaluator(new CaptionReferences([["a dog on the grass", "the dog"]]), CaptionMetrics.Named(["bleu", "rouge", "cider"])).Score([caption]);
}
