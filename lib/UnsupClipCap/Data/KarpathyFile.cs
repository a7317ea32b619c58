using System.Text.Json;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>
/// Karpathy's <c>dataset_coco.json</c>, <c>dataset_flickr30k.json</c> and <c>dataset_flickr8k.json</c> (Karpathy and Fei-Fei, 2015), packed or not: captions, pictures'
/// file names and the split. <c>train</c> and <c>restval</c> are for training, <c>val</c> and <c>test</c> what they say.
/// </summary>
public static class KarpathyFile
{
    /// <summary>Reads the three parts, each in the order of its ids (numbers by size, names by letter).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">It is absent, damaged or not of this form: names field and place.</exception>
    public static CaptionSplits Read(string path) => DataFiles.Read(() => Read(FileContent.Read(path), path));

    private static CaptionSplits Read(FileContent content, string path)
    {
        var parts = new Dictionary<string, List<CaptionedImage>> { ["train"] = [], ["val"] = [], ["test"] = [] };
        var json = new JsonCursor(content);
        try
        {
            json.Read();
            json.Expect(JsonTokenType.StartObject, "an object with 'images'");
            var found = false;
            while (json.NextName())
            {
                if (json.Is("images"u8))
                {
                    json.Enter(seen: found);
                    found = true;
                    Images(ref json, parts);
                }
                else json.Skip();
                json.At("", -1);
            }
            json.End();
            if (!found) throw json.Missing("images", "the list of images");
        }
        catch (JsonException e)
        {
            throw json.Broken(e);
        }
        if (parts.FirstOrDefault(p => p.Value.Count == 0) is { Key: not null } empty) throw new MetricInputException($"{path} has no images of split '{empty.Key}'; expected Karpathy's train (with or without restval), val and test. Fetch it again.");
        return new(CaptionOrder.ById(parts["train"]), CaptionOrder.ById(parts["val"]), CaptionOrder.ById(parts["test"]));
    }

    private static void Images(ref JsonCursor json, Dictionary<string, List<CaptionedImage>> parts)
    {
        var placeOf = new Dictionary<string, int>(StringComparer.Ordinal);
        json.Expect(JsonTokenType.StartArray, "a list of images");
        for (var i = 0; json.NextElement(); i++)
        {
            json.At("images", i);
            json.Expect(JsonTokenType.StartObject, "an object with split, filename and sentences");
            ImageId? cocoId = null;
            string? split = null, file = null, folder = null;
            List<string>? captions = null;
            while (json.NextName())
            {
                if (json.Take("split"u8, ref split, "the name of a split") || json.Take("cocoid"u8, ref cocoId)
                    || json.Take("filename"u8, ref file, "the picture's file name") || json.Take("filepath"u8, ref folder, "the picture's folder")) continue;
                if (json.Is("sentences"u8))
                {
                    json.Enter(seen: captions is not null);
                    captions = Sentences(ref json);
                }
                else json.Skip();
            }
            if (file is null) throw json.Missing("filename", "the picture's file name");
            if (captions is null || captions.Count == 0) throw json.Missing("sentences", "one caption or more");
            var part = split switch
            {
                "train" or "restval" => "train",
                "val" or "test" => split,
                null => throw json.Missing("split", "train, restval, val or test"),
                _ => throw json.Fault($"is of split '{split}'; expected train, restval, val or test"),
            };
            var id = cocoId?.Text ?? file;
            if (!placeOf.TryAdd(id, i)) throw json.Fault($"has the id '{id}', which images[{placeOf[id]}] has already; expected each image once");
            parts[part].Add(new(id, captions) { File = folder is null ? file : $"{folder}/{file}" });
        }
    }

    private static List<string> Sentences(ref JsonCursor json)
    {
        var captions = new List<string>(5);
        json.Expect(JsonTokenType.StartArray, "a list of captions");
        for (var k = 0; json.NextElement(); k++)
        {
            json.AtInner("sentences", k);
            json.Expect(JsonTokenType.StartObject, "an object with the caption as 'raw'");
            string? raw = null;
            while (json.NextName())
                if (!json.Take("raw"u8, ref raw)) json.Skip();
            captions.Add((raw ?? throw json.Missing("raw", "a caption")).Trim());
        }
        return captions;
    }
}
