using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>
/// Flickr30k (Young et al., 2014) in the split of 29,000 / 1,014 / 1,000. Either <c>dataset_flickr30k.json</c> (in <c>flickr30k</c> or <c>karpathy</c> under a data folder), or
/// <c>flickr30k/results.token</c> (lines <c>NAME#k TAB caption</c>) with the lists <c>flickr30k/{train,val,test}_images.txt</c> (a name a line); photographs that no list names are not used.
/// All files may be packed (<c>.gz</c>).
/// </summary>
public static class Flickr30k
{
    /// <summary>Folder of the data set under a data folder; pictures lie in its <c>images</c>.</summary>
    public const string FolderName = "flickr30k";

    /// <summary>The data set's name for <c>./run fetch</c>: captions and lists.</summary>
    public const string Fetch = "flickr30k-captions";

    private const string Again = "Fetch it again with './run fetch flickr30k-captions'.";

    /// <summary>Reads the captions and the split from the data folders. Ids are file names.</summary>
    /// <exception cref="UserException">Files are missing (all are named, with the folders looked into and the command that fetches them), damaged, or do not fit each other.</exception>
    public static CaptionSplits Read()
    {
        if (DataFiles.Find("flickr30k/dataset_flickr30k.json", "karpathy/dataset_flickr30k.json") is { } karpathy)
        {
            var splits = KarpathyFile.Read(karpathy);
            return new(InImages(splits.Train), InImages(splits.Validation), InImages(splits.Test));
        }
        var files = new DataFiles();
        var (captions, train) = (files.Need("flickr30k/results.token", Fetch), files.Need("flickr30k/train_images.txt", Fetch));
        var (validation, test) = (files.Need("flickr30k/val_images.txt", Fetch), files.Need("flickr30k/test_images.txt", Fetch));
        files.ThrowIfMissing("Flickr30k", "Karpathy's dataset_flickr30k.json ('./run fetch karpathy') does instead of all of them.");
        return Read(captions!, train!, validation!, test!);
    }

    /// <summary>Reads the captions and the split from four files.</summary>
    /// <exception cref="UserException">A file is damaged, or they do not fit each other.</exception>
    public static CaptionSplits Read(string captions, string train, string validation, string test)
    {
        var file = DataFiles.Read(() => CaptionFile.Read(captions));
        if (file.Format != CaptionFileFormat.FlickrTokens) throw new UserException($"{captions} is {CaptionFileFormats.Name(file.Format)}; expected a Flickr token file, lines of NAME#k, a tab and a caption. {Again}");
        var rows = Enumerable.Range(0, file.Ids.Count).ToDictionary(i => file.Ids[i].Text, i => i, StringComparer.Ordinal);
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        return new(Part(train), Part(validation), Part(test));

        IReadOnlyList<CaptionedImage> Part(string list)
        {
            var part = new List<CaptionedImage>();
            foreach (var (line, number) in DataFiles.Lines(list))
            {
                var name = line.Trim();
                if (!rows.TryGetValue(name, out var row)) throw new UserException($"{list}, line {number}: found '{name}', which {captions} has no caption of. {Again}");
                if (!taken.TryAdd(name, list)) throw new UserException($"{list}, line {number}: {name} is in {(taken[name] == list ? "this list" : taken[name])} already; expected each photograph once. {Again}");
                part.Add(new(name, [.. file.Captions[row].Select(c => c.Trim())]));
            }
            return InImages(part);
        }
    }

    private static IReadOnlyList<CaptionedImage> InImages(IReadOnlyList<CaptionedImage> part) => CaptionOrder.ById(part.Select(i => i with { File = $"images/{i.Id}" }));
}
