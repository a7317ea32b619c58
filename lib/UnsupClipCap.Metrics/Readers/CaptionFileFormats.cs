using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Tells the formats apart by their content, and names them.</summary>
internal static class CaptionFileFormats
{
    public static string Name(CaptionFileFormat format) => format switch
    {
        CaptionFileFormat.CocoAnnotations => "COCO annotations",
        CaptionFileFormat.CocoResults => "COCO results",
        CaptionFileFormat.Karpathy => "Karpathy's splits",
        CaptionFileFormat.FlickrTokens => "a Flickr token file",
        _ => "an object of captions by image",
    };

    /// <summary>
    /// The format of the JSON value at hand, found by a look ahead: a list is COCO results; an object with lists of objects
    /// named <c>images</c> or <c>annotations</c> (or with empty ones and no other list that holds anything) is COCO's or, where its first image has a split or sentences,
    /// Karpathy's; an object of texts and of lists of texts is captions by image. The last needs a look at all its values, the others at no more than what stands before those lists.
    /// </summary>
    public static CaptionFileFormat Recognise(ref JsonCursor json, string path)
    {
        try
        {
            return Look(ref json, path);
        }
        catch (JsonException e)
        {
            throw json.Broken(e);
        }
    }

    private static CaptionFileFormat Look(ref JsonCursor json, string path)
    {
        if (json.Token == JsonTokenType.StartArray) return CaptionFileFormat.CocoResults;
        var (isCoco, hasLists, other) = (false, false, "");
        while (json.NextName())
        {
            var (isImages, isAnnotations) = (json.Is("images"u8), json.Is("annotations"u8));
            var name = other.Length == 0 ? json.Name() : "";
            json.Read();
            if (json.Token == JsonTokenType.StartArray)
            {
                json.Read();
                if (json.Token == JsonTokenType.StartObject)
                {
                    if (isAnnotations) return CaptionFileFormat.CocoAnnotations;
                    if (isImages) return IsSplit(json) ? CaptionFileFormat.Karpathy : CaptionFileFormat.CocoAnnotations;
                }
                var isEmpty = json.Token == JsonTokenType.EndArray;
                isCoco |= isEmpty && (isImages || isAnnotations);
                hasLists |= !isEmpty;
                if (!isEmpty && json.Token is not (JsonTokenType.String or JsonTokenType.Null)) other = name;
                for (; json.Token != JsonTokenType.EndArray; json.Read()) json.Skip();
            }
            else
            {
                if (json.Token is not (JsonTokenType.String or JsonTokenType.Null)) other = name;
                json.Skip();
            }
        }
        if (isCoco && !hasLists) return CaptionFileFormat.CocoAnnotations;
        return other.Length == 0 ? CaptionFileFormat.CaptionMap : throw Unknown(path, $": it is an object whose field '{other}' is neither a caption nor a list of captions");
    }

    public static MetricInputException Unknown(string path, string found) => new(
        $"{path} is in no known format{(found.Length > 0 ? found : ": it begins neither as JSON nor with a line of 'name#number', a tab and a caption")}. Expected one of: " +
        "COCO annotations {\"images\": [{\"id\"}], \"annotations\": [{\"id\", \"image_id\", \"caption\"}]}; " +
        "COCO results [{\"image_id\", \"caption\"}]; " +
        "Karpathy's splits {\"images\": [{\"split\", \"cocoid\" or \"filename\", \"sentences\": [{\"raw\"}]}]}; " +
        "Flickr token files with lines of name#number, a tab and a caption; " +
        "captions by image {\"image id\": [\"caption\"]} or {\"image id\": \"caption\"}; each of them gzipped or not. Convert it to one of these.");

    // Karpathy's images have sentences; where those lack, a split and no id of COCO's.
    private static bool IsSplit(JsonCursor image)
    {
        var (hasSplit, hasId) = (false, false);
        for (; image.NextName(); image.Skip())
        {
            if (image.Is("sentences"u8)) return true;
            hasSplit |= image.Is("split"u8);
            hasId |= image.Is("id"u8);
        }
        return hasSplit && !hasId;
    }
}
