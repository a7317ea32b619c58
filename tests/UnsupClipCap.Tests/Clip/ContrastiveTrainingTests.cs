using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ContrastiveTrainingTests
{
    private static readonly WordTokenizer Tokenizer = new(MiniScenes.Words);

    private static readonly ClipConfig Config = MiniClip.Config with
    {
        EmbeddingWidth = 32,
        Vision = MiniClip.Config.Vision with { Width = 8, Layers = [1, 1], Heads = 2 },
        Text = MiniClip.Config.Text with { Width = 32, Layers = 1, Heads = 2 },
    };

    private static readonly ContrastiveRecipe Recipe = new() { BatchSize = 32, Steps = 60, WarmupSteps = 10, LearningRate = 3e-3 };

    private static (Clip, LossCurve) Train(ContrastiveRecipe recipe, string? state = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        var scenes = MiniScenes.Generate(MiniSplit.ClipTrain, 64, 0);
        var pixels = tensor(MiniScenes.Render(scenes), [64, MiniScenes.Size, MiniScenes.Size, 3]);
        var captions = scenes.Select(s => (IReadOnlyList<int[]>)[.. s.Captions.Select(c => ClipText.Encode(Tokenizer, c, Config.Text.Context))]).ToList();
        return ContrastiveTraining.Run(Config, recipe, pixels, captions, 1, state, progress, cancel);
    }

    [Fact]
    public void A_tiny_clip_learns_to_tell_pairs_from_strangers()
    {
        var (clip, loss) = Train(Recipe);
        Assert.InRange(loss.Losses[0], 2, 6);                           // log 32 = 3.5 is chance
        Assert.True(loss.Last(10) < 0.7 * Math.Log(Recipe.BatchSize), $"{loss.Last(10)}");
        Assert.True(clip.LogitScale.item<float>() <= Clip.MaximalLogitScale + 1e-6);
        clip.Dispose();
    }

    [Fact]
    public void A_resumed_run_equals_an_unbroken_one_bit_for_bit()
    {
        var recipe = Recipe with { Steps = 20 };
        var (unbroken, _) = Train(recipe);
        var state = Path.Combine(Directory.CreateTempSubdirectory().FullName, "clip.state");
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(recipe, state, new StopAt(10, source), source.Token));
        var (resumed, _) = Train(recipe, state);
        foreach (var (name, value) in unbroken.state_dict())
            Assert.True(value.equal(resumed.state_dict()[name]).all().item<bool>(), name);
    }

    [Fact]
    public void A_saved_clip_comes_back_with_its_features()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        manual_seed(1);
        var clip = new Clip(Config);
        clip.eval();
        ClipEncoder.Save(folder, clip, Tokenizer, ScalarType.Float32);
        using var loaded = ClipEncoder.Load(folder, "x");
        using var original = new ClipEncoder("x", clip, Tokenizer);
        string[] texts = ["a dog", "two cats next to a bench on the grass"];
        Assert.True(original.EncodeTexts(texts).equal(loaded.EncodeTexts(texts)).all().item<bool>());
        var pixels = tensor(MiniScenes.Render(MiniScenes.Generate(MiniSplit.Test, 3, 1)), [3, 64, 64, 3]);
        Assert.True(original.EncodeImages(pixels).equal(loaded.EncodeImages(pixels)).all().item<bool>());
    }

    [Fact]
    public void Texts_are_encoded_alike_alone_and_beside_longer_ones()
    {
        manual_seed(2);
        using var encoder = new ClipEncoder("x", new Clip(Config), Tokenizer);
        encoder.Model.eval();
        string[] texts = ["a dog", "two brown dogs next to a bench on the grass", "a cat", "snow"];
        var together = encoder.EncodeTexts(texts);
        for (var i = 0; i < texts.Length; i++)
            Assert.True((together[i] - encoder.EncodeTexts([texts[i]])[0]).abs().max().item<float>() < 1e-5);
        var (ids, ends) = ClipText.Batch([.. texts.Select(t => ClipText.Encode(Tokenizer, t, 40))], CPU);
        using var _ = no_grad();
        Assert.True((together - encoder.Model.EncodeText(ids, ends)).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void A_text_past_the_context_is_cut_and_keeps_its_end()
    {
        var ids = ClipText.Encode(Tokenizer, string.Join(' ', Enumerable.Repeat("dog", 100)), 40);
        Assert.Equal(40, ids.Length);
        Assert.Equal(Tokenizer.Start, ids[0]);
        Assert.Equal(Tokenizer.End, ids[^1]);
    }
}
