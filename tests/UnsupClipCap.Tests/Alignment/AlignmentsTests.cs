using Xunit;

namespace UnsupClipCap.Tests;

public class AlignmentsTests
{
    [Fact]
    public void The_papers_methods_have_the_papers_names() =>
        Assert.Equal([MethodNames.None, MethodNames.MeanShift, MethodNames.Rotation, MethodNames.OptimalTransport], Alignments.All.Take(4).Select(m => m.Name));

    [Fact]
    public void Every_name_reads_back_to_its_method()
    {
        IAlignment[] changed = [new MeanShift(0.5), new MeanShift(-1.25), new Rotation(Signs.Largest), new Coral(0.1), new NearestCaptions(10), new EntropicMap(1e-3, 100), new BothMeansRemoved(false), new CaptionMemory(0.02)];
        foreach (var method in Alignments.All.Concat(changed)) Assert.Equal(method, Alignments.Named(method.Name));
        Assert.Equal(Alignments.All.Count, Alignments.All.Select(m => m.Name).Distinct().Count());
    }

    [Fact]
    public void Names_carry_the_parameters_that_are_not_defaults()
    {
        Assert.Equal("mean shift(step=0.5)", new MeanShift(0.5).Name);
        Assert.Equal("rotation(signs=third moment)", new Rotation { Signs = Signs.ThirdMoment }.Name);
        Assert.Equal("entropic map(points=100)", new EntropicMap(points: 100).Name);
        Assert.Equal("both means removed(unit=false)", new BothMeansRemoved(unit: false).Name);
        Assert.Equal([("regularization", "0.01"), ("points", "100"), ("unit", "true")], Alignments.Parameters(new EntropicMap(points: 100)));
        Assert.Empty(Alignments.Parameters(new None()));
    }

    [Fact]
    public void Case_and_spaces_do_not_matter()
    {
        Assert.Equal(new MeanShift(0.5), Alignments.Named(" Mean Shift ( STEP = 5e-1 ) "));
        Assert.Equal(new Rotation(Signs.ThirdMoment), Alignments.Named("rotation(signs=ThirdMoment)"));
        Assert.Equal(new MeanShift(), Alignments.Named("mean shift()"));
    }

    [Fact]
    public void A_list_parts_at_commas_outside_of_brackets()
    {
        Assert.Equal([new None(), new EntropicMap(0.1, 50), new Coral()], Alignments.Parse("none, entropic map(regularization=0.1, points=50),coral"));
        Assert.Contains("2 times", Assert.Throws<UserException>(() => Alignments.Parse("none,none")).Message);
        Assert.Contains("mean shift", Assert.Throws<UserException>(() => Alignments.Parse(" ,")).Message);
    }

    [Theory]
    [InlineData("men shift", "Did you mean 'mean shift'?")]
    [InlineData("barycentric", "Did you mean 'barycentric transport'?")]
    [InlineData("procrustres", "Did you mean 'procrustes'?")]
    [InlineData("xyz", "The methods are: none, mean shift, rotation, optimal transport")]
    [InlineData("", "The methods are")]
    [InlineData("mean shift(step=0.5", "no closing bracket")]
    [InlineData("mean shift(stop=0.5)", "has no parameter 'stop'. It takes: step (1 if not given)")]
    [InlineData("none(step=1)", "It takes no parameters.")]
    [InlineData("mean shift(step=half)", "step is 'half'; expected a number")]
    [InlineData("mean shift(step=NaN)", "step is NaN")]
    [InlineData("mean shift(0.5)", "write parameter=value")]
    [InlineData("mean shift(step=1, step=2)", "set twice")]
    [InlineData("nearest captions(k=0)", "k is 0; expected a whole number of 1 or more")]
    [InlineData("nearest captions(k=2.5)", "k is '2.5'; expected a whole number")]
    [InlineData("coral(ridge=-1)", "ridge is -1; expected a number of 0 or more")]
    [InlineData("caption memory(temperature=0)", "temperature is 0; expected a number above 0")]
    [InlineData("rotation(signs=left)", "one of: solver, largest, third moment, paired")]
    [InlineData("rotation(signs=7)", "one of: solver, largest, third moment, paired")]
    [InlineData("both means removed(unit=maybe)", "true or false")]
    public void A_name_that_cannot_be_read_is_answered_by_what_can(string name, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserException>(() => Alignments.Named(name)).Message);

    [Fact]
    public void Parameters_are_checked_in_code_too()
    {
        Assert.Throws<UserException>(() => new NearestCaptions(0));
        Assert.Throws<UserException>(() => new GaussianMap() with { Ridge = double.NaN });
        Assert.Throws<UserException>(() => new EntropicBarycentric { Regularization = 0 });
    }

    [Fact]
    public void Every_method_says_what_it_computes_and_whence_it_is() =>
        Assert.All(Alignments.All, m => Assert.True(m.Formula.Length > 0 && m.Origin.Length > 5 && !m.Formula.Contains('\n', StringComparison.Ordinal), m.Name));
}
