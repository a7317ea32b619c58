using System.Text.Json.Serialization;

namespace UnsupClipCap;

/// <summary>A named set of data, encoder and settings that experiments run on.</summary>
public sealed record Preset
{
    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }
    /// <summary>What it is, in a sentence.</summary>
    public required string Description { get; init; }
    /// <summary>How its captioners are trained.</summary>
    public required Recipe Recipe { get; init; }
    /// <summary>How captions are chosen.</summary>
    public required Decoding Decoding { get; init; }
    /// <summary>Training images; 0 for all there are.</summary>
    public int TrainImages { get; init; }
    /// <summary>Test images; 0 for all there are.</summary>
    public int TestImages { get; init; }
    /// <summary>Manner of the miniature world's captions.</summary>
    public CaptionStyle Style { get; init; } = CaptionStyle.Coco;

    /// <summary>The photographs, CLIP and GPT-2 that it stands on; null where it makes its own data or has embeddings alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PhotoSet? Photos { get; init; }

    /// <summary>MiniScenes: the embedded default. Settings chosen on its validation split.</summary>
    public static Preset Mini { get; } = new()
    {
        Name = "mini",
        Description = "MiniScenes, a miniature COCO that is made on the spot, with a miniature CLIP",
        Recipe = new()
        {
            Gpt2 = new() { Width = 128, Layers = 3, Heads = 4, Positions = 64, Dropout = 0.1 },
            Scale = 4,
            BatchSize = 128,
            Steps = 800,
            LearningRate = 2e-3,
            WarmupSteps = 80,
            MaxTokens = 24,
        },
        Decoding = Decoding.Greedy,
        TrainImages = 20_000,
        TestImages = 1_000,
    };

    /// <summary>Flickr8k's photographs, by precomputed embeddings. The beam was chosen on the validation split.</summary>
    public static Preset Flickr8k { get; } = new()
    {
        Name = "flickr8k",
        Description = "Flickr8k: real photographs with precomputed embeddings",
        Recipe = new()
        {
            Gpt2 = new() { Width = 192, Layers = 3, Heads = 4, Positions = 64, Dropout = 0.1 },
            PrefixLength = 8,
            Scale = 10,
            BatchSize = 128,
            Steps = 1_200,
            LearningRate = 2e-3,
            WarmupSteps = 100,
            MaxTokens = 30,
        },
        Decoding = new() { Beams = 5 },
    };

    /// <summary>
    /// ClipCap's settings where they tell of "MLP and GPT-2 tuning", which the paper's ClipCap row is nearest to (Mokady et al., 2021; <c>train.py</c>): ViT-B/32, prefix of 10 by an MLP
    /// 512-3840-7680, GPT-2 small from its published weights, batch 40, 10 epochs, AdamW 2e-5, warm-up 5,000, beam 5, captions stop at ".". The paper states none of these. Unlike ClipCap's
    /// training script, embeddings are brought to unit length, since those of images and texts differ in length; token 0 is learnt; and each caption is given its ".".
    /// </summary>
    private static readonly Recipe ClipCapRecipe = new() { InitialGpt2 = "gpt2", LearnEnd = false, StopTokens = [13] };

    /// <summary>MS-COCO 2014 in Karpathy's split with CLIP ViT-B/32 and GPT-2 small: the paper's Table 1, Figure 3 and alignment study.</summary>
    public static Preset Coco { get; } = new()
    {
        Name = "coco",
        Description = "MS-COCO 2014 in Karpathy's split, CLIP ViT-B/32 and GPT-2 small as published, ClipCap's settings",
        Recipe = ClipCapRecipe,
        Decoding = new() { Beams = 5 },
        Photos = PhotoSet.Coco,
    };

    /// <summary>Flickr30k in Karpathy's split with the same models and settings: the paper's Table 2.</summary>
    public static Preset Flickr30k { get; } = Coco with
    {
        Name = "flickr30k",
        Description = "Flickr30k in Karpathy's split, CLIP ViT-B/32 and GPT-2 small as published, ClipCap's settings",
        Photos = PhotoSet.Flickr30k,
    };

    /// <summary>All presets.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Mini, Flickr8k, Coco, Flickr30k];

    /// <summary>The preset of that name.</summary>
    /// <exception cref="UserException">There is none; lists those there are.</exception>
    public static Preset Find(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new UserException($"The preset '{name}' is not known; there are {string.Join(" and ", All.Select(p => $"'{p.Name}' ({p.Description})"))}.");

    /// <summary>The same, small enough for a first look: fewer pictures and steps, and so lower scores.</summary>
    public Preset Quick() => this with
    {
        Recipe = Recipe.Steps is null
            ? Recipe with { Epochs = Math.Max(1, Recipe.Epochs / 4), WarmupSteps = Recipe.WarmupSteps / 50 }      // a fortieth of COCO's steps
            : Recipe with { Steps = Recipe.Steps / 4, WarmupSteps = Recipe.WarmupSteps / 4 },
        TrainImages = 6_000,
        TestImages = 250,
        Photos = Photos is null ? null : Photos with { Sizes = null },
    };
}
