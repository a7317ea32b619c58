using System.Text.Json.Nodes;
using Xunit;

namespace UnsupClipCap.Tests;

public class KarpathySplitTests
{
    private static void Same(CaptionSplits a, CaptionSplits b)
    {
        foreach (var (x, y) in new[] { (a.Train, b.Train), (a.Validation, b.Validation), (a.Test, b.Test) })
        {
            Assert.Equal(x.Select(i => (i.Id, i.File)), y.Select(i => (i.Id, i.File)));
            Assert.Equal(x.SelectMany(i => i.Captions), y.SelectMany(i => i.Captions));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void COCO_is_the_same_from_its_own_files_and_from_Karpathys(string ending)
    {
        var made = new StandIn();
        using var data = new DataFolder();
        made.WriteCocoCaptions(data, ending);
        var own = Coco2014.Read();
        Assert.Equal(made.Count("train", "restval"), own.Train.Count);
        Assert.Equal(made.Ids("test").Order(), own.Test.Select(i => i.Id).Order());
        Assert.Equal(made.Ids("val").Order(), own.Validation.Select(i => i.Id).Order());
        Assert.Contains(own.Train, i => i.File!.StartsWith("val2014/COCO_val2014_000000", StringComparison.Ordinal));       // restval
        Assert.Equal(5, own.Train[0].Captions.Count);

        data.Write("coco/captions_train2014.json", "not read any more");
        made.WriteKarpathyCoco(data);
        Same(own, Coco2014.Read());
    }

    [Fact]
    public void Flickr30k_is_the_same_from_its_own_files_and_from_Karpathys()
    {
        var made = new StandIn();
        using var data = new DataFolder();
        made.WriteFlickrCaptions(data, ".gz");
        var own = Flickr30k.Read();
        Assert.Equal((made.Count("train", "restval"), made.Count("val"), made.Count("test")), (own.Train.Count, own.Validation.Count, own.Test.Count));
        Assert.All(own.All, i => Assert.Equal($"images/{i.Id}", i.File));
        made.WriteKarpathyFlickr(data);
        Same(own, Flickr30k.Read());
    }

    [Fact]
    public void The_real_files_give_the_published_counts()
    {
        foreach (var name in new[] { "coco/captions_train2014.json.gz", "coco/karpathy_test_images.txt", "flickr30k/results.token.gz" }) Goldens.Data(name);
        var coco = Coco2014.Read(Goldens.Data("coco/captions_train2014.json.gz"), Goldens.Data("coco/captions_val2014.json.gz"), Goldens.Data("coco/karpathy_val_images.txt"), Goldens.Data("coco/karpathy_test_images.txt"));
        SplitSizes.KarpathyCoco.Check("COCO", coco.Sizes, "");
        Assert.Equal(coco.All.Count(), coco.All.Select(i => i.Id).Distinct().Count());
        var flickr = Flickr30k.Read(Goldens.Data("flickr30k/results.token.gz"), Goldens.Data("flickr30k/train_images.txt"), Goldens.Data("flickr30k/val_images.txt"), Goldens.Data("flickr30k/test_images.txt"));
        SplitSizes.KarpathyFlickr30k.Check("Flickr30k", flickr.Sizes, "");
    }

    [Fact]
    public void What_is_missing_is_named_with_the_folder_and_the_command_that_fetches_it()
    {
        using var data = new DataFolder();
        new StandIn().WriteCocoCaptions(data);
        File.Delete(data.File("coco/captions_val2014.json"));
        File.Delete(data.File("coco/karpathy_test_images.txt"));
        var error = Assert.Throws<UserException>(() => Coco2014.Read()).Message;
        foreach (var part in new[] { "coco/captions_val2014.json", "coco/karpathy_test_images.txt", data.Path, "./run fetch coco", "./run fetch karpathy" }) Assert.Contains(part, error);
        Assert.DoesNotContain("captions_train2014", error);
        var flickr = Assert.Throws<UserException>(() => Flickr30k.Read()).Message;
        foreach (var part in new[] { "flickr30k/results.token", "flickr30k/train_images.txt", "./run fetch flickr30k-captions" }) Assert.Contains(part, flickr);
    }

    [Fact]
    public void Lists_that_do_not_fit_the_captions_are_told_with_their_line()
    {
        var made = new StandIn();
        using var data = new DataFolder();
        made.WriteCocoCaptions(data);
        var (list, good) = (data.File("coco/karpathy_test_images.txt"), File.ReadAllText(data.File("coco/karpathy_test_images.txt")));
        void Told(string text, params string[] parts)
        {
            File.WriteAllText(list, text);
            var error = Assert.Throws<UserException>(() => Coco2014.Read()).Message;
            Assert.All([list, .. parts], part => Assert.Contains(part, error));
        }
        Told(good + "val2014/COCO_val2014_000000999999.jpg 999999\n", "999999", $"line {made.Count("test") + 1}", "./run fetch coco");
        Told(good + good.Split('\n')[0] + "\n", "this list already");
        Told(good + $"val2014/COCO_val2014_{long.Parse(made.Ids("val").First()):D12}.jpg {made.Ids("val").First()}\n", "karpathy_val_images.txt already");
        Told(good.Replace("val2014/", "train2014/"), "the picture of");
        File.WriteAllText(list, good);
        var error = Assert.Throws<UserException>(() => SplitSizes.KarpathyCoco.Check("COCO", Coco2014.Read().Sizes, "Fetch it again.")).Message;
        Assert.Contains("113,287 images", error);
        Assert.Contains($"{made.Count("train", "restval")} images", error);
    }

    [Fact]
    public void A_damaged_Karpathy_file_is_told_with_the_field()
    {
        var made = new StandIn(12);
        using var data = new DataFolder();
        made.WriteKarpathyCoco(data);
        var path = data.File("karpathy/dataset_coco.json");
        void Told(Action<JsonArray> damage, params string[] parts)
        {
            made.WriteKarpathyCoco(data);
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            damage(json["images"]!.AsArray());
            File.WriteAllText(path, json.ToJsonString());
            var error = Assert.Throws<UserException>(() => Coco2014.Read()).Message;
            Assert.All([path, .. parts], part => Assert.Contains(part, error));
        }
        Told(images => images[3]!["cocoid"] = images[1]!["cocoid"]!.GetValue<long>(), "images[3]", "images[1]");
        Told(images => images[2]!["split"] = "trainval", "images[2]", "'trainval'", "restval");
        Told(images => images[4]!["sentences"] = new JsonArray(), "images[4]", "one caption or more");
        Told(images => images[5]!.AsObject().Remove("filename"), "images[5]", "'filename'");
        File.WriteAllText(path, File.ReadAllText(path)[..400]);
        Assert.Contains("not whole JSON", Assert.Throws<UserException>(() => Coco2014.Read()).Message);
    }
}
