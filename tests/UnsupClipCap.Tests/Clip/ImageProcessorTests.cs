using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ImageProcessorTests
{
    private static Picture Plain(int width, int height, byte r, byte g, byte b) =>
        new(width, height, [.. Enumerable.Range(0, width * height).SelectMany(_ => new[] { r, g, b })]);

    [Theory]
    [InlineData(64, 64)]
    [InlineData(1, 1)]
    [InlineData(300, 40)]
    [InlineData(7, 500)]
    public void Any_shape_becomes_a_square_and_a_plain_colour_stays_plain(int width, int height)
    {
        var fitted = ImageProcessor.Fit(Plain(width, height, 10, 200, 255), 32);
        Assert.Equal((32, 32), (fitted.Width, fitted.Height));
        Assert.Equal(Plain(32, 32, 10, 200, 255).Rgb, fitted.Rgb);
    }

    [Fact]
    public void A_picture_of_the_right_size_is_untouched()
    {
        var scene = MiniScenes.Generate(MiniSplit.Test, 1, 5)[0];
        var picture = Picture.Decode(MiniScenes.Png(scene), "scene");
        Assert.Equal(picture.Rgb, ImageProcessor.Fit(picture, MiniScenes.Size).Rgb);
    }

    [Fact]
    public void Normalised_pixels_of_the_mean_colour_are_nothing()
    {
        var pixels = ImageProcessor.Normalize(tensor(Plain(2, 2, 123, 117, 104).Rgb, [1, 2, 2, 3]));
        Assert.Equal([1, 3, 2, 2], pixels.shape);
        Assert.True(pixels.abs().max().item<float>() < 0.01);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no picture")]
    [InlineData("\u0089PNG\r\n\u001a\n")]
    public void What_is_no_picture_is_named(string content)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "x.png");
        File.WriteAllText(path, content, System.Text.Encoding.Latin1);
        Assert.Contains(path, Assert.Throws<UserException>(() => Picture.Read(path)).Message);
    }

    [Fact]
    public void A_truncated_picture_is_damaged()
    {
        var png = MiniScenes.Png(MiniScenes.Generate(MiniSplit.Test, 1, 5)[0]);
        Assert.Contains("cut.png", Assert.Throws<UserException>(() => Picture.Decode(png[..(png.Length / 2)], "cut.png")).Message);
    }
}
