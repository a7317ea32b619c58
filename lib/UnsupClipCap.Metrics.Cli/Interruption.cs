namespace UnsupClipCap.Metrics.Cli;

/// <summary>Ctrl-C: the first asks work to stop at its next safe point, the second ends the program.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public Interruption() => Console.CancelKeyPress += OnCancel;

    public CancellationToken Token => _source.Token;

    private void OnCancel(object? sender, ConsoleCancelEventArgs e)
    {
        if (_source.IsCancellationRequested) return;
        e.Cancel = true;
        ProgressLine.End();
        Console.Error.WriteLine("Stopping after the step in hand; Ctrl-C again ends at once.");
        _source.Cancel();
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        ProgressLine.End();
        _source.Dispose();
    }
}
