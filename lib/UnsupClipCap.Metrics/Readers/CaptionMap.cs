using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Reads captions by image: an object whose keys are ids, each with a caption or a list of them.</summary>
internal static class CaptionMap
{
    public static CaptionFile Read(ref JsonCursor json, string path)
    {
        var captions = new CaptionFileBuilder();
        while (json.NextName())
        {
            var id = json.Name();
            var (image, isNew) = captions.Image(id);
            json.Enter(seen: !isNew);
            if (json.Token == JsonTokenType.StartArray)
            {
                for (var k = 0; json.NextElement(); k++)
                {
                    json.At(id, k);
                    captions.Add(image, json.Text("a caption (a text; an empty one is allowed)"), new(image, k));
                }
            }
            else captions.Add(image, json.Text("a caption or a list of captions"), new(image));
            json.At("", -1);
        }
        json.End();
        return captions.Build(path, CaptionFileFormat.CaptionMap, p => $"\"{captions.Ids[p.Outer]}\"[{p.Inner}]");
    }
}
