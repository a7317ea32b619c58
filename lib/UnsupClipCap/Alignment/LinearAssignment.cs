using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>An assignment and the prices that prove it: RowPrices[i] + ColumnPrices[j] is at most cost[i, j], and equal to it where i goes to j.</summary>
/// <param name="Columns">The column of each row.</param>
/// <param name="RowPrices">u (n).</param>
/// <param name="ColumnPrices">v (n).</param>
internal sealed record Assignment(int[] Columns, double[] RowPrices, double[] ColumnPrices);

/// <summary>
/// The assignment of N rows to N columns of least total cost, exactly: column reduction, augmenting row reduction, then shortest augmenting paths (Jonker and
/// Volgenant, 1987). O(N^3) time at worst, O(N) memory beside the costs.
/// </summary>
public static class LinearAssignment
{
    /// <summary>The column of each row.</summary>
    /// <param name="cost">N x N, row after row; finite.</param>
    /// <param name="n">Number of rows and of columns.</param>
    public static unsafe int[] Solve(double[] cost, int n)
    {
        if (cost.Length != (long)n * n) throw new ArgumentException($"{cost.Length} costs were given for {n} x {n}.");
        fixed (double* c = cost) return new AssignmentSearch(c, n, null, default).Run().Columns;
    }

    /// <summary>The assignment of a cost (N, N): float64, contiguous, on the CPU.</summary>
    internal static unsafe Assignment Solve(Tensor cost, IProgress<double>? progress, CancellationToken cancel) =>
        new AssignmentSearch((double*)TransportInput.Start(cost), (int)cost.shape[0], progress, cancel).Run();
}
