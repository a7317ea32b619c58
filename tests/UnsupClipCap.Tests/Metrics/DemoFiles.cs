using System.Text.Json;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>Coco-caption's demo set as the files it is published in: COCO annotations and results.</summary>
internal static class DemoFiles
{
    public static (string References, string Candidates) Write(FileFolder folder)
    {
        var demo = JsonNode.Parse(File.ReadAllBytes(Goldens.Data("metrics/coco_caption_demo.json")))!.AsArray();
        var annotations = demo.SelectMany(image => image!["refs"]!.AsArray().Select(r => (Image: image["image_id"]!, Caption: r!)))
            .Select((a, i) => new JsonObject { ["image_id"] = a.Image.DeepClone(), ["id"] = i, ["caption"] = a.Caption.DeepClone() });
        var references = new JsonObject
        {
            ["info"] = new JsonObject { ["description"] = "demo" },
            ["images"] = new JsonArray([.. demo.Select(image => new JsonObject { ["file_name"] = "x.jpg", ["id"] = image!["image_id"]!.DeepClone() })]),
            ["annotations"] = new JsonArray([.. annotations]),
        };
        var candidates = new JsonArray([.. demo.Reverse().Select(image => new JsonObject { ["image_id"] = image!["image_id"]!.DeepClone(), ["caption"] = image["test"]!.DeepClone() })]);
        return (folder.Write("demo_references.json", references.ToJsonString()), folder.Write("demo_candidates.json", candidates.ToJsonString(new JsonSerializerOptions { WriteIndented = true })));
    }
}
