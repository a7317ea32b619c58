using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The plan of least cost: min over T of sum T[i, j] C[i, j], where T is 0 or more, its rows sum to the source weights and its columns to the target weights
/// (Kantorovich's problem). With n = m and uniform weights the plan is a permutation over n, found as a linear assignment; otherwise by the network simplex method.
/// </summary>
public static class ExactTransport
{
    /// <summary>Solves it on the CPU, in float64 whatever the cost's type.</summary>
    /// <param name="cost">C (n, m): finite; may be negative. Every type but complex ones and truth values is converted.</param>
    /// <param name="sourceWeights">n weights, 0 or more; null: 1 / n each.</param>
    /// <param name="targetWeights">m weights of the same sum; null: 1 / m each.</param>
    /// <param name="progress">Shares of the work done, 0..1: an estimate.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="UserException">The cost or the weights cannot be used, or memory does not suffice.</exception>
    public static TransportPlan Solve(Tensor cost, double[]? sourceWeights = null, double[]? targetWeights = null, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        TransportInput.Check("Exact transport", cost);
        var (n, m) = ((int)cost.shape[0], (int)cost.shape[1]);
        var (a, b) = TransportInput.Weights("Exact transport", n, m, sourceWeights, targetWeights);
        using var scope = NewDisposeScope();
        int[] sources = Carrying(a), targets = Carrying(b);
        (a, b) = ([.. sources.Select(i => a[i])], [.. targets.Select(j => b[j])]);
        if (cost.dtype != ScalarType.Float64 || !cost.is_contiguous() || cost.device.type != TorchSharp.DeviceType.CPU || sources.Length < n || targets.Length < m)
            AvailableMemory.Check("Exact transport", n, m, 8.0 * n * m, CPU);
        var used = cost.detach();
        if (sources.Length < n) used = used.index_select(0, tensor(sources, ScalarType.Int64, cost.device));
        if (targets.Length < m) used = used.index_select(1, tensor(targets, ScalarType.Int64, cost.device));
        used = used.to(CPU).to(ScalarType.Float64).contiguous();

        var uniform = a.Length == b.Length && a.Concat(b).All(w => Math.Abs(w - a[0]) <= 1e-12 * a[0]);
        List<(int Row, int Column, double Mass)> entries = uniform
            ? [.. LinearAssignment.Solve(used, progress, cancel).Columns.Select((column, row) => (row, column, a[row]))]
            : throw new NotImplementedException();
        entries.Sort();
        return new(n, m, [.. entries.Select(e => sources[e.Row])], [.. entries.Select(e => targets[e.Column])], [.. entries.Select(e => e.Mass)]);
    }

    /// <summary>Those of weight above 0.</summary>
    private static int[] Carrying(double[] weights) => [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0)];
}
