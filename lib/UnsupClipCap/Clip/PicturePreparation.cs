namespace UnsupClipCap;

/// <summary>
/// How pictures are made ready for a CLIP: the short side is resized to <see cref="Resize"/> pixels by the antialiased bicubic filter, or both sides where <see cref="IsSquashed"/>, the middle
/// <see cref="Crop"/> x <see cref="Crop"/> is cut out, and each channel is normalised.
/// </summary>
public sealed record PicturePreparation
{
    private const int Bicubic = 3;                          // Pillow's number of the filter
    private static readonly double[] ClipMean = [0.48145466, 0.4578275, 0.40821073], ClipStd = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Pixels of the short side after resizing.</summary>
    public required int Resize { get; init; }
    /// <summary>Side of the square that the model takes, pixels.</summary>
    public required int Crop { get; init; }
    /// <summary>Whether both sides become <see cref="Resize"/>, whatever the picture's shape.</summary>
    public bool IsSquashed { get; init; }
    /// <summary>Of red, green and blue in 0..1: what is subtracted.</summary>
    public IReadOnlyList<double> Mean { get; init; } = ClipMean;
    /// <summary>Of red, green and blue in 0..1: what is divided by.</summary>
    public IReadOnlyList<double> Std { get; init; } = ClipStd;
    /// <summary>When transparency and palettes become plain colours.</summary>
    public PictureColours Colours { get; init; }

    /// <summary>OpenAI's preparation for a model of this size.</summary>
    public static PicturePreparation Of(int size, PictureColours colours = PictureColours.AfterResizing) => new() { Resize = size, Crop = size, Colours = colours };

    /// <summary>Whether it is OpenAI's but for the time at which colours become plain.</summary>
    internal bool IsClips => !IsSquashed && Resize == Crop && Mean.SequenceEqual(ClipMean) && Std.SequenceEqual(ClipStd);

    /// <summary>
    /// What the checkpoint in <paramref name="path"/> asks for: <c>preprocessor_config.json</c> (or <c>processor_config.json</c>) beside Hugging Face's, <c>preprocess_cfg</c> in OpenCLIP's; OpenAI's
    /// own where it says nothing.
    /// </summary>
    /// <param name="path">A folder, or one of OpenAI's files.</param>
    /// <param name="size">Side of the model's input, pixels.</param>
    /// <exception cref="UserException">It asks for something that is not done here: names the file and the field.</exception>
    public static PicturePreparation Read(string path, int size)
    {
        const string remedy = "Fetch the checkpoint's configuration again.";
        if (!Directory.Exists(path)) return Of(size);
        if (!ClipCheckpoint.IsHuggingFace(path))
        {
            var openClip = Path.Combine(path, "open_clip_config.json");
            return File.Exists(openClip) && JsonPlace.Read(openClip, remedy).Optional("preprocess_cfg") is { } own ? OpenClip(own, size) : Of(size);
        }
        if (Path.Combine(path, "preprocessor_config.json") is var file && File.Exists(file)) return HuggingFace(JsonPlace.Read(file, remedy), size);
        return Path.Combine(path, "processor_config.json") is var later && File.Exists(later) && JsonPlace.Read(later, remedy).Optional("image_processor") is { } part
            ? HuggingFace(part, size) : Of(size, PictureColours.BeforeResizing);
    }

