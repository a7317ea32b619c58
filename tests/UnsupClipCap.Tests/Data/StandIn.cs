using System.Globalization;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Tests;

/// <summary>Made-up images in COCO's and Flickr30k's file layouts and in Karpathy's: scenes of the miniature world under ids and names of their manner.</summary>
internal sealed class StandIn
{
    private sealed record Image(long Id, string Folder, string Split, IReadOnlyList<string> Captions, MiniScene Scene)
    {
        public string Name => FormattableString.Invariant($"COCO_{Folder}_{Id:D12}.jpg");
        public string Flickr => FormattableString.Invariant($"{Id * 7919}.jpg");
    }

    private readonly List<Image> _images = [];

    /// <summary>Half of the images in train2014, the others in val2014: of these a sixth for training ("restval"), a third for validation, half for the test.</summary>
    public StandIn(int count = 50)
    {
        var random = new SeededRandom(3, "stand-in");
        var scenes = MiniScenes.Generate(MiniSplit.Train, count, 5);
        for (var i = 0; i < count; i++)
        {
            var split = i < count / 2 ? "train" : (i % 6) switch { 0 => "restval", 1 or 2 => "val", _ => "test" };
            // White space and end as in COCO: some captions end in ". ", some without a stop.
            IReadOnlyList<string> captions = [.. scenes[i].Captions.Select((c, k) => char.ToUpperInvariant(c[0]) + c[1..] + (k % 3) switch { 0 => ".", 1 => ". ", _ => " " })];
            _images.Add(new(100_000 + 13 * i + random.Next(13), split == "train" ? "train2014" : "val2014", split, captions, scenes[i]));
        }
        var order = _images.ToArray();
        random.Shuffle<Image>(order);
        _images = [.. order];
    }

    public int Count(params string[] splits) => _images.Count(i => splits.Contains(i.Split));

    public IEnumerable<string> Ids(string split) => _images.Where(i => i.Split == split).Select(i => $"{i.Id}");

    public void WriteCocoCaptions(DataFolder data, string ending = "")
    {
        foreach (var part in new[] { "train2014", "val2014" })
            data.Write($"coco/captions_{part}.json{ending}", Captions(part).ToJsonString());
        foreach (var split in new[] { "val", "test" })
            data.Write($"coco/karpathy_{split}_images.txt{ending}", string.Concat(_images.Where(i => i.Split == split).Select(i => $"{i.Folder}/{i.Name} {i.Id}\n")));
    }

    public void WriteKarpathyCoco(DataFolder data, string name = "karpathy/dataset_coco.json") => data.Write(name, Karpathy("coco").ToJsonString());

    public void WriteFlickrCaptions(DataFolder data, string ending = "")
    {
        data.Write($"flickr30k/results.token{ending}", string.Concat(_images.SelectMany(i => i.Captions.Select((c, k) => $"{i.Flickr}#{k}\t{c}\n"))) + "1.jpg#0\tA photograph that no list names.\n");
        foreach (var split in new[] { "train", "val", "test" })
            data.Write($"flickr30k/{split}_images.txt{ending}", string.Concat(_images.Where(i => i.Split.Replace("restval", "train") == split).Select(i => i.Flickr + "\n")));
    }

    public void WriteKarpathyFlickr(DataFolder data) => data.Write("karpathy/dataset_flickr30k.json", Karpathy("flickr30k").ToJsonString());

    public void WritePictures(DataFolder data)
    {
        foreach (var image in _images) File.WriteAllBytes(data.File($"coco/{image.Folder}/{image.Name}"), MiniScenes.Png(image.Scene));
    }

    public void WriteFlickrPictures(DataFolder data)
    {
        foreach (var image in _images) File.WriteAllBytes(data.File($"flickr30k/images/{image.Flickr}"), MiniScenes.Png(image.Scene));
    }

    // COCO's annotations go round the images: the k-th captions of all, then the next.
    private JsonObject Captions(string part)
    {
        var images = _images.Where(i => i.Folder == part).ToList();
        var annotations = new JsonArray();
        for (var k = 0; k < 5; k++)
            foreach (var image in images) annotations.Add(new JsonObject { ["image_id"] = image.Id, ["id"] = image.Id * 10 + k, ["caption"] = image.Captions[k] });
        return new()
        {
            ["info"] = new JsonObject { ["description"] = "made up", ["year"] = 2014 },
            ["images"] = new JsonArray([.. images.Select(i => new JsonObject
            {
                ["license"] = 3, ["file_name"] = i.Name, ["coco_url"] = $"http://mscoco.org/images/{i.Id}", ["height"] = MiniScenes.Size, ["width"] = MiniScenes.Size, ["date_captured"] = "2013-11-14 11:18:45", ["flickr_url"] = "", ["id"] = i.Id,
            })]),
            ["licenses"] = new JsonArray(),
            ["annotations"] = annotations,
        };
    }

    private JsonObject Karpathy(string dataset)
    {
        var images = new JsonArray();
        foreach (var (image, number) in _images.Select((image, number) => (image, number)))
        {
            var one = new JsonObject
            {
                ["sentids"] = new JsonArray([.. Enumerable.Range(0, 5).Select(k => JsonValue.Create(number * 5 + k))]),
                ["imgid"] = number,
                ["sentences"] = new JsonArray([.. image.Captions.Select((c, k) => new JsonObject
                {
                    ["tokens"] = new JsonArray([.. c.ToLower(CultureInfo.InvariantCulture).Split(' ').Select(w => JsonValue.Create(w))]), ["raw"] = c, ["imgid"] = number, ["sentid"] = number * 5 + k,
                })]),
                ["split"] = dataset == "coco" ? image.Split : image.Split.Replace("restval", "train"),
                ["filename"] = dataset == "coco" ? image.Name : image.Flickr,
            };
            if (dataset == "coco") (one["filepath"], one["cocoid"]) = (image.Folder, image.Id);
            images.Add(one);
        }
        return new() { ["images"] = images, ["dataset"] = dataset };
    }
}
