using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A transport plan T (n, m) of which most is zero: mass[k] goes from source rows[k] to target columns[k]; no pair stands twice.</summary>
/// <param name="Sources">n.</param>
/// <param name="Targets">m.</param>
/// <param name="Rows">Sources, in ascending order.</param>
/// <param name="Columns">Targets, ascending within a source.</param>
/// <param name="Mass">Above 0.</param>
public sealed record TransportPlan(int Sources, int Targets, int[] Rows, int[] Columns, double[] Mass)
{
    /// <summary>sum of T[i, j] C[i, j].</summary>
    /// <param name="cost">C (n, m), of any floating type.</param>
    public double Cost(Tensor cost)
    {
        if (cost.dim() != 2 || cost.shape[0] != Sources || cost.shape[1] != Targets)
            throw new UserException($"The cost is of shape [{string.Join(", ", cost.shape)}]; the plan is between {Sources} sources and {Targets} targets.");
        using var scope = NewDisposeScope();
        var (rows, columns, mass) = Entries(ScalarType.Float64, cost.device);
        return cost.index(TensorIndex.Tensor(rows), TensorIndex.Tensor(columns)).to(ScalarType.Float64).dot(mass).item<double>();
    }

    /// <summary>T (n, m) with its zeros.</summary>
    public Tensor ToDense(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var (rows, columns, mass) = Entries(type, device);
        var plan = zeros(Sources, Targets, type, device);
        plan.index_put_(mass, rows, columns);
        return plan.MoveToOuterDisposeScope();
    }

    /// <summary>The barycentric map: each source goes to the mean of its targets, weighted by its mass there: diag(T 1)^-1 T Y.</summary>
    /// <param name="targets">Y (m, d), floating.</param>
    /// <returns>(n, d), of the targets' type and on their device.</returns>
    /// <exception cref="UserException">A source has no mass, so no mean.</exception>
    public Tensor Barycentric(Tensor targets)
    {
        if (targets.dim() != 2 || targets.shape[0] != Targets)
            throw new UserException($"The targets are of shape [{string.Join(", ", targets.shape)}]; the plan goes to {Targets} of them: expected ({Targets}, d).");
        var sums = new double[Sources];
        for (var k = 0; k < Mass.Length; k++) sums[Rows[k]] += Mass[k];
        if (Array.IndexOf(sums, 0) is >= 0 and var empty)
            throw new UserException($"Source {empty} of the plan has no mass, so it goes nowhere; leave sources of weight 0 out.");
        using var scope = NewDisposeScope();
        var (rows, columns, _) = Entries(ScalarType.Float64, targets.device);
        var share = tensor(Mass.Select((mass, k) => mass / sums[Rows[k]]).ToArray(), device: targets.device);
        var means = zeros(Sources, targets.shape[1], ScalarType.Float64, targets.device);
        means.index_add_(0, rows, targets.index_select(0, columns).to(ScalarType.Float64) * share.unsqueeze(1), 1);
        return means.to(targets.dtype).MoveToOuterDisposeScope();
    }

    private (Tensor Rows, Tensor Columns, Tensor Mass) Entries(ScalarType type, Device device) => (
        tensor(Rows, ScalarType.Int64, device), tensor(Columns, ScalarType.Int64, device), tensor(Mass, type, device));
}
