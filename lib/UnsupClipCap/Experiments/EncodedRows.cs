using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Embeddings of a long list, encoded shard by shard into a folder of the cache: what is there is read, what is not is encoded and written, each file whole or not at all.</summary>
internal static class EncodedRows
{
    private const string Name = "rows";

    /// <summary>All rows (count, d), float32.</summary>
    /// <param name="folder">The list's own; its name must stand for the list and the encoder.</param>
    /// <param name="count">Items of the list, 1 or more.</param>
    /// <param name="shard">Items a file: what a kill can cost.</param>
    /// <param name="what">What progress calls it.</param>
    /// <param name="encode">Items from a first on, so many of them, to rows (n, d).</param>
    /// <param name="watch">Progress and cancellation; finished shards stay.</param>
    /// <exception cref="UserException">A file is damaged or of another list: names it.</exception>
    public static Tensor Read(string folder, int count, int shard, string what, Func<int, int, IProgress<double>?, Tensor> encode, Watch watch)
    {
        Tensor? all = null;
        try
        {
            for (var first = 0; first < count; first += shard)
            {
                using var scope = NewDisposeScope();
                var n = Math.Min(shard, count - first);
                var file = Path.Combine(folder, FormattableString.Invariant($"{first / shard:00000}.safetensors"));
                if (!File.Exists(file))
                {
                    watch.Cancel.ThrowIfCancellationRequested();
                    Safetensors.Write(file, new Dictionary<string, Tensor> { [Name] = encode(first, n, Portion(watch.Share(what), first, n, count)) });
                }
                if (!Safetensors.Read(file).Tensors.TryGetValue(Name, out var rows) || rows.dim() != 2 || rows.shape[0] != n || (all is not null && rows.shape[1] != all.shape[1]))
                    throw new UserException($"{file} does not hold {n} embeddings; another program wrote it, or it is damaged. Remove it, and it is encoded again.");
                all ??= empty(count, rows.shape[1]).DetachFromDisposeScope();
                all.narrow(0, first, n).copy_(rows);
            }
            return all!;
        }
        catch
        {
            all?.Dispose();
            throw;
        }
    }

    // A shard's share as the list's.
    private static IProgress<double>? Portion(IProgress<double>? whole, int first, int n, int count) =>
        whole is null ? null : new Part(share => whole.Report((first + share * n) / count));

    private sealed class Part(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
