using System.Numerics;
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
        var isUsable = cost.dtype == ScalarType.Float64 && cost.is_contiguous() && cost.device.type == TorchSharp.DeviceType.CPU;
        TransportInput.Check("Exact transport", cost, isUsable ? 0 : 8, CPU);
        var (n, m) = ((int)cost.shape[0], (int)cost.shape[1]);
        var (a, b) = TransportInput.Weights("Exact transport", n, m, sourceWeights, targetWeights);
        using var scope = NewDisposeScope();
        int[] sources = Carrying(a), targets = Carrying(b);
        (a, b) = ([.. sources.Select(i => a[i])], [.. targets.Select(j => b[j])]);
        var used = cost.detach();
        if (sources.Length < n) used = used.index_select(0, tensor(sources, ScalarType.Int64, cost.device));
        if (targets.Length < m) used = used.index_select(1, tensor(targets, ScalarType.Int64, cost.device));
        used = used.to(CPU).to(ScalarType.Float64).contiguous();

        var uniform = a.Length == b.Length && IsUniform(a) && IsUniform(b);
        var entries = uniform
            ? [.. LinearAssignment.Solve(used, progress, cancel).Columns.Select((column, row) => (Row: row, Column: column, Mass: a[row]))]
            : ByNetworkSimplex(used, a, b, progress, cancel);
        entries.Sort();
        return new(n, m, [.. entries.Select(e => sources[e.Row])], [.. entries.Select(e => targets[e.Column])], [.. entries.Select(e => e.Mass)]);
    }

    /// <summary>The plan between weights above 0.</summary>
    internal static unsafe List<(int Row, int Column, double Mass)> ByNetworkSimplex(Tensor cost, double[] a, double[] b, IProgress<double>? progress, CancellationToken cancel)
    {
        var (supply, demand, unit) = Whole(a, b);
        return [.. new NetworkSimplex((double*)TransportInput.Start(cost), supply, demand, progress, cancel).Run().Select(e => (e.Row, e.Column, e.Amount * unit))];
    }

    /// <summary>
    /// The weights as whole numbers of one sum, and the weight of 1. Uniform ones are n and m over their common divisor: exact. Others are rounded to 2^-60 of the sum.
    /// </summary>
    private static (long[] Supply, long[] Demand, double Unit) Whole(double[] a, double[] b)
    {
        if (IsUniform(a) && IsUniform(b))
        {
            var divisor = (long)BigInteger.GreatestCommonDivisor(a.Length, b.Length);
            var (each, other) = (b.Length / divisor, a.Length / divisor);
            return ([.. a.Select(_ => each)], [.. b.Select(_ => other)], a.Sum() / ((double)each * a.Length));
        }
        var unit = Math.Max(a.Sum(), b.Sum()) / (1L << 60);
        var (supply, demand) = (Rounded(a), Rounded(b));
        // What rounding left over is put where it is least felt.
        var left = supply.Sum() - demand.Sum();
        if (left > 0) demand[Array.IndexOf(demand, demand.Max())] += left;
        else supply[Array.IndexOf(supply, supply.Max())] -= left;
        return (supply, demand, unit);

        long[] Rounded(double[] weights) => [.. weights.Select(w => Math.Max(1, (long)Math.Round(w / unit)))];
    }

    private static bool IsUniform(double[] weights) => weights.All(w => Math.Abs(w - weights[0]) <= 1e-12 * weights[0]);

    /// <summary>Those of weight above 0.</summary>
    private static int[] Carrying(double[] weights) => [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0)];
}
