namespace UnsupClipCap.Kernel;

/// <summary>A cell while it runs, and how it is made to stop.</summary>
internal sealed class CellRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Sleep = TimeSpan.FromSeconds(.5), Silence = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _abandon = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread = Thread.CurrentThread;
    private readonly CellOutput _output;
    private readonly Lock _gate = new();
    private bool _ended, _woken;

    /// <summary>Begins one, in the thread that is to run it.</summary>
    public CellRun(CellOutput output)
    {
        _output = output;
        CellOutput.Current = output;
        Interruptions.Cell = _source;
        Progress = new(output);
        Watch.Ambient = new Watch(Progress, _source.Token);
    }

    /// <summary>Progress of what the cell calls.</summary>
    public CellProgress Progress { get; }
    /// <summary>Cancelled when the cell is interrupted.</summary>
    public CancellationToken Token => _source.Token;
    /// <summary>Done when what the cell awaits is not to be waited for any longer.</summary>
    public Task Abandon => _abandon.Task;
    /// <summary>It was asked to stop.</summary>
    public bool IsInterrupted => _source.IsCancellationRequested;

    /// <summary>
    /// Asks the cell to stop, from any thread: studies stop at their next safe point and keep what they have, loops and functions of the cell where they next begin.
    /// What it awaits is left after a second, a sleep or a lock is broken off soon after.
    /// </summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (_ended) return;
            if (!_source.IsCancellationRequested) _ = Press();
            Interruptions.Stop(_source);
        }
    }

    private async Task Press()
    {
        await Task.Delay(Patience).ConfigureAwait(false);
        _abandon.TrySetResult();
        await Task.Delay(Sleep).ConfigureAwait(false);
        lock (_gate)
        {
            if (_ended) return;
            if (_thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
            {
                _woken = true;
                _thread.Interrupt();
            }
        }
        await Task.Delay(Silence).ConfigureAwait(false);
        lock (_gate)
            if (!_ended) _output.Write("stderr", "\n[The cell was asked to stop and is in compiled code that does not look. Wait for it, or restart the kernel.]\n");
    }

    /// <summary>Ends it, in its thread.</summary>
    public void Dispose()
    {
        lock (_gate) _ended = true;
        if (_woken)
        {
            try
            {
                Thread.Sleep(1);                // takes an interruption that came too late
            }
            catch (ThreadInterruptedException)
            {
            }
        }
        Progress.End();
        _output.Dispose();
        if (IsInterrupted) Interruptions.StopLooking(after: TimeSpan.FromSeconds(10));
    }
}
