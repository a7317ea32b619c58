using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Trains a captioner from one source of embeddings. Settings, seed and data decide every bit of the result on the CPU.</summary>
public sealed class CaptionerTraining
{
    private const int ReportEvery = 10;

    /// <summary>How often the state is written, where a place for it is given.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Trains, or goes on with what an earlier run left in <paramref name="statePath"/>.</summary>
    /// <param name="card">Recipe, source and seed.</param>
    /// <param name="corpus">Captions and embeddings.</param>
    /// <param name="tokenizer">Whose ids the corpus holds.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="statePath">File for the state, or null to keep none. It is removed by whoever saves the result.</param>
    /// <param name="progress">Reports every few steps.</param>
    /// <param name="cancel">Stops after the step in hand; the state is saved first.</param>
    /// <param name="start">Weights to begin with instead of fresh ones.</param>
    /// <returns>The captioner, in evaluation mode, with the loss of each step.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; the state is in <paramref name="statePath"/>.</exception>
    public Captioner Run(CaptionerCard card, CaptionCorpus corpus, ITokenizer tokenizer, Device device,
        string? statePath = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default, Action<ClipCap>? start = null)
    {
        var recipe = card.Recipe;
        manual_seed(StepSeed(card.Seed, -1));
        var model = new ClipCap(corpus.Width, recipe);
        start?.Invoke(model);
        model.to(device);
        using var optimizer = new AdamW(model.named_parameters(), epsilon: recipe.Epsilon, weightDecay: recipe.WeightDecay);
        var key = JsonSerializer.Serialize(card);
        var losses = statePath is null ? [] : TrainingState.Restore(statePath, key, model, optimizer);
        var plan = new BatchPlan(corpus, recipe, card);
        var schedule = new LinearSchedule(recipe.LearningRate, recipe.WarmupSteps, plan.Steps);
        var table = corpus.Table(card.Source).to(device);
        var (clock, saved, tokens, first) = (Stopwatch.StartNew(), Stopwatch.StartNew(), 0L, optimizer.Steps);
        model.train();
        for (var step = optimizer.Steps; step < plan.Steps; step++)
        {
            var (rows, inputs) = plan.At(step);
            losses.Add(Step(model, optimizer, corpus, rows, inputs, table, recipe, tokenizer, schedule.At(step), StepSeed(card.Seed, step), ref tokens));
            if (!double.IsFinite(losses[^1]))
                throw new UserException($"Training diverged: the loss of step {step} is {losses[^1]}. Lower the learning rate of {recipe.LearningRate} or lengthen the warm-up of {recipe.WarmupSteps} steps.");
            var done = step + 1;
            if (progress is not null && (done % ReportEvery == 0 || done == plan.Steps))
            {
                var seconds = clock.Elapsed.TotalSeconds;
                progress.Report(new(done, plan.Steps, new LossCurve(losses).Last(), schedule.At(step), tokens / seconds,
                    TimeSpan.FromSeconds(seconds / (done - first) * (plan.Steps - done))));
            }
            var stopping = cancel.IsCancellationRequested;
            if (statePath is not null && done < plan.Steps && (stopping || saved.Elapsed > SaveEvery))
            {
                TrainingState.Save(statePath, key, model, optimizer, losses);
                saved.Restart();
            }
            if (!stopping || done == plan.Steps) continue;
            model.Dispose();
            cancel.ThrowIfCancellationRequested();
        }
        return new Captioner(card with { EmbeddingWidth = corpus.Width }, model, tokenizer) { Loss = new LossCurve(losses) };
    }

    private static double Step(ClipCap model, AdamW optimizer, CaptionCorpus corpus, int[] rows, int[] inputs, Tensor table, Recipe recipe, ITokenizer tokenizer,
        double rate, long seed, ref long tokens)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);                              // dropout and noise of this step, whatever came before
        using var batch = CaptionBatch.Of([.. rows.Select(r => corpus.Tokens[r])], recipe.LearnEnd ? tokenizer.End : null, recipe.IgnoreTokenZero, table.device);
        var embeddings = table.index_select(0, tensor(inputs.Select(i => (long)i).ToArray(), device: table.device)).to(ScalarType.Float32);
        using var loss = model.Loss(batch, embeddings);
        loss.backward();
        optimizer.Step(rate);
        tokens += batch.TokenCount;
        return loss.item<float>();
    }

    private static long StepSeed(int seed, int step) =>
        BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"captioner {seed} {step}"))) & long.MaxValue;

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
