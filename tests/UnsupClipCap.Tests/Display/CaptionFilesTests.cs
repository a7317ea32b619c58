using Xunit;

namespace UnsupClipCap.Tests;

public class CaptionFilesTests
{
    [Fact]
    public void A_captioner_captions_files_as_the_picture_captioner_does()
    {
        var cat = Path.Combine(Locations.Data, "sprites", "cat.png");
        using var captioner = Captioner.Load(PictureCaptioner.Shipped);
        using var pictures = PictureCaptioner.Open("mini", null, "cpu");
        var grid = captioner.Caption(cat);
        Assert.Equal(pictures.Caption([cat])[0].Text, grid.Pictures.Single().Captions.Single().Caption);
        Assert.Contains("data:image/png;base64,", grid.ToHtml());
        Assert.StartsWith("cat.png: ", grid.ToString());
        using var other = new Captioner(captioner.Card with { Encoder = "another" }, captioner.Model, captioner.Tokenizer);
        Assert.Contains("'another'", Assert.Throws<UserException>(() => other.Caption(cat)).Message);
    }
}
