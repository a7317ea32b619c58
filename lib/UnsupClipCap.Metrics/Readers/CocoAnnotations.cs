using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>Reads COCO's annotation files; <c>images</c> and <c>annotations</c> may come in either order.</summary>
internal static class CocoAnnotations
{
    public static CaptionFile Read(ref JsonCursor json, string path)
    {
        var captions = new CaptionFileBuilder();
        List<int>? images = null;
        List<int>? annotations = null;
        while (json.NextName())
        {
            if (json.Is("images"u8))
            {
                json.Enter(seen: images is not null);
                images = Images(ref json, captions);
            }
            else if (json.Is("annotations"u8))
            {
                json.Enter(seen: annotations is not null);
                annotations = Annotations(ref json, captions);
            }
            else json.Skip();
            json.At("", -1);
        }
        json.End();
        if (images is null) throw json.Missing("images", "the list of images, each with its id");
        if (annotations is null) throw json.Missing("annotations", "the list of captions, each with id, image_id and caption");
        Check(path, captions, images, annotations);
        return captions.Build(path, CaptionFileFormat.CocoAnnotations, p => $"annotations[{p.Outer}]", images);
    }

    /// <summary>The numbers of the images in the list's order.</summary>
    private static List<int> Images(ref JsonCursor json, CaptionFileBuilder captions)
    {
        var order = new List<int>();
        var placeOf = new Dictionary<int, int>();
        json.Expect(JsonTokenType.StartArray, "a list of images");
        while (json.NextElement())
        {
            json.At("images", order.Count);
            json.Expect(JsonTokenType.StartObject, "an object with the image's id");
            ImageId? id = null;
            while (json.NextName())
                if (!json.Take("id"u8, ref id)) json.Skip();

            var image = captions.Image(id ?? throw json.Missing("id", "the image's id")).Image;
            if (!placeOf.TryAdd(image, order.Count)) throw json.Fault($"has the id '{id}', which images[{placeOf[image]}] has already; expected each image once");
            order.Add(image);
        }
        return order;
    }

    /// <summary>The number of the image of each annotation.</summary>
    private static List<int> Annotations(ref JsonCursor json, CaptionFileBuilder captions)
    {
        var imageOf = new List<int>();
        var ids = new Dictionary<ImageId, int>();
        json.Expect(JsonTokenType.StartArray, "a list of annotations");
        while (json.NextElement())
        {
            json.At("annotations", imageOf.Count);
            json.Expect(JsonTokenType.StartObject, "an object with id, image_id and caption");
            ImageId? id = null, imageId = null;
            string? caption = null;
            while (json.NextName())
                if (!json.Take("id"u8, ref id) && !json.Take("image_id"u8, ref imageId) && !json.Take("caption"u8, ref caption)) json.Skip();

            var own = id ?? throw json.Missing("id", "the annotation's id");
            if (!ids.TryAdd(own, imageOf.Count)) throw json.Fault($"has the id '{own}', which annotations[{ids[own]}] has already; expected each annotation once");
            var image = captions.Image(imageId ?? throw json.Missing("image_id", "the id of its image")).Image;
            captions.Add(image, caption ?? throw json.Missing("caption", "a caption"), new(imageOf.Count));
            imageOf.Add(image);
        }
        return imageOf;
    }

    private static void Check(string path, CaptionFileBuilder captions, List<int> images, List<int> annotations)
    {
        if (images.Count == captions.ImageCount) return;
        var listed = new bool[captions.ImageCount];
        foreach (var image in images) listed[image] = true;
        var strays = annotations.Count(image => !listed[image]);
        var first = annotations.FindIndex(image => !listed[image]);
        throw new MetricInputException($"{path}: {strays} of {annotations.Count} annotations are of images that 'images' does not list; the first is field 'annotations[{first}].image_id', " +
            $"which is '{captions.Ids[annotations[first]]}'. Expected an image of that id. List the image, or leave the annotation out.");
    }
}
