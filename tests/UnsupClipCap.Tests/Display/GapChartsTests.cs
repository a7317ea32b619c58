using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class GapChartsTests
{
    [Fact]
    public void Cosines_are_of_the_pairs_and_of_all_others()
    {
        using var scope = NewDisposeScope();
        var images = tensor(new double[,] { { 1, 0 }, { 0, 2 }, { 3, 4 } });            // of any length
        var texts = tensor(new double[,] { { 1, 0 }, { 0, 1 }, { 0, 1 } });
        var chart = GapCharts.Cosines(images, texts);
        Equal([1, 1, .8], chart.Series[0].Values);
        Equal([0, 0, 0, 1, .6, .8], chart.Series[1].Values);
        Equal([0, 0, .6, .6, .8, .8], chart.Series[2].Values);                          // each two images both ways
        Equal([0, 0, 0, 0, 1, 1], chart.Series[3].Values);

        static void Equal(double[] expected, IEnumerable<double> found) =>
            Assert.All(expected.Order().Zip(found.Order(), (a, b) => (a, b)).Append((expected.Length, found.Count())), p => Assert.Equal(p.Item1, p.Item2, 1e-12));
    }

    [Fact]
    public void Cones_are_thinned_evenly_and_texts_say_their_words()
    {
        using var scope = NewDisposeScope();
        var images = rand([40, 8], generator: new Generator(1), dtype: ScalarType.Float64) + 1;
        var texts = rand([20, 8], generator: new Generator(2), dtype: ScalarType.Float64) - 1;
        var chart = GapCharts.Cones(images, texts, [.. Enumerable.Range(0, 20).Select(i => $"text {i}")], most: 10);
        Assert.Equal((10, 10), (chart.Series[0].Points.Count, chart.Series[1].Points.Count));
        Assert.Equal("text 18", chart.Series[1].Hovers![^1]);
        // Sets on opposite sides of the origin lie apart on the first axis, which is not centred.
        Assert.True(chart.Series[0].Points.Min(p => p.X) > chart.Series[1].Points.Max(p => p.X) || chart.Series[0].Points.Max(p => p.X) < chart.Series[1].Points.Min(p => p.X));
    }
}
