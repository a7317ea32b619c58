using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Captions without pictures: what a text-only user has.</summary>
public static class TextCorpus
{
    /// <summary>
    /// Reads a text of one caption a line, packed or not; each is an entry of its own, called by its line's number from 1. Blank lines are passed over. For captions that
    /// belong together (another caption of the same image, eq. (2)) read a captions file by <see cref="ReadGrouped"/>.
    /// </summary>
    /// <exception cref="UserException">The file is absent, empty, cut off or not UTF-8.</exception>
    public static IReadOnlyList<CaptionedImage> Read(string path) =>
        [.. DataFiles.Lines(path).Select(l => new CaptionedImage(FormattableString.Invariant($"{l.Number}"), [l.Text.Trim()]))];

    /// <summary>Reads the captions of a COCO, Flickr or name-to-captions file, packed or not, as groups of captions of one image that nobody has to have.</summary>
    /// <exception cref="UserException">The file is absent, damaged or in none of the formats, or a group has no caption.</exception>
    public static IReadOnlyList<CaptionedImage> ReadGrouped(string path)
    {
        var file = DataFiles.Read(() => CaptionFile.Read(path));
        var empty = Enumerable.Range(0, file.Ids.Count).FirstOrDefault(i => file.Captions[i].Count == 0, -1);
        return empty < 0 ? [.. file.Ids.Select((id, i) => new CaptionedImage(id.Text, [.. file.Captions[i].Select(c => c.Trim())]))]
            : throw new UserException($"{path}: '{file.Ids[empty]}' has no caption; expected one or more.");
    }
}
