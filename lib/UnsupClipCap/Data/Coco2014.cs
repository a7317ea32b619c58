using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>
/// MS-COCO 2014 (Lin et al., 2014) in Karpathy's split. Either <c>dataset_coco.json</c> (in <c>coco</c> or <c>karpathy</c> under a data folder), or COCO's own
/// <c>coco/captions_{train,val}2014.json</c> with the lists <c>coco/karpathy_{val,test}_images.txt</c> (lines <c>val2014/NAME ID</c>): what they do not name, train2014 and the rest
/// of val2014 ("restval"), is for training. Both ways give the same images in the same order; all files may be packed (<c>.gz</c>).
/// </summary>
public static class Coco2014
{
    /// <summary>Folder of the data set under a data folder; pictures lie in its <c>train2014</c> and <c>val2014</c>.</summary>
    public const string FolderName = "coco";

    /// <summary>The data set's name for <c>./run fetch</c>: captions and lists.</summary>
    public const string Fetch = "coco";

    /// <summary>Reads the captions and the split from the data folders. Ids are COCO's numbers.</summary>
    /// <exception cref="UserException">Files are missing (all are named, with the folders looked into and the command that fetches them), damaged, or do not fit each other.</exception>
    public static CaptionSplits Read()
    {
        if (DataFiles.Find("coco/dataset_coco.json", "karpathy/dataset_coco.json") is { } karpathy)
        {
            var splits = KarpathyFile.Read(karpathy);
            return splits.All.FirstOrDefault(i => !i.File!.StartsWith("train2014/", StringComparison.Ordinal) && !i.File.StartsWith("val2014/", StringComparison.Ordinal)) is not { } odd ? splits
                : throw new UserException($"{karpathy}: the picture of {odd.Id} is '{odd.File}'; expected one in train2014 or val2014, by the fields 'filepath' and 'filename'. Fetch it again with './run fetch karpathy'.");
        }
        var files = new DataFiles();
        var (train, val) = (files.Need("coco/captions_train2014.json", Fetch), files.Need("coco/captions_val2014.json", Fetch));
        var (validation, test) = (files.Need("coco/karpathy_val_images.txt", Fetch), files.Need("coco/karpathy_test_images.txt", Fetch));
        files.ThrowIfMissing("COCO 2014", "Karpathy's dataset_coco.json ('./run fetch karpathy') does instead of all of them.");
        return Read(train!, val!, validation!, test!);
    }

    /// <summary>Reads the captions and the split from four files.</summary>
    /// <param name="train">COCO's captions of train2014.</param>
    /// <param name="val">COCO's captions of val2014.</param>
    /// <param name="validation">The list of Karpathy's validation images.</param>
    /// <param name="test">The list of his test images.</param>
    /// <exception cref="UserException">A file is damaged, or they do not fit each other.</exception>
    public static CaptionSplits Read(string train, string val, string validation, string test)
    {
        var images = new Dictionary<string, CaptionedImage>(StringComparer.Ordinal);
        foreach (var (path, part) in new[] { (val, "val2014"), (train, "train2014") })
        {
            var file = DataFiles.Read(() => CaptionFile.Read(path));
            if (file.Format != CaptionFileFormat.CocoAnnotations) throw new UserException($"{path} is {CaptionFileFormats.Name(file.Format)}; expected COCO annotations, an object with 'images' and 'annotations'. {Again}");
            for (var i = 0; i < file.Ids.Count; i++)
            {
                var id = file.Ids[i].Text;
                if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw new UserException($"{path}: the image '{id}' has no number for an id; expected COCO's. {Again}");
                if (file.Captions[i].Count == 0) throw new UserException($"{path}: image {id} has no caption; expected one or more. {Again}");
                var image = new CaptionedImage(id, [.. file.Captions[i].Select(c => c.Trim())]) { File = FormattableString.Invariant($"{part}/COCO_{part}_{number:D12}.jpg") };
                if (!images.TryAdd(id, image)) throw new UserException($"{path}: image {id} is in {val} already; expected each image in one of the two. {Again}");
            }
        }
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        var (first, second) = (Listed(validation), Listed(test));
        return new(CaptionOrder.ById(images.Values.Where(i => !taken.ContainsKey(i.Id))), CaptionOrder.ById(first), CaptionOrder.ById(second));

        List<CaptionedImage> Listed(string list)
        {
            var part = new List<CaptionedImage>();
            foreach (var (line, number) in DataFiles.Lines(list))
            {
                var id = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
                if (!images.TryGetValue(id, out var image)) throw new UserException($"{list}, line {number}: found '{line}'; its id {id} is in neither {val} nor {train}. Expected lines 'val2014/NAME ID' of images in one of them. {Again}");
                if (!line.Contains(image.File!, StringComparison.Ordinal) && line.Contains('/')) throw new UserException($"{list}, line {number}: found '{line}'; the picture of {id} is {image.File}. {Again}");
                if (!taken.TryAdd(id, list)) throw new UserException($"{list}, line {number}: the id {id} is in {(taken[id] == list ? "this list" : taken[id])} already; expected each image once. {Again}");
                part.Add(image);
            }
            return part;
        }
    }

    private const string Again = "Fetch it again with './run fetch coco'.";
}
