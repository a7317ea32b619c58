using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Trains a captioner from one source of embeddings. Settings, seed and data decide every bit of the result on the CPU.</summary>
public static class CaptionerTraining
{
    private const string SeedName = "captioner";

    /// <summary>Trains, or goes on with what an earlier run left in <paramref name="statePath"/>.</summary>
    /// <param name="card">Recipe, source and seed.</param>
    /// <param name="corpus">Captions and embeddings.</param>
    /// <param name="tokenizer">Whose ids the corpus holds.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="statePath">File for the state, or null to keep none. It is removed by whoever saves the result.</param>
    /// <param name="progress">Reports every few steps.</param>
    /// <param name="cancel">Stops after the step in hand; the state is saved first.</param>
    /// <param name="start">A captioner of the same sizes to go on from, a published one say, or null to begin with random weights.</param>
    /// <returns>The captioner, in evaluation mode, with the loss of each step.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; the state is in <paramref name="statePath"/>.</exception>
    public static Captioner Run(CaptionerCard card, CaptionCorpus corpus, ITokenizer tokenizer, Device device,
        string? statePath = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default, Captioner? start = null)
    {
        var recipe = card.Recipe;
        TrainingLoop.SetSeed(SeedName, card.Seed, -1);
        var model = new ClipCap(corpus.Width, recipe);
        if (recipe.InitialGpt2 is { } published) Gpt2Folder.Fill(model.Gpt, published);
        if (start is not null) ModuleWeights.Load(model, start.Model.state_dict(), "the captioner to go on from");
        model.to(device);
        using var optimizer = new AdamW(model.named_parameters(), epsilon: recipe.Epsilon, weightDecay: recipe.WeightDecay);
        var plan = new BatchPlan(corpus, recipe, card);
        var table = corpus.Table(card.Source).to(device);
        var loop = new TrainingLoop
        {
            Key = JsonSerializer.Serialize(card) + (start is null ? "" : $" from {ModuleWeights.Checksum(start.Model):x8}"),
            StatePath = statePath,
            Model = model,
            Optimizer = optimizer,
            Steps = plan.Steps,
            Rate = new LinearSchedule(recipe.LearningRate, recipe.WarmupSteps, plan.Steps).At,
            Progress = progress,
        };
        try
        {
            var loss = loop.Run((step, rate) => Step(model, optimizer, corpus, plan.At(step), table, recipe, tokenizer, rate, card.Seed, step), cancel);
            return new Captioner(card with { EmbeddingWidth = corpus.Width }, model, tokenizer) { Loss = loss };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static (double Loss, long Tokens) Step(ClipCap model, AdamW optimizer, CaptionCorpus corpus, (int[] Rows, int[] Inputs) chosen, Tensor table, Recipe recipe,
        ITokenizer tokenizer, double rate, int seed, int step)
    {
        using var scope = NewDisposeScope();
        TrainingLoop.SetSeed(SeedName, seed, step);     // dropout and noise of this step
        using var batch = CaptionBatch.Of([.. chosen.Rows.Select(r => corpus.Tokens[r])], recipe.LearnEnd ? tokenizer.End : null, recipe.IgnoreTokenZero, table.device);
        var embeddings = table.index_select(0, tensor(chosen.Inputs.Select(i => (long)i).ToArray(), device: table.device)).to(ScalarType.Float32);
        Tensor loss;
        using (Autocast.Where(table.device)) loss = model.Loss(batch, embeddings);
        loss.backward();
        optimizer.Step(rate);
        return (loss.item<float>(), batch.TokenCount);
    }

    /// <summary>Which captions are trained on at which step: epoch after epoch, each in an order of its own.</summary>
    private sealed class BatchPlan
    {
        private readonly CaptionCorpus _corpus;
        private readonly CaptionerCard _card;
        private readonly int _stepsPerEpoch;
        private IReadOnlyList<int[]> _batches;
        private int[] _inputs = [];
        private int _epoch = -1;

        public BatchPlan(CaptionCorpus corpus, Recipe recipe, CaptionerCard card)
        {
            (_corpus, _card) = (corpus, card);
            _batches = corpus.Batches(recipe.BatchSize, Random(0, "order"));
            _stepsPerEpoch = _batches.Count;
            Steps = recipe.Steps ?? recipe.Epochs * _stepsPerEpoch;
        }

        public int Steps { get; }

        public (int[] Rows, int[] Inputs) At(int step)
        {
            if (step / _stepsPerEpoch != _epoch)
            {
                _epoch = step / _stepsPerEpoch;
                _batches = _corpus.Batches(_card.Recipe.BatchSize, Random(_epoch, "order"));
                var random = Random(_epoch, "other captions");
                _inputs = [.. Enumerable.Range(0, _corpus.Tokens.Count).Select(row => _corpus.InputRow(_card.Source, row, random))];
            }
            var rows = _batches[step % _stepsPerEpoch];
            return (rows, [.. rows.Select(row => _inputs[row])]);
        }

        private SeededRandom Random(int epoch, string what) => new(_card.Seed, "captioner", what, $"{epoch}");
    }
}
