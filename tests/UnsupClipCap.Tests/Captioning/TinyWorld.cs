using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>A corpus and a recipe small enough to train in a second.</summary>
internal static class TinyWorld
{
    public const int Width = 16, Images = 40, PerImage = 3;

    public static WordTokenizer Tokenizer { get; } = new([.. Enumerable.Range(0, 30).Select(i => $"w{i:00}")]);

    public static Recipe Recipe { get; } = new()
    {
        Gpt2 = new() { Vocabulary = Tokenizer.Count, Width = 32, Layers = 2, Heads = 2, Positions = 32, Dropout = 0.1 },
        PrefixLength = 4,
        BatchSize = 16,
        Steps = 12,
        WarmupSteps = 2,
        LearningRate = 3e-3,
        MaxTokens = 12,
        Noise = new GaussianNoise(0.01),
    };

    public static CaptionerCard Card(Source source = Source.OtherCaption, int seed = 3) =>
        new() { Recipe = Recipe, EmbeddingWidth = Width, Source = source, Seed = seed, Words = Tokenizer.Words };

    /// <summary>Captions of 3 to 7 words; embeddings are random unit rows.</summary>
    public static CaptionCorpus Corpus()
    {
        var random = new SeededRandom(7, "tiny world");
        var tokens = Enumerable.Range(0, Images * PerImage).Select(_ => Enumerable.Range(0, 3 + random.Next(5)).Select(_ => 1 + random.Next(30)).ToArray()).ToList();
        return new(tokens, [.. Enumerable.Range(0, Images * PerImage).Select(r => r / PerImage)], Rows(Images * PerImage, "texts"), Rows(Images, "images"));
    }

    public static Tensor Rows(int count, string stream)
    {
        var random = new SeededRandom(7, stream);
        return nn.functional.normalize(tensor(Enumerable.Range(0, count * Width).Select(_ => (float)random.NextGaussian()).ToArray(), [count, Width]), p: 2, dim: -1);
    }

    /// <summary>Tensors alive, once those that nothing refers to any more have been let go.</summary>
    public static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    /// <summary>An untrained captioner whose weights are large enough for its choices to differ.</summary>
    public static Captioner Untrained(Recipe? recipe = null)
    {
        manual_seed(5);
        var card = Card() with { Recipe = recipe ?? Recipe };
        var model = new ClipCap(Width, card.Recipe);
        using (no_grad())
            foreach (var p in model.parameters()) p.mul_(3);
        return new Captioner(card, model, Tokenizer);
    }
}
