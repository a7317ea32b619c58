using System.Runtime.ExceptionServices;

namespace UnsupClipCap.Metrics;

/// <summary>Work on numbered things side by side, on all cores.</summary>
internal static class Cores
{
    /// <summary>Does the work of 0..count-1. What it throws comes out as it was thrown, not wrapped.</summary>
    public static void Each(int count, Action<int> work, CancellationToken cancellation = default) => Each(count, () => 0, (i, _) => work(i), cancellation);

    /// <summary>The same with something that each thread keeps for itself.</summary>
    public static void Each<T>(int count, Func<T> make, Action<int, T> work, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, make, (i, _, own) =>
            {
                work(i, own);
                return own;
            }, _ => { });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
