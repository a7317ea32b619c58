using System.Collections.Concurrent;

namespace UnsupClipCap;

/// <summary>A producer in a thread of its own, and a queue of bounded length to its consumer.</summary>
internal static class WorkAhead
{
    /// <summary>
    /// The items of <paramref name="source"/>, made up to <paramref name="capacity"/> ahead of whoever takes them. A fault in the source
    /// arises where its item would have been taken; when the consumer stops taking, the source stops after the item in hand.
    /// </summary>
    /// <param name="source">Is enumerated in another thread, with a token that tells when to stop.</param>
    /// <param name="capacity">1 or more.</param>
    /// <param name="cancel">Stops both.</param>
    public static IEnumerable<T> Run<T>(Func<CancellationToken, IEnumerable<T>> source, int capacity, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var queue = new BlockingCollection<T>(capacity);
        var producer = Task.Factory.StartNew(() =>
        {
            try
            {
                foreach (var item in source(stop.Token)) queue.Add(item, stop.Token);
            }
            finally
            {
                queue.CompleteAdding();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var item in queue.GetConsumingEnumerable(cancel)) yield return item;
            producer.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)producer).AsyncWaitHandle.WaitOne();
            _ = producer.Exception;                         // seen: it was thrown above, or nobody waits for it any more
        }
    }
}
