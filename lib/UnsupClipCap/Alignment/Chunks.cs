using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Work on (n, M) products piece by piece: 1,024 rows by 16,384 at a time, 64 MiB of float32, whatever n and M.</summary>
internal static class Chunks
{
    private const long Rows = 1024;

    /// <summary>Views of a tensor's rows, in order.</summary>
    public static IEnumerable<Tensor> Of(Tensor x, long size = AlignmentInput.Chunk)
    {
        for (long start = 0; start < x.shape[0]; start += size) yield return x.narrow(0, start, Math.Min(size, x.shape[0] - start));
    }

    /// <summary>A function of rows, of some at a time.</summary>
    public static Tensor OfRows(Tensor x, Func<Tensor, Tensor> of)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var part in Of(x, Rows))
        {
            using var inner = NewDisposeScope();
            parts.Add(of(part).MoveToOuterDisposeScope());
        }
        return cat(parts, 0).MoveToOuterDisposeScope();
    }

    /// <summary>For each row of x (n, d) the k rows of y (M, d) with the largest products: products and row numbers, (n, k) both, largest first.</summary>
    public static (Tensor Products, Tensor Rows) Nearest(Tensor x, Tensor y, int k)
    {
        using var scope = NewDisposeScope();
        Tensor? products = null, rows = null;
        var at = 0L;
        foreach (var part in Of(y))
        {
            using var inner = NewDisposeScope();
            var (values, places) = x.matmul(part.t()).topk((int)Math.Min(k, part.shape[0]), 1);
            places = places + at;
            at += part.shape[0];
            if (products is not null && rows is not null)
            {
                (values, places) = (cat([products, values], 1), cat([rows, places], 1));
                (values, var kept) = values.topk((int)Math.Min(k, values.shape[1]), 1);
                places = places.gather(1, kept);
            }
            (products, rows) = (values.MoveToOuterDisposeScope(), places.MoveToOuterDisposeScope());
        }
        return (products!.MoveToOuterDisposeScope(), rows!.MoveToOuterDisposeScope());
    }
}
