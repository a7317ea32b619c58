using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Steps of training with what all training needs: going on from a saved state, progress, saving now and then and when stopped, an error when the
/// loss is no number any more.
/// </summary>
internal sealed class TrainingLoop
{
    private const int ReportEvery = 10;

    private const double SavingShare = .03;

    /// <summary>Time from one writing of the state to the next: a minute, or as long as keeps the writing within 3 % of all time (GPT-2 small with its optimiser is 1.9 GB).</summary>
    /// <param name="cost">What the last one took.</param>
    internal static TimeSpan SaveEvery(TimeSpan cost) => cost / SavingShare is var apart && apart > TimeSpan.FromMinutes(1) ? apart : TimeSpan.FromMinutes(1);

    /// <summary>Stands for all that decides the run.</summary>
    public required string Key { get; init; }
    /// <summary>File of the state, or null to keep none.</summary>
    public required string? StatePath { get; init; }
    public required nn.Module Model { get; init; }
    public required AdamW Optimizer { get; init; }
    /// <summary>Steps in all.</summary>
    public required int Steps { get; init; }
    /// <summary>Learning rate of a step.</summary>
    public required Func<int, double> Rate { get; init; }
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Runs the steps that are left; the model is in evaluation mode afterwards.</summary>
    /// <param name="step">Trains one step, given its number and rate: its loss, and how much it went through (tokens, pairs).</param>
    /// <param name="cancel">Stops after the step in hand; the state is saved first.</param>
    /// <exception cref="OperationCanceledException">It was stopped before its end.</exception>
    /// <exception cref="UserException">The state is of other settings, or training diverged.</exception>
    public LossCurve Run(Func<int, double, (double Loss, long Count)> step, CancellationToken cancel)
    {
        var losses = StatePath is null ? [] : TrainingState.Restore(StatePath, Key, Model, Optimizer);
        var (clock, saved, saveEvery, count, first) = (Stopwatch.StartNew(), Stopwatch.StartNew(), SaveEvery(TimeSpan.Zero), 0L, Optimizer.Steps);
        Model.train();
        for (var done = first + 1; done <= Steps; done++)
        {
            var rate = Rate(done - 1);
            var (loss, units) = step(done - 1, rate);
            if (!double.IsFinite(loss))
                throw new UserException($"Training diverged: the loss of step {done} is {loss}. Lower the learning rate, which was {rate:g3} at this step, or lengthen its warm-up.");
            losses.Add(loss);
            count += units;
            if (done % ReportEvery == 0 || done == Steps)
            {
                var seconds = clock.Elapsed.TotalSeconds;
                Progress?.Report(new(done, Steps, new LossCurve(losses).Last(), rate, count / seconds, TimeSpan.FromSeconds(seconds / (done - first) * (Steps - done))));
            }
            if (done == Steps) break;
            if (StatePath is not null && (cancel.IsCancellationRequested || saved.Elapsed > saveEvery))
            {
                var begun = Stopwatch.GetTimestamp();
                TrainingState.Save(StatePath, Key, Model, Optimizer, losses);
                saveEvery = SaveEvery(Stopwatch.GetElapsedTime(begun));
                saved.Restart();
            }
            cancel.ThrowIfCancellationRequested();
        }
        Model.eval();
        return new LossCurve(losses);
    }

    /// <summary>
    /// Sets libtorch's generator for a step, or for the initial weights (step -1), to a function of the seed: what it draws then does not depend
    /// on what was run before, and its state need not be saved.
    /// </summary>
    public static void SetSeed(string what, int seed, int step) =>
        manual_seed(BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{what} {seed} {step}"))) & long.MaxValue);
}
