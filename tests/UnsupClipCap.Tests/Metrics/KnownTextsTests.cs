using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class KnownTextsTests
{
    [Fact]
    public void The_first_texts_are_kept_and_no_more_than_so_many()
    {
        var known = new KnownTexts<string>(3);
        for (var i = 0; i < 5; i++) Assert.Equal($"found {i}", known.Keep($"{i}", $"found {i}"));
        Assert.Equal("found 1", known.Keep("1", "other"));
        Assert.Equal(3, known.Count);
        Assert.True(known.TryGet("2", out var second) && second == "found 2");
        Assert.False(known.TryGet("3", out _));
    }

    [Fact]
    public void Long_texts_are_not_kept()
    {
        var (known, text) = (new KnownTexts<string>(3), new string('x', 1000));
        Assert.Equal("found", known.Keep(text, "found"));
        Assert.Equal(0, known.Count);
        Assert.False(known.TryGet(text, out _));
    }

    [Fact]
    public void Threads_agree_on_what_is_kept()
    {
        var known = new KnownTexts<object>(1000);
        for (var i = 0; i < 1000; i++)
        {
            var found = new object[4];
            Parallel.For(0, found.Length, t => found[t] = known.Keep($"{i}", new()));
            Assert.All(found, f => Assert.Same(found[0], f));
        }
        Assert.Equal(1000, known.Count);
    }
}
