using Xunit;

namespace UnsupClipCap.Tests;

public class PictureFolderTests
{
    [Fact]
    public void Pictures_alone_captions_alone_and_both()
    {
        using var data = new DataFolder();
        foreach (var name in new[] { "b.JPG", "a.png", "COCO_val2014_000000000042.jpg", "notes.txt" }) data.Write($"mine/{name}", "");
        var folder = Path.Combine(data.Path, "mine");
        Assert.Equal(["COCO_val2014_000000000042.jpg", "a.png", "b.JPG"], PictureFolder.Read(folder).Select(i => i.Id));
        Assert.All(PictureFolder.Read(folder), i => Assert.Empty(i.Captions));

        // By whole name, by name without ending, by number.
        var captions = data.Write("captions.json.gz", """{ "b.JPG": ["One. ", "two"], "a": ["three"], "42": ["four"] }""");
        var both = PictureFolder.Read(folder, captions);
        Assert.Equal([("b.JPG", "One.|two"), ("a.png", "three"), ("COCO_val2014_000000000042.jpg", "four")], both.Select(i => (i.File!, string.Join('|', i.Captions))));

        Assert.Equal([("1", "a cat"), ("3", "a dog")], TextCorpus.Read(data.Write("corpus.txt.gz", "a cat \n\n a dog\r\n")).Select(i => (i.Id, i.Captions[0])));
        Assert.Equal(2, TextCorpus.ReadGrouped(captions)[0].Captions.Count);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var data = new DataFolder();
        foreach (var name in new[] { "a.png", "a.jpg", "b.jpg" }) data.Write($"mine/{name}", "");
        var folder = Path.Combine(data.Path, "mine");
        string Told(string json, bool every = true) => Assert.Throws<UserException>(() => PictureFolder.Read(folder, data.Write("captions.json", json), every)).Message;
        Assert.Contains("'c.jpg'", Told("""{ "c.jpg": ["x"] }"""));
        Assert.Contains("several pictures", Told("""{ "a": ["x"] }"""));
        Assert.Contains("'b' and 'b.jpg'", Told("""{ "b": ["x"], "b.jpg": ["y"] }"""));
        Assert.Contains("2 of 3 pictures", Told("""{ "b": ["x"] }"""));
        Assert.Single(PictureFolder.Read(folder, data.Write("captions.json", """{ "b": ["x"] }"""), every: false));
        Assert.Contains("no pictures", Assert.Throws<UserException>(() => PictureFolder.Read(data.Path)).Message);
        Assert.Contains("does not exist", Assert.Throws<UserException>(() => PictureFolder.Read(Path.Combine(data.Path, "none"))).Message);
        Assert.Contains("is empty", Assert.Throws<UserException>(() => TextCorpus.Read(data.Write("empty.txt", "\n"))).Message);
    }
}
