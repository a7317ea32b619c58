using Xunit;

namespace UnsupClipCap.Tests;

public class SeededRandomTests
{
    [Fact]
    public void Streams_of_one_seed_are_repeatable_and_unrelated()
    {
        Assert.Equal(new SeededRandom(1, "a").NextBits(), new SeededRandom(1, "a").NextBits());
        ulong[] firsts = [new SeededRandom(1).NextBits(), new SeededRandom(1, "a").NextBits(), new SeededRandom(1, "b").NextBits(), new SeededRandom(2, "a").NextBits(), new SeededRandom(1, "a", "b").NextBits(), new SeededRandom(1, "b", "a").NextBits()];
        Assert.Equal(firsts.Length, firsts.Distinct().Count());
    }

    [Fact]
    public void Numbers_have_the_moments_of_their_distributions()
    {
        var random = new SeededRandom(3);
        const int n = 200_000;
        double sum = 0, squares = 0, uniform = 0;
        var counts = new int[5];
        for (var i = 0; i < n; i++)
        {
            var g = random.NextGaussian();
            (sum, squares) = (sum + g, squares + g * g);
            uniform += random.NextDouble();
            counts[random.Next(5)]++;
        }
        Assert.InRange(sum / n, -.01, .01);
        Assert.InRange(squares / n, .98, 1.02);
        Assert.InRange(uniform / n, .497, .503);
        Assert.All(counts, c => Assert.InRange(c, n / 5 - 900, n / 5 + 900));
    }

    [Fact]
    public void Shuffling_keeps_all_items_and_reaches_every_order()
    {
        var random = new SeededRandom(4);
        var orders = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            char[] items = ['a', 'b', 'c'];
            random.Shuffle<char>(items);
            orders.Add(new string(items));
        }
        Assert.Equal(["abc", "acb", "bac", "bca", "cab", "cba"], orders.Order());
    }
}