    private static PicturePreparation HuggingFace(JsonPlace json, int size)
    {
        foreach (var field in new[] { "image_processor_type", "feature_extractor_type" })
            if (json.Optional(field) is { } type && !type.Text().StartsWith("CLIP", StringComparison.Ordinal)) throw type.Wrong("CLIP's own ('CLIPImageProcessor'), which is what is done here");
        string[] done = ["do_resize", "do_rescale", "do_convert_rgb"];
        foreach (var (name, value) in json.Map(p => p))
            if (done.Contains(name) && value.Value.ValueKind == System.Text.Json.JsonValueKind.False) throw value.Wrong("true: pictures are always resized, made plain red, green and blue, and divided by 255 here");
            else if (name.StartsWith("do_", StringComparison.Ordinal) && !done.Contains(name) && name is not ("do_center_crop" or "do_normalize") && value.Value.ValueKind == System.Text.Json.JsonValueKind.True)
                throw value.Wrong("false: this step is not known here");
        if (json.Optional("resample") is { } filter && filter.Int() != Bicubic) throw filter.Wrong($"{Bicubic}, Pillow's number of the bicubic filter, the one that is done here");
        if (json.Optional("rescale_factor") is { } factor && Math.Abs(factor.Number() * 255 - 1) > 1e-6) throw factor.Wrong("1/255");
        var (resize, squashed) = json.Optional("size") is { } asked ? Size(asked) : (size, false);
        if (json.Optional("do_center_crop") is { } cropped && !cropped.Truth() && !squashed) throw cropped.Wrong("true, or 'size' with a height and a width: the model takes squares");
        var crop = json.Optional("do_center_crop")?.Truth() == false ? null : json.Optional("crop_size");
        var side = crop is { } cut ? Square(cut) : resize;
        if (side != size) throw (crop ?? json.Optional("size") ?? json).Wrong($"pictures of {size} x {size}, which the model takes");
        if (resize < side) throw json.Required("size").Wrong($"at least the {side} pixels that are cut out");
        var normalised = json.Optional("do_normalize")?.Truth() ?? true;
        return new()
        {
            Resize = resize,
            Crop = side,
            IsSquashed = squashed,
            Mean = normalised ? Channels(json.Optional("image_mean"), ClipMean) : [0, 0, 0],
            Std = normalised ? Deviations(json.Optional("image_std")) : [1, 1, 1],
            Colours = PictureColours.BeforeResizing,
        };
    }

    private static PicturePreparation OpenClip(JsonPlace json, int size)
    {
        if (json.Optional("mode") is { } mode && mode.Text() != "RGB") throw mode.Wrong("'RGB'");
        if (json.Optional("interpolation") is { } filter && filter.Text() != "bicubic") throw filter.Wrong("'bicubic', the filter that is done here");
        var squashed = json.Optional("resize_mode")?.Text() switch { null or "shortest" => false, "squash" => true, _ => throw json.Required("resize_mode").Wrong("'shortest' or 'squash'") };
        if (json.Optional("size") is { } asked && (asked.Value.ValueKind == System.Text.Json.JsonValueKind.Array ? asked.List(n => n.Int()) : [asked.Int()]).Any(n => n != size))
            throw asked.Wrong($"{size}, which the model takes");
        return Of(size) with { IsSquashed = squashed, Mean = Channels(json.Optional("mean"), ClipMean), Std = Deviations(json.Optional("std")) };
    }

    /// <summary>Hugging Face's <c>size</c>: a number or <c>shortest_edge</c>, or <c>height</c> and <c>width</c> for pictures squashed into a square.</summary>
    private static (int Pixels, bool IsSquashed) Size(JsonPlace size)
    {
        if (size.Value.ValueKind == System.Text.Json.JsonValueKind.Number) return (size.Size(ModelSizes.Pixels), false);
        if (size.Optional("shortest_edge") is { } edge && size.Optional("longest_edge") is null) return (edge.Size(ModelSizes.Pixels), false);
        return size.Optional("height") is not null ? (Square(size), true) : throw size.Wrong("a number of pixels, 'shortest_edge' alone, or 'height' and 'width'");
    }

    private static int Square(JsonPlace size)
    {
        if (size.Value.ValueKind == System.Text.Json.JsonValueKind.Number) return size.Size(ModelSizes.Pixels);
        var (height, width) = (size.Size("height", ModelSizes.Pixels), size.Size("width", ModelSizes.Pixels));
        return height == width ? height : throw size.Wrong("as much height as width: the model takes squares");
    }

    private static IReadOnlyList<double> Channels(JsonPlace? place, double[] otherwise) => place is not { } given ? otherwise
        : given.List(n => n.Number()) is { Count: 3 } three ? three : throw given.Wrong("three numbers, of red, green and blue");

    private static IReadOnlyList<double> Deviations(JsonPlace? place) =>
        Channels(place, ClipStd) is var std && place is { } given && std.Any(n => n <= 0) ? throw given.Wrong("three numbers above 0") : std;
}
