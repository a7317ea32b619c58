using System.Text.Json;

namespace UnsupClipCap;

/// <summary>Sizes of a CLIP, in the form of OpenCLIP's model files (<c>open_clip_config.json</c>).</summary>
public sealed record ClipConfig
{
    /// <summary>Width of the joint embedding (<c>embed_dim</c>).</summary>
    public required int EmbeddingWidth { get; init; }
    /// <summary>The image tower.</summary>
    public required ClipVisionConfig Vision { get; init; }
    /// <summary>The text tower.</summary>
    public required ClipTextConfig Text { get; init; }
    /// <summary>Whether the activation is x sigmoid(1.702 x), as in OpenAI's weights, instead of the exact GELU.</summary>
    public bool QuickGelu { get; init; } = true;

    /// <summary>Reads an OpenCLIP model file: either the whole or its <c>model_cfg</c>.</summary>
    /// <exception cref="UserException">The file is absent, or a field is missing or wrong.</exception>
    public static ClipConfig Read(string path)
    {
        var json = JsonPlace.Read(path, "Fetch or make the CLIP's configuration again.");
        json = json.Optional("model_cfg") ?? json;
        var (vision, text) = (json.Required("vision_cfg"), json.Required("text_cfg"));
        var depth = vision.Required("layers");
        var isVit = depth.Value.ValueKind == JsonValueKind.Number;
        int[] layers = isVit ? [depth.Int()] : [.. depth.List(stage => stage.Int())];
        var width = vision.Required("width").Int();
        var headWidth = vision.Int("head_width", 64);
        return new()
        {
            EmbeddingWidth = json.Required("embed_dim").Int(),
            QuickGelu = json.Optional("quick_gelu")?.Truth() ?? false,
            Vision = new()
            {
                ImageSize = vision.Required("image_size").Int(),
                Width = width,
                PatchSize = isVit ? vision.Required("patch_size").Int() : null,
                Layers = layers,
                Heads = (isVit ? width : ModifiedResNet.OutputWidth(width, layers.Length)) / headWidth,
            },
            Text = new()
            {
                Vocabulary = text.Required("vocab_size").Int(),
                Context = text.Required("context_length").Int(),
                Width = text.Required("width").Int(),
                Layers = text.Required("layers").Int(),
                Heads = text.Required("heads").Int(),
            },
        };
    }

    /// <summary>This configuration as an OpenCLIP model file.</summary>
    public string ToJson()
    {
        var vision = new Dictionary<string, object>
        {
            ["image_size"] = Vision.ImageSize,
            ["layers"] = Vision.PatchSize is null ? Vision.Layers : Vision.Layers[0],
            ["width"] = Vision.Width,
            ["head_width"] = (Vision.PatchSize is null ? ModifiedResNet.OutputWidth(Vision.Width, Vision.Layers.Length) : Vision.Width) / Vision.Heads,
        };
        if (Vision.PatchSize is { } patch) vision["patch_size"] = patch;
        var model = new
        {
            embed_dim = EmbeddingWidth,
            quick_gelu = QuickGelu,
            vision_cfg = vision,
            text_cfg = new { context_length = Text.Context, vocab_size = Text.Vocabulary, width = Text.Width, heads = Text.Heads, layers = Text.Layers },
        };
        return JsonSerializer.Serialize(new { model_cfg = model }, new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }
}

/// <summary>Sizes of CLIP's image tower: a Vision Transformer where <see cref="PatchSize"/> is set, else a ModifiedResNet.</summary>
public sealed record ClipVisionConfig
{
    /// <summary>Side of the square input, pixels.</summary>
    public required int ImageSize { get; init; }
    /// <summary>Transformer width, or channels after the ResNet's stem.</summary>
    public required int Width { get; init; }
    /// <summary>Side of a patch, pixels; null for a ModifiedResNet.</summary>
    public int? PatchSize { get; init; }
    /// <summary>One number of blocks for a transformer; one a stage for a ResNet (four stages in the published models).</summary>
    public required int[] Layers { get; init; }
    /// <summary>Attention heads: of each block, or of the ResNet's attention pool.</summary>
    public required int Heads { get; init; }
}

/// <summary>Sizes of CLIP's text tower.</summary>
public sealed record ClipTextConfig
{
    /// <summary>Number of tokens, start and end included.</summary>
    public required int Vocabulary { get; init; }
    /// <summary>Longest text in tokens, start and end included (77 in the published models).</summary>
    public required int Context { get; init; }
    /// <summary>Transformer width.</summary>
    public required int Width { get; init; }
    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }
    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }
}
