namespace UnsupClipCap.Tests;

/// <summary>Stops training at a step, as Ctrl-C would.</summary>
internal sealed class StopAt(int step, CancellationTokenSource source) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress p)
    {
        if (p.Step >= step) source.Cancel();
    }
}
