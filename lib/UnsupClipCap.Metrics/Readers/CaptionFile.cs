using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>
/// A file of captions by image, references or candidates, in any of the formats of <see cref="CaptionFileFormat"/>. Captions
/// are kept as they stand, empty ones too; they are not tokenised here.
/// </summary>
/// <remarks>
/// <para>The format is known by the content, not by the file's name; so is gzip. Only the fields named at the formats are read, others
/// may be there or not. The text must be UTF-8, with or without a byte-order mark.</para>
/// <para>Images stand in the file's order: of COCO's annotations that is the order of <c>images</c>, elsewhere the order in which they
/// first come. Images may have no caption (listed in <c>images</c> without an annotation, or with an empty list); that is for
/// <see cref="Coco"/> to judge.</para>
/// <para>Errors are: an image listed twice, an annotation's id twice, an annotation of an image that is not listed, the same
/// <c>name#number</c> twice, a field twice in one object, a caption that is null or no text, an id that is neither text nor whole number.</para>
/// </remarks>
public sealed class CaptionFile
{
    /// <summary>The parts of Karpathy's splits that are read where nothing else is asked for.</summary>
    public const string DefaultSplit = "test";

    private readonly Func<CaptionPlace, string> _place;
    private readonly CaptionPlace[][] _places;

    internal CaptionFile(string path, CaptionFileFormat format, ImageId[] ids, string[][] captions, CaptionPlace[][] places, Func<CaptionPlace, string> place)
    {
        (Path, Format, Ids, Captions, _places, _place) = (path, format, ids, captions, places, place);
        CaptionCount = captions.Sum(c => c.Length);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The format it is in.</summary>
    public CaptionFileFormat Format { get; }

    /// <summary>The ids of its I images, each once.</summary>
    public IReadOnlyList<ImageId> Ids { get; }

    /// <summary>Of each of the I images, its captions in the file's order; may be none.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Captions { get; }

    /// <summary>Number of captions over all images.</summary>
    public int CaptionCount { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A file in one of the formats, gzipped or not.</param>
    /// <param name="split">
    /// The part of Karpathy's file that is read, or several joined by <c>+</c> (<c>train+restval</c>), or <c>all</c>; null for
    /// <see cref="DefaultSplit"/>. Naming one for a file of another format is an error.
    /// </param>
    /// <exception cref="MetricInputException">The file cannot be read, is in none of the formats, or is wrong: the message names file, field and place.</exception>
    public static CaptionFile Read(string path, string? split = null)
    {
        var content = FileContent.Read(path);
        var first = content.Text[content.Text.IndexOfAnyExcept(" \t\r\n"u8)];
        if (first is not ((byte)'{' or (byte)'['))
            return FlickrTokenFile.IsOne(content) ? Unsplit(FlickrTokenFile.Read(content), split) : throw CaptionFileFormats.Unknown(path, "");
        var json = new JsonCursor(content);
        try
        {
            json.Read();
            var ahead = json;
            return CaptionFileFormats.Recognise(ref ahead, path) switch
            {
                CaptionFileFormat.CocoAnnotations => Unsplit(CocoAnnotations.Read(ref json, path), split),
                CaptionFileFormat.CocoResults => Unsplit(CocoResults.Read(ref json, path), split),
                CaptionFileFormat.Karpathy => KarpathySplits.Read(ref json, path, split ?? DefaultSplit),
                _ => Unsplit(CaptionMap.Read(ref json, path), split),
            };
        }
        catch (JsonException e)
        {
            throw json.Broken(e);
        }
    }

    /// <summary>Where a caption stands, for messages.</summary>
    internal string PlaceOf(int image, int caption) => _place(_places[image][caption]);

    private static CaptionFile Unsplit(CaptionFile file, string? split) => split is null ? file : throw new MetricInputException(
        $"{file.Path} is {CaptionFileFormats.Name(file.Format)} and has no splits; found the split '{split}' asked for, expected none. Leave it out, or give Karpathy's file.");
}
