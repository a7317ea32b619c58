using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class CaptionMemoryTests
{
    // More captions than a chunk of the memory, more images than a chunk of rows; lengths other than 1.
    private static readonly Tensor Images = Sets.Rows(1100, "queries", 8), Texts = Sets.Rows(20_000, "memory", 8) * 3;

    private static Tensor Unit(Tensor x) => x / x.norm(1, keepdim: true);

    [Fact]
    public void The_projection_is_the_softmax_over_the_whole_memory()
    {
        var weights = (Unit(Images).matmul(Unit(Texts).t()) / 0.02).softmax(1);
        Assert.Equal(0, Sets.Largest(new CaptionMemory(0.02).Fit(Images, Texts).Transform(Images) - Unit(weights.matmul(Unit(Texts)))), 1e-4);
    }

    [Fact]
    public void The_projection_lies_in_the_memorys_cone()
    {
        // Captions at right angles: the coordinates on them are the weights, none below 0.
        var memory = Sets.Orthogonal(8).narrow(0, 0, 5);
        var projected = new CaptionMemory(0.1).Fit(Images, memory).Transform(Images);
        var weights = projected.matmul(memory.t());
        Assert.True(weights.min().item<float>() > 0);
        Assert.Equal(0, Sets.Largest(weights.matmul(memory) - projected), 1e-5);
        Assert.Equal(0, Sets.Largest(projected.norm(1) - 1), 1e-5);
    }

    [Fact]
    public void A_low_temperature_takes_the_nearest_caption_and_a_high_one_the_mean_of_all()
    {
        var few = Images.narrow(0, 0, 20);
        var nearest = new NearestCaptions(1).Fit(few, Texts).Transform(few);
        Assert.Equal(0, Sets.Largest(new CaptionMemory(1e-6).Fit(few, Texts).Transform(few) - nearest), 1e-3);
        var memory = Unit(Texts.narrow(0, 0, 100));
        var mean = memory.mean([0], keepdim: true);
        Assert.Equal(0, Sets.Largest(new CaptionMemory(1e6).Fit(few, memory).Transform(few) - Unit(mean)), 1e-3);
    }

    [Fact]
    public void The_nearest_of_many_captions_is_one_of_them()
    {
        var best = Unit(Images).matmul(Unit(Texts).t()).argmax(1);
        var aligned = new NearestCaptions(1).Fit(Images, Texts).Transform(Images);
        Assert.Equal(0, Sets.Largest(aligned - Unit(Texts).index_select(0, best)), 1e-6);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(50)]
    public void The_mean_is_of_the_k_largest_cosines(int k)
    {
        var few = Images.narrow(0, 0, 30);
        var rows = Unit(few).matmul(Unit(Texts).t()).argsort(1, descending: true).narrow(1, 0, k);
        var expected = Unit(Unit(Texts).index_select(0, rows.flatten()).view(30, k, 8).mean([1]));
        Assert.Equal(0, Sets.Largest(new NearestCaptions(k).Fit(few, Texts).Transform(few) - expected), 1e-5);
    }

    [Fact]
    public void Lengths_of_images_and_captions_do_not_matter()
    {
        foreach (var method in new IAlignment[] { new CaptionMemory(), new NearestCaptions() })
        {
            var few = Images.narrow(0, 0, 20);
            Assert.Equal(0, Sets.Largest(method.Fit(few, Texts).Transform(few) - method.Fit(few, Unit(Texts)).Transform(few * 7)), 1e-3);
        }
    }
}
