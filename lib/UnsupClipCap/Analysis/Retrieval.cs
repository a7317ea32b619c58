using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How well queries find what belongs to them among all, by cosine.</summary>
/// <param name="RecallAt1">Share of queries whose best own item is the nearest of all; 0..1.</param>
/// <param name="RecallAt5">Share of queries with an own item among the five nearest.</param>
/// <param name="RecallAt10">Share of queries with an own item among the ten nearest.</param>
/// <param name="MedianRank">Median over queries of the rank of the best own item, 1 being the nearest; the mean of the middle two where their number is even.</param>
public sealed record Retrieval(double RecallAt1, double RecallAt5, double RecallAt10, double MedianRank)
{
    private const long Rows = 1024;                     // queries at a time

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"R@1 {RecallAt1 * 100:0.0}%, R@5 {RecallAt5 * 100:0.0}%, R@10 {RecallAt10 * 100:0.0}%, median rank {MedianRank:0.#}");

    /// <summary>Pairs: row i of the queries (N, d) belongs to row i of the items (N, d). Rows need not be of unit length.</summary>
    /// <exception cref="UserException">The sizes differ or a value is not finite.</exception>
    public static Retrieval OfPairs(Tensor queries, Tensor items)
    {
        AlignmentInput.Check("Retrieval", queries, items);
        if (queries.shape[0] != items.shape[0])
            throw new UserException($"Retrieval of pairs: there are {queries.shape[0]} queries and {items.shape[0]} items; expected as many of both.");
        using var own = arange(queries.shape[0], device: queries.device);
        return Of(queries, items, own, own);
    }

    /// <summary>Several items a query or several queries an item: a query's own items are those of its group.</summary>
    /// <param name="queries">(N, d).</param>
    /// <param name="items">(M, d).</param>
    /// <param name="queryGroup">(N), whole numbers: the group (image) that each query is of.</param>
    /// <param name="itemGroup">(M): the group that each item is of. Each query's group has an item.</param>
    /// <exception cref="UserException">The sizes differ, a value is not finite, or a query has no item.</exception>
    public static Retrieval Of(Tensor queries, Tensor items, Tensor queryGroup, Tensor itemGroup)
    {
        AlignmentInput.Check("Retrieval", queries, items);
        using var scope = NewDisposeScope();
        var (x, y) = (AlignmentInput.Unit(queries.to(ScalarType.Float64)), AlignmentInput.Unit(items.to(ScalarType.Float64)));
        var ranks = new List<long>();
        for (long start = 0; start < x.shape[0]; start += Rows)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(Rows, x.shape[0] - start);
            var cosines = x.narrow(0, start, count).matmul(y.t());                                              // (n, M)
            var own = queryGroup.narrow(0, start, count).unsqueeze(1).eq(itemGroup.unsqueeze(0));               // (n, M)
            if (own.any(1).logical_not().any().item<bool>()) throw new UserException("Retrieval: a query has no item of its group; leave such queries out.");
            var best = cosines.masked_fill(own.logical_not(), double.NegativeInfinity).amax([1], keepdim: true);
            ranks.AddRange(((cosines > best).sum(1) + 1).cpu().data<long>());
        }
        ranks.Sort();
        double Recall(int k) => ranks.Count(r => r <= k) / (double)ranks.Count;
        return new(Recall(1), Recall(5), Recall(10), (ranks[(ranks.Count - 1) / 2] + ranks[ranks.Count / 2]) / 2.0);
    }
}
