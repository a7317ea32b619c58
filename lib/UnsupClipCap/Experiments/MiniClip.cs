using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The miniature CLIP that ships with the project, and how it was made.</summary>
public static class MiniClip
{
    /// <summary>Its name in results.</summary>
    public const string Name = "mini-CLIP";

    /// <summary>The seed it was trained with. No other seed changes it.</summary>
    public const int Seed = 0;

    /// <summary>Folder with its configuration, weights and words.</summary>
    public static string Folder => Path.Combine(Locations.Data, "clip-mini");

    /// <summary>Its sizes: a ModifiedResNet of three stages, which leaves a 4 x 4 grid to attend to, and a small text transformer.</summary>
    public static ClipConfig Config { get; } = new()
    {
        EmbeddingWidth = 128,
        QuickGelu = true,
        Vision = new() { ImageSize = MiniScenes.Size, Width = 32, Layers = [1, 1, 1], Heads = 8 },
        Text = new() { Vocabulary = MiniScenes.Words.Count + 3, Context = 40, Width = 128, Layers = 2, Heads = 4 },
    };

    /// <summary>Loads the shipped one.</summary>
    public static ClipEncoder Load() => ClipEncoder.Load(Folder, Name);

    /// <summary>Stands for its weights.</summary>
    public static string Fingerprint() => Cache.KeyOfFiles(new[] { "open_clip_config.json", "open_clip_model.safetensors", "words.txt" }.Select(n => Path.Combine(Folder, n)));

    /// <summary>
    /// Stands for the code that makes the world: pictures and captions of some scenes. A change of grammar, layout or drawing changes it, and
    /// with it every key of what was made from the world.
    /// </summary>
    internal static string WorldFingerprint() => Cache.Key(Enum.GetValues<CaptionStyle>().SelectMany(style =>
    {
        var scenes = MiniScenes.Generate(MiniSplit.Validation, 64, Seed, style);
        return scenes.SelectMany(s => s.Captions).Append(Cache.Key(MiniScenes.Render(scenes)));
    }).ToArray());

    /// <summary>Scenes drawn: (N, 64, 64, 3), uint8.</summary>
    internal static Tensor Pixels(IReadOnlyList<MiniScene> scenes, Watch watch, string what)
    {
        var rgb = MiniScenes.Render(scenes, watch.Share(what), watch.Cancel);
        return tensor(rgb, [scenes.Count, MiniScenes.Size, MiniScenes.Size, 3]);
    }

    /// <summary>
    /// Trains one from scratch on the pool of scenes that is kept apart from the captioners', in both caption styles, and writes it to <paramref name="folder"/> in float16.
    /// Stopped and run again, it goes on.
    /// </summary>
    /// <param name="folder">Where to write it.</param>
    /// <param name="recipe">Settings; the shipped one's by default.</param>
    /// <param name="scenes">Scenes of the pool.</param>
    /// <param name="watch">Progress and cancellation.</param>
    public static LossCurve Train(string folder, ContrastiveRecipe? recipe = null, int scenes = 40_000, Watch? watch = null)
    {
        watch ??= Watch.Ambient;
        recipe ??= new();
        var tokenizer = new WordTokenizer(MiniScenes.Words);
        var people = scenes / 4;                            // a quarter in Flickr30k's manner
        var pool = MiniScenes.Generate(MiniSplit.ClipTrain, scenes - people, Seed).Concat(MiniScenes.Generate(MiniSplit.ClipTrain, people, Seed, CaptionStyle.Flickr30k)).ToList();
        var captions = pool.Select(s => (IReadOnlyList<int[]>)[.. s.Captions.Select(c => ClipText.Encode(tokenizer, c, Config.Text.Context))]).ToList();
        using var pixels = Pixels(pool, watch, $"Drawing {scenes:n0} scenes");
        var state = Cache.PathOf("clip", "mini", new { Config, recipe, scenes, Seed, World = WorldFingerprint() }, ".state");
        var (clip, loss) = ContrastiveTraining.Run(Config, recipe, pixels, captions, Seed, state, watch.Training("Training the miniature CLIP", "pairs"), watch.Cancel);
        ClipEncoder.Save(folder, clip, tokenizer, ScalarType.Float16);
        TrainingState.Delete(state);
        clip.Dispose();
        return loss;
    }
}
