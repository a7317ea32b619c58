using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Settings of training a CLIP from scratch (Radford et al., 2021, section 2.5, at a small size).</summary>
public sealed record ContrastiveRecipe
{
    /// <summary>Pairs a step: each is told from all others of its batch.</summary>
    public int BatchSize { get; init; } = 256;
    /// <summary>Steps of training.</summary>
    public int Steps { get; init; } = 1450;
    /// <summary>Peak learning rate; it rises over <see cref="WarmupSteps"/> and falls along a cosine.</summary>
    public double LearningRate { get; init; } = 2e-3;
    /// <summary>Steps of warm-up.</summary>
    public int WarmupSteps { get; init; } = 100;
    /// <summary>Decay of matrices and kernels; biases, gains and the logit scale do not decay.</summary>
    public double WeightDecay { get; init; } = 0.1;
    /// <summary>Largest norm of a step's gradient.</summary>
    public double GradientNorm { get; init; } = 1;
    /// <summary>Probability of a left-right flip of a picture. 0..1.</summary>
    public double Flip { get; init; } = 0.5;
}

/// <summary>Trains a CLIP: matching pictures and captions are drawn together, all others of the batch apart.</summary>
public static class ContrastiveTraining
{
    private const string SeedName = "clip";

    /// <summary>Trains, or goes on with what an earlier run left in <paramref name="statePath"/>.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="recipe">Settings.</param>
    /// <param name="pictures">(N, S, S, 3), uint8.</param>
    /// <param name="captions">Captions of each picture, each as ids with start and end; one is drawn each time the picture is.</param>
    /// <param name="seed">Of weights, order, captions and flips.</param>
    /// <param name="statePath">File for the state, or null to keep none.</param>
    /// <param name="progress">Reports every few steps.</param>
    /// <param name="cancel">Stops after the step in hand; the state is saved first.</param>
    public static (Clip Clip, LossCurve Loss) Run(ClipConfig config, ContrastiveRecipe recipe, Tensor pictures, IReadOnlyList<IReadOnlyList<int[]>> captions, int seed,
        string? statePath = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        TrainingLoop.SetSeed(SeedName, seed, -1);
        var clip = new Clip(config);
        using var optimizer = new AdamW(clip.named_parameters(), 0.9, 0.98, 1e-6, recipe.WeightDecay, decays: p => p.dim() > 1);
        var loop = new TrainingLoop
        {
            Key = JsonSerializer.Serialize(new { config, recipe, seed }),
            StatePath = statePath,
            Model = clip,
            Optimizer = optimizer,
            Steps = recipe.Steps,
            Rate = new CosineSchedule(recipe.LearningRate, recipe.WarmupSteps, recipe.Steps).At,
            Progress = progress,
        };
        try
        {
            return (clip, loop.Run((step, rate) => (Step(clip, optimizer, recipe, pictures, captions, rate, seed, step), recipe.BatchSize), cancel));
        }
        catch
        {
            clip.Dispose();
            throw;
        }
    }

    private static double Step(Clip clip, AdamW optimizer, ContrastiveRecipe recipe, Tensor pictures, IReadOnlyList<IReadOnlyList<int[]>> captions, double rate, int seed, int step)
    {
        using var scope = NewDisposeScope();
        TrainingLoop.SetSeed(SeedName, seed, step);
        var (N, B) = (captions.Count, recipe.BatchSize);
        var perEpoch = Math.Max(1, N / B);
        var order = Enumerable.Range(0, N).ToArray();
        new SeededRandom(seed, "clip", "order", $"{step / perEpoch}").Shuffle<int>(order);
        var random = new SeededRandom(seed, "clip", "step", $"{step}");
        var rows = order.Skip(step % perEpoch * B).Take(B).ToArray();
        var (ids, ends) = ClipText.Batch([.. rows.Select(r => random.Pick(captions[r]))], pictures.device);
        var pixels = ImageProcessor.Normalize(pictures.index_select(0, tensor(rows.Select(r => (long)r).ToArray(), device: pictures.device)));   // (B, 3, S, S)
        var flipped = tensor(rows.Select(_ => random.Chance(recipe.Flip)).ToArray(), device: pictures.device).view(-1, 1, 1, 1);
        pixels = where(flipped, pixels.flip(3), pixels);

        var image = nn.functional.normalize(clip.EncodeImage(pixels), p: 2, dim: -1);               // (B, d)
        var text = nn.functional.normalize(clip.EncodeText(ids, ends), p: 2, dim: -1);              // (B, d)
        var logits = clip.LogitScale.exp() * image.matmul(text.t());                                // (B, B)
        var matching = arange(rows.Length, dtype: ScalarType.Int64, device: pictures.device);
        var loss = (nn.functional.cross_entropy(logits, matching) + nn.functional.cross_entropy(logits.t(), matching)) / 2;
        loss.backward();
        nn.utils.clip_grad_norm_(clip.parameters(), recipe.GradientNorm);
        optimizer.Step(rate);
        using (no_grad()) clip.LogitScale.clamp_(0, Clip.MaximalLogitScale);
        return loss.item<float>();
    }
}
