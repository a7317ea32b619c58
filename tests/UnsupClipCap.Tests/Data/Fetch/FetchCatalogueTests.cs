using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests;

public class FetchCatalogueTests
{
    private static readonly IReadOnlyList<FetchFile> Files = [.. FetchCatalogue.All.SelectMany(i => i.Files)];

    [Fact]
    public void Every_entry_can_be_asked_for_and_says_what_may_be_done_with_it()
    {
        Assert.Equal(FetchCatalogue.All.Count, FetchCatalogue.All.Select(i => i.Name).Distinct().Count());
        Assert.All(FetchCatalogue.All, i => Assert.Same(i, FetchCatalogue.Find(i.Name)));
        Assert.All(FetchCatalogue.All, i => Assert.True(i.What.Length > 0 && i.Licence.Length > 0 && i.Files.Count > 0, i.Name));
        Assert.All(Files, f => Assert.True(f.Address is null ? f.ByHand is { Length: > 0 } : new Uri(f.Address).Scheme == "https", f.Place));
    }

    [Fact]
    public void Digests_have_their_length_and_OpenAI_s_stand_in_the_address()
    {
        Assert.All(Files.Select(f => f.Sha256).Concat(Files.SelectMany(f => f.Parts).Select(p => p.Sha256)).OfType<string>(), d => Assert.Matches("^[0-9a-f]{64}$", d));
        Assert.All(Files.Select(f => f.Md5).OfType<string>(), d => Assert.Matches("^[0-9a-f]{32}$", d));
        Assert.All(Files.Where(f => f.Address?.Contains("openaipublic", StringComparison.Ordinal) == true), f => Assert.Contains($"/{f.Sha256}/", f.Address));
    }

    [Fact]
    public void Places_are_under_the_data_folder_and_of_one_file_each()
    {
        var places = Files.Select(f => f.Place).Concat(Files.SelectMany(f => f.Parts).Select(p => p.Place)).ToList();
        Assert.All(places, p => Assert.DoesNotMatch(@"^/|\\|\.\.|:", p));
        Assert.Equal(Files.Distinct().Count(), Files.Select(f => f.Place).Distinct().Count());
        Assert.All(Files.SelectMany(f => f.Parts), p => Assert.DoesNotContain(p.Place, Files.Select(f => f.Place)));
        Assert.All(Files.Where(f => f.Parts.Count > 0), f => Assert.Matches(@"\.(zip|jar|tgz|tar\.gz)$", f.Place));
    }

    [Theory, InlineData("clip-vit-b23", "clip-vit-b32"), InlineData("metoer", "meteor"), InlineData("flickr-8k", "flickr8k")]
    public void A_name_that_is_nearly_right_is_understood(string typed, string meant)
    {
        var message = Assert.Throws<UserException>(() => FetchCatalogue.Find(typed)).Message;
        Assert.Contains($"Did you mean '{meant}'?", message);
        Assert.Contains("karpathy", message);
    }

    [Theory, InlineData("meteor"), InlineData("coco500"), InlineData("clip-vit-b32")]
    public void The_files_beside_the_project_are_those_of_the_catalogue(string name)
    {
        var item = FetchCatalogue.Find(name);
        foreach (var place in item.Files.Where(f => f.Parts.Count == 0 && !f.Place.StartsWith("clip/", StringComparison.Ordinal)).Select(f => f.Place)) Goldens.Data(place);
        using var folder = new FetchFolder();
        using var fetcher = new Fetcher(new() { Folders = [folder.Root, Goldens.DataRoot] });
        Assert.All(fetcher.Plan(item, ask: false).Steps.Where(s => !s.File.Place.StartsWith("clip/", StringComparison.Ordinal)), s => Assert.Equal(FetchState.Here, s.State));
    }

    [Theory, InlineData("coco"), InlineData("flickr30k-captions")]
    public void Captions_that_lie_gzipped_among_the_data_sets_are_not_fetched_again(string name)
    {
        Goldens.Data(name == "coco" ? "coco/captions_train2014.json.gz" : "flickr30k/results.token.gz");
        using var folder = new FetchFolder();
        using var fetcher = new Fetcher(new() { Folders = [folder.Root, Goldens.DataRoot] });
        Assert.True(fetcher.Plan(FetchCatalogue.Find(name), ask: false).IsHere);
        Assert.All(FetchCatalogue.Find(name).Files, f => Assert.True(fetcher.IsThere(f), f.Place));
    }

    [Fact]
    public void Meteor_is_found_where_it_is_put()
    {
        var item = FetchCatalogue.Find("meteor");
        Assert.Contains("meteor/paraphrase-en.gz", item.Files.Select(f => f.Place));
        Assert.Equal("meteor/paraphrase-en.gz", item.Files[^1].Place);      // the sign that both are there comes last
        Assert.Contains("./run fetch meteor", Assert.Single(new Meteor(MeteorData.Shipped).Notes));
    }

    [Fact]
    public void Photographs_that_were_fetched_do_not_hide_embeddings_elsewhere()
    {
        Goldens.Data("flickr8k/image_features.npy");
        if (Environment.GetEnvironmentVariable("UNSUPCLIPCAP_DATA") is { Length: > 0 }) Assert.Skip("UNSUPCLIPCAP_DATA names one folder of data.");
        var fetched = Directory.CreateDirectory(Path.Combine(Locations.Cache, "flickr8k"));       // the tests' own cache
        try
        {
            Assert.Equal(fetched.FullName, Locations.Find("flickr8k"));
            Assert.Equal(Path.Combine(Goldens.DataRoot, "flickr8k"), Flickr8k.Read().Folder);
        }
        finally
        {
            fetched.Delete(recursive: true);
        }
    }
}
