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

    /// <summary>All presets.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Mini, Flickr8k];

    /// <summary>The preset of that name.</summary>
    /// <exception cref="UserException">There is none; lists those there are.</exception>
    public static Preset Find(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new UserException($"The preset '{name}' is not known; there are {string.Join(" and ", All.Select(p => $"'{p.Name}' ({p.Description})"))}.");

    /// <summary>The same, small enough for a first look: fewer pictures and steps, and so lower scores.</summary>
    public Preset Quick() => this with
    {
        Recipe = Recipe with { Steps = Recipe.Steps / 4, WarmupSteps = Recipe.WarmupSteps / 4 },
        TrainImages = 6_000,
        TestImages = 250,
    };
}
