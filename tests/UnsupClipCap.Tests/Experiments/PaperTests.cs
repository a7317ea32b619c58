using Xunit;

namespace UnsupClipCap.Tests;

public class PaperTests
{
    [Theory]
    [InlineData(MethodNames.ClipCap, 61.1, 51.68)]
    [InlineData(MethodNames.Unsupervised, 48.2, 40.76)]
    [InlineData(MethodNames.MatchedCaptions, 29.7, null)]
    public void The_rows_of_table_1_average_as_noted(string method, double six, double? eight)
    {
        var scores = Paper.Table1.Find(method)!.Scores;
        Assert.Equal(six, scores[ScoreNames.Average6], 0.051);
        if (eight is { } mean) Assert.Equal(mean, scores[ScoreNames.Average], 0.005);
    }

    [Fact]
    public void A_row_that_the_paper_leaves_incomplete_has_no_average() =>
        Assert.DoesNotContain(ScoreNames.Average6, Paper.Table1.Find("MAGIC")!.Scores.Keys);

    [Fact]
    public void The_alignment_study_agrees_with_table_1_where_nothing_is_aligned() =>
        Assert.Equal(Paper.Table1.Find(MethodNames.Unsupervised)!.Scores[ScoreNames.Average],
            Paper.Alignment.Find(MethodNames.None)!.Scores[ScoreNames.Average], 0.05);
}
