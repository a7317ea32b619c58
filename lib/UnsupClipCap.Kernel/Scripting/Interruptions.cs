using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace UnsupClipCap.Kernel;

/// <summary>
/// How a running cell is stopped. .NET ends no thread from outside, so cells are compiled with a call of <see cref="Loop"/> at the head of each loop and of
/// <see cref="Entry"/> at the head of each function: one read of a field while nothing is to be stopped.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Interruptions
{
    private static readonly AsyncLocal<CancellationTokenSource?> Running = new();
    private static volatile bool _any;
    private static int _stops;

    /// <summary>Called by compiled cells at the head of a loop.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Loop()
    {
        if (_any) Check();
    }

    /// <summary>Called by compiled cells at the head of a function: endless recursion becomes an error that can be shown, not the end of the process.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    /// <exception cref="InsufficientExecutionStackException">Calls are nested too deeply.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Entry()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_any) Check();
    }

    /// <summary>The cell that this flow of execution belongs to, also in tasks that it started.</summary>
    internal static CancellationTokenSource? Cell
    {
        get => Running.Value;
        set => Running.Value = value;
    }

    /// <summary>Asks a cell and all that it started to stop. What a stopped cell left running stops too, whenever it comes to a loop.</summary>
    internal static void Stop(CancellationTokenSource cell)
    {
        Interlocked.Increment(ref _stops);
        _any = true;
        cell.Cancel();
    }

    /// <summary>A stopped cell has ended; what it may have left running is given some time to notice, unless another is stopped meanwhile.</summary>
    internal static void StopLooking(TimeSpan after)
    {
        var stops = Volatile.Read(ref _stops);
        _ = Task.Delay(after).ContinueWith(_ =>
        {
            if (Volatile.Read(ref _stops) == stops) _any = false;
        }, TaskScheduler.Default);
    }

    private static void Check() => Running.Value?.Token.ThrowIfCancellationRequested();
}
