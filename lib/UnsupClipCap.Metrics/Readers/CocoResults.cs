using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Reads COCO's results: one caption an element.</summary>
internal static class CocoResults
{
    public static CaptionFile Read(ref JsonCursor json, string path)
    {
        var captions = new CaptionFileBuilder();
        for (var i = 0; json.NextElement(); i++)
        {
            json.At("", i);
            json.Expect(JsonTokenType.StartObject, "an object with image_id and caption");
            ImageId? imageId = null;
            string? caption = null;
            while (json.NextName())
                if (!json.Take("image_id"u8, ref imageId) && !json.Take("caption"u8, ref caption)) json.Skip();
            var image = captions.Image(imageId ?? throw json.Missing("image_id", "the id of its image")).Image;
            captions.Add(image, caption ?? throw json.Missing("caption", "a caption"), new(i));
        }
        json.End();
        return captions.Build(path, CaptionFileFormat.CocoResults, p => $"[{p.Outer}]");
    }
}
