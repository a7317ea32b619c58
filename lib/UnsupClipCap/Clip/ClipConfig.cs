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
        var json = JsonFile.Read(path);
        if (json.Has("model_cfg")) json = json.Object("model_cfg");
        var vision = json.Object("vision_cfg");
        var text = json.Object("text_cfg");
        var layers = vision.Ints("layers");
        var isVit = vision.Value.GetProperty("layers").ValueKind == JsonValueKind.Number;
        var width = vision.Int("width");
        var headWidth = vision.Int("head_width", 64);
        return new()
        {
            EmbeddingWidth = json.Int("embed_dim"),
            QuickGelu = json.Flag("quick_gelu", false),
            Vision = new()
            {
                ImageSize = vision.Int("image_size"),
                Width = width,
                PatchSize = isVit ? vision.Int("patch_size") : null,
                Layers = layers,
                Heads = (isVit ? width : ModifiedResNet.OutputWidth(width, layers.Length)) / headWidth,
            },
            Text = new()
            {
                Vocabulary = text.Int("vocab_size"),
                Context = text.Int("context_length"),
                Width = text.Int("width"),
                Layers = text.Int("layers"),
                Heads = text.Int("heads"),
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
