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
        RefuseVariants(vision, text);
        var depth = vision.Required("layers");
        var isVit = depth.Value.ValueKind == JsonValueKind.Number;
        int[] layers = isVit ? [depth.Size(ModelSizes.Layers)] : [.. depth.List(stage => stage.Size(ModelSizes.Layers))];
        if (layers.Length is < 1 or > 8) throw depth.Wrong("the number of layers, or 1 to 8 numbers of a ResNet's stages");
        var width = vision.Size("width", ModelSizes.Width);
        var headWidth = vision.Size("head_width", ModelSizes.Width, 64);
        var channels = isVit ? width : ModifiedResNet.OutputWidth(width, layers.Length);
        if (channels % headWidth != 0) throw vision.Wrong($"a width of which head_width ({headWidth}) is a part: {channels} is no multiple of it");
        return new()
        {
            EmbeddingWidth = json.Size("embed_dim", ModelSizes.Width),
            QuickGelu = json.Optional("quick_gelu")?.Truth() ?? false,
            Vision = new()
            {
                ImageSize = vision.Size("image_size", ModelSizes.Pixels),
                Width = width,
                PatchSize = isVit ? vision.Size("patch_size", ModelSizes.Pixels) : null,
                Layers = layers,
                Heads = channels / headWidth,
            },
            Text = new()
            {
                Vocabulary = text.Size("vocab_size", ModelSizes.Tokens),
                Context = text.Size("context_length", ModelSizes.Positions),
                Width = text.Size("width", ModelSizes.Width),
                Layers = text.Size("layers", ModelSizes.Layers),
                Heads = text.Size("heads", ModelSizes.Width),
            },
        };
    }

    /// <summary>OpenCLIP's variants that compute something else with weights of the same names and shapes.</summary>
    private static void RefuseVariants(JsonPlace vision, JsonPlace text)
    {
        foreach (var (tower, pool) in new[] { (vision, "tok"), (text, "argmax") })
        {
            if (tower.Optional("pool_type") is { } pooling && pooling.Text() != pool) throw pooling.Wrong($"'{pool}', CLIP's own");
            foreach (var name in new[] { "act_kwargs", "norm_kwargs" })
                if (tower.Optional(name) is { } kwargs && kwargs.Map(p => p).Count > 0) throw kwargs.Wrong("none: only CLIP's own is done here");
            foreach (var name in new[] { "global_average_pool", "input_patchnorm", "no_ln_pre", "no_causal_mask", "embed_cls" })
                if (tower.Optional(name) is { } variant && variant.Truth()) throw variant.Wrong("false: this variant of CLIP is not supported");
        }
    }

    /// <summary>About how many parameters a CLIP of these sizes has.</summary>
    internal double Parameters(int? visionHidden = null, int? textHidden = null)
    {
        double w = Vision.Width, t = Text.Width, e = EmbeddingWidth, side = Vision.ImageSize;
        var text = (Text.Vocabulary + Text.Context + e) * t + Text.Layers * t * (4 * t + 2 * (textHidden ?? 4 * t));
        if (Vision.PatchSize is { } patch)
            return text + (3.0 * patch * patch + side * side / patch / patch + e) * w + Vision.Layers[0] * w * (4 * w + 2 * (visionHidden ?? 4 * w));
        var (stages, last) = (Vision.Layers.Length, 4 * w * (1 << (Vision.Layers.Length - 1)));
        var grid = side / (2 << stages);
        return text + last * (3 * last + e + grid * grid) + Vision.Layers.Select((blocks, stage) => (17.0 * blocks + 6) * Math.Pow(w * (1 << stage), 2)).Sum();
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
