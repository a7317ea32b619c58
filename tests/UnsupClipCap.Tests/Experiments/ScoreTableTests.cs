using System.Xml.Linq;
using Xunit;

namespace UnsupClipCap.Tests;

public class ScoreTableTests
{
    static readonly MethodScores ours = new(MethodNames.ClipCap, new Dictionary<string, double> { ["Bleu_1"] = .75, ["CIDEr"] = 1.2 });

    [Fact]
    public void Each_method_of_the_paper_has_ours_paper_and_difference()
    {
        var table = ScoreTable.Of([ours, new("mine", ours.Scores)], Paper.Table1);
        Assert.Equal([ScoreLineKind.Ours, ScoreLineKind.Paper, ScoreLineKind.Difference, ScoreLineKind.Ours],
            table.Lines.Select(l => l.Kind));
        Assert.Equal(75.0 - 74.0, table.Lines[2].Values[0]!.Value, 1e-9);
        Assert.Equal(120 - 106.6, table.Lines[2].Values[1]!.Value, 1e-9);
        Assert.Contains("+1.0", table.ToText());
    }

    [Fact]
    public void Text_lines_up()
    {
        var lines = ScoreTable.Of([ours, new("a longer name of a method", ours.Scores)]).ToText().TrimEnd().Split('\n');
        Assert.Single(lines.Select(l => l.Length).Distinct());
    }

    [Fact]
    public void Latex_escapes_every_special_character()
    {
        var latex = ScoreTable.Of([new(@"a&b%c$d#e_f{g}h~i^j\k", ours.Scores)]).ToLatex();
        Assert.Contains(@"a\&b\%c\$d\#e\_f\{g\}h\textasciitilde{}i\textasciicircum{}j\textbackslash{}k & 75.0 & 120.0 \\", latex);
        Assert.Contains(@"\toprule", latex);
    }

    [Fact]
    public void Csv_quotes_what_would_break_a_line()
    {
        var csv = ScoreTable.Of([new("say \"a, b\"", ours.Scores)]).ToCsv();
        Assert.Equal("method,B@1,CIDEr\n\"say \"\"a, b\"\"\",75,120\n", csv);
    }

    [Fact]
    public void Html_is_well_formed_and_escaped()
    {
        var html = XElement.Parse(ScoreTable.Of([new("<b>&", ours.Scores), ours], Paper.Table1).ToHtml());
        Assert.Contains(html.Descendants("th"), th => th.Value == "<b>&");
        Assert.Equal("3", html.Descendants("th").Single(th => th.Value == MethodNames.ClipCap).Attribute("rowspan")!.Value);
    }

    [Fact]
    public void A_difference_that_rounds_to_nothing_has_no_sign()
    {
        var table = ScoreTable.Of([new(MethodNames.ClipCap, new Dictionary<string, double> { ["Bleu_1"] = .73999 })], Paper.Table1);
        Assert.DoesNotContain("-0.0", table.ToText());
    }

    [Fact]
    public void Alignment_is_compared_by_changes_from_none()
    {
        var table = ScoreTable.OfAlignment([Made.Row(MethodNames.None, 30), Made.Row(MethodNames.MeanShift, 33), Made.Row("mine", 29)]);
        Assert.Equal([33, 3, 42.1, 42.1 - 40.8], table.Lines[1].Values);
        Assert.Equal([29, -1, null, null], table.Lines[2].Values);
    }

    [Fact]
    public void The_mixup_table_has_a_row_a_lambda_and_holes_where_a_method_has_none()
    {
        var table = ScoreTable.OfMixup([.. Made.Curve("a", 1, 2, 3), .. Made.Curve("b", 5, 6)]);
        Assert.Equal(["0", "0.5", "1"], table.Lines.Select(l => l.Labels[0]));
        Assert.Equal([2, null], table.Lines[1].Values);
    }
}
