using Xunit;

namespace UnsupClipCap.Tests;

public class ClaimsTests
{
    static Claim About(Results results, string words) =>
        Claims.Of(results).Single(c => c.Statement.Contains(words, StringComparison.Ordinal));

    [Fact]
    public void The_papers_own_tables_bear_out_its_claims()
    {
        var claims = Claims.Of(Made.Results(Paper.Table1.Rows, alignment: Paper.Alignment.Rows));
        Assert.Equal([true, true, null, null, null, true, true, true], claims.Select(c => c.Holds));
        Assert.Equal(51.68 - 40.76, claims[0].Margin!.Value, .01);
    }

    [Fact]
    public void Nothing_is_claimed_of_results_that_are_not_there() =>
        Assert.All(Claims.Of(Made.Results()), c => Assert.True(c.Holds is null && c.Margin is null && c.Detail.Length > 0));

    [Fact]
    public void A_tie_does_not_hold()
    {
        var claim = About(Made.Results([Made.Row(MethodNames.ClipCap, 0.1 + 0.2), Made.Row(MethodNames.Unsupervised, 0.3)]),
            "ClipCap is above Unsupervised");
        Assert.Equal((false, 0.0), (claim.Holds, claim.Margin));
        Assert.Contains("tie", claim.Detail);
    }

    [Fact]
    public void Rows_without_a_common_average_decide_nothing()
    {
        var other = new MethodScores(MethodNames.Unsupervised, new Dictionary<string, double> { [ScoreNames.Average] = 3 });
        Assert.Null(About(Made.Results([Made.Row(MethodNames.ClipCap, 5), other]), "ClipCap is above Unsupervised").Holds);
    }

    [Theory]
    [InlineData(new double[] { 30, 40, 50 }, true, 20.0)]
    [InlineData(new double[] { 30, 40, 40 }, true, 10.0)]      // level is not rising
    [InlineData(new double[] { 30, 50, 48 }, false, -2.0)]
    [InlineData(new double[] { 30, 30, 30 }, false, 0.0)]
    [InlineData(new double[] { 30, 50 }, null, null)]
    public void Falling_monotonically_means_no_step_towards_the_image_gains(double[] averages, bool? holds, double? margin)
    {
        var claim = About(Made.Results(mixup: Made.Curve(MethodNames.Unsupervised, averages)), "monotonically");
        Assert.Equal((holds, margin), (claim.Holds, claim.Margin));
    }

    [Theory]
    [InlineData(new double[] { 40, 46, 45, 20 }, true, 6.0)]
    [InlineData(new double[] { 40, 39, 38, 45 }, false, -6.0)]
    [InlineData(new double[] { 40, 40, 38, 30 }, false, 0.0)]
    [InlineData(new double[] { 40, 30 }, null, null)]
    public void Best_inside_means_above_both_ends(double[] averages, bool? holds, double? margin)
    {
        var claim = About(Made.Results(mixup: Made.Curve(MethodNames.ClipCap, averages)), "strictly inside");
        Assert.Equal((holds, margin), (claim.Holds, claim.Margin));
    }

    [Fact]
    public void A_curve_whose_lambdas_were_added_up_still_has_its_ends()
    {
        var (rows, lambda) = (new List<MixupScores>(), 0.0);
        for (var i = 0; i <= 10; i++, lambda += .1) rows.Add(new(MethodNames.Unsupervised, Math.Min(1, lambda), Made.Row("", i).Scores));
        Assert.NotEqual(1, rows[^1].Lambda);
        Assert.Equal((true, 10.0), About(Made.Results(mixup: rows), "better on text") is var c ? (c.Holds, c.Margin) : default);
    }
}
