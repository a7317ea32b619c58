using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Reads the images of some split of Karpathy's <c>dataset_*.json</c>. An image's id is its <c>cocoid</c>, else its <c>filename</c>, else its <c>imgid</c>.</summary>
internal static class KarpathySplits
{
    private const string All = "all";

    public static CaptionFile Read(ref JsonCursor json, string path, string split)
    {
        var wanted = split.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var found = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        CaptionFileBuilder? captions = null;
        while (json.NextName())
        {
            if (json.Is("images"u8))
            {
                json.Enter(seen: captions is not null);
                Images(ref json, captions = new(), wanted, found);
            }
            else json.Skip();
            json.At("", -1);
        }
        json.End();
        var absent = wanted.Where(w => w != All && !found.ContainsKey(w)).ToList();
        if (absent.Count > 0 || wanted.Length == 0)
            throw new MetricInputException($"{path} has no images of split '{(wanted.Length == 0 ? split : absent[0])}'; expected some of {string.Join(", ", found.Select(f => $"{f.Key} ({f.Value})"))}, several joined by '+', or '{All}'. Name one of these.");
        return captions!.Build(path, CaptionFileFormat.Karpathy, p => $"images[{p.Outer}].sentences[{p.Inner}]");
    }

    private static void Images(ref JsonCursor json, CaptionFileBuilder captions, string[] wanted, OrderedDictionary<string, int> found)
    {
        var placeOf = new List<int>();
        json.Expect(JsonTokenType.StartArray, "a list of images");
        for (var i = 0; json.NextElement(); i++)
        {
            json.At("images", i);
            json.Expect(JsonTokenType.StartObject, "an object with split, cocoid or filename, and sentences");
            ImageId? cocoId = null, filename = null, number = null;
            string? split = null;
            var sentences = json;           // the split may come after the sentences: their place is kept, and they are read if they are wanted
            var hasSentences = false;
            while (json.NextName())
            {
                if (json.Take("split"u8, ref split, "the name of a split") || json.Take("cocoid"u8, ref cocoId)
                    || json.Take("filename"u8, ref filename) || json.Take("imgid"u8, ref number)) continue;
                if (json.Is("sentences"u8))
                {
                    json.Enter(seen: hasSentences);
                    sentences = json;
                    hasSentences = true;
                }
                json.Skip();
            }
            if (split is null) throw json.Missing("split", "the name of its split");
            found[split] = found.GetValueOrDefault(split) + 1;
            if (!wanted.Contains(split) && !wanted.Contains(All)) continue;
            var id = cocoId ?? filename ?? number ?? throw json.Missing("cocoid", "that or 'filename'");
            var (image, isNew) = captions.Image(id);
            if (!isNew) throw json.Fault($"has the id '{id}', which images[{placeOf[image]}] has already; expected each image once");
            placeOf.Add(i);
            if (!hasSentences) throw json.Missing("sentences", "the list of its captions");
            Sentences(sentences, captions, image, i);
        }
    }

    private static void Sentences(JsonCursor json, CaptionFileBuilder captions, int image, int place)
    {
        json.Expect(JsonTokenType.StartArray, "a list of captions");
        for (var k = 0; json.NextElement(); k++)
        {
            json.AtInner("sentences", k);
            json.Expect(JsonTokenType.StartObject, "an object with the caption as 'raw'");
            string? raw = null;
            while (json.NextName())
                if (!json.Take("raw"u8, ref raw)) json.Skip();
            captions.Add(image, raw ?? throw json.Missing("raw", "a caption"), new(place, k));
        }
    }
}
