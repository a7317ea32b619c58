using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Costs between all pairs of two sets of points. They are computed in float64 whatever the points' type (float16, float32, float64), and kept as float64,
/// or as float32 for half the memory.
/// </summary>
public static class TransportCost
{
    // |x - y|^2 = |x|^2 + |y|^2 - 2 x.y loses digits where x and y are near: below this share of |x|^2 + |y|^2 it is computed from x - y.
    private const double Near = 1e-5;
    private const long BlockSize = 1 << 22;

    /// <summary>|x_i - y_j|.</summary>
    /// <param name="x">(n, d).</param>
    /// <param name="y">(m, d).</param>
    /// <param name="type">Float64 or Float32.</param>
    /// <returns>(n, m), on the device of <paramref name="x"/>.</returns>
    /// <exception cref="UserException">The sets do not fit together, hold what is not a number, or the matrix does not fit into memory.</exception>
    public static Tensor Euclidean(Tensor x, Tensor y, ScalarType type = ScalarType.Float64) => Between("Euclidean cost", x, y, type, block => block.sqrt_());

    /// <summary>|x_i - y_j|^2.</summary>
    /// <inheritdoc cref="Euclidean"/>
    public static Tensor SquaredEuclidean(Tensor x, Tensor y, ScalarType type = ScalarType.Float64) => Between("squared Euclidean cost", x, y, type, block => block);

    private static Tensor Between(string method, Tensor x, Tensor y, ScalarType type, Func<Tensor, Tensor> finish)
    {
        Check(method, x, y, type);
        var (n, m, d) = (x.shape[0], y.shape[0], x.shape[1]);
        AvailableMemory.Check(method, n, m, (double)n * m * (type == ScalarType.Float64 ? 8 : 4) + 8.0 * (n + m) * d, x.device);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (x, y) = (x.to(ScalarType.Float64), y.to(ScalarType.Float64));
        var center = y.mean([0]);                                                       // near the points there is less to lose
        (x, y) = (x - center, y - center);
        var (xx, yy) = (x.square().sum(1, keepdim: true), y.square().sum(1).unsqueeze(0));      // (n, 1), (1, m)
        var cost = empty(n, m, type, x.device);
        var step = Math.Max(1, BlockSize / m);
        for (var start = 0L; start < n; start += step)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(step, n - start);
            var rows = x.narrow(0, start, count);
            var scale = xx.narrow(0, start, count) + yy;                                // (count, m)
            var block = rows.matmul(y.t()).mul_(-2).add_(scale);
            var near = (block < scale.mul_(Near)).nonzero();                            // (k, 2)
            var few = Math.Max(1, BlockSize / d);
            for (var at = 0L; at < near.shape[0]; at += few)
            {
                using var innermost = NewDisposeScope();
                var pairs = near.narrow(0, at, Math.Min(few, near.shape[0] - at));
                var (i, j) = (pairs.select(1, 0), pairs.select(1, 1));
                block.index_put_((rows.index_select(0, i) - y.index_select(0, j)).square().sum(1), i, j);
            }
            cost.narrow(0, start, count).copy_(finish(block));
        }
        return cost.MoveToOuterDisposeScope();
    }

    private static void Check(string method, Tensor x, Tensor y, ScalarType type)
    {
        if (type is not (ScalarType.Float64 or ScalarType.Float32)) throw new UserException($"{method}: costs of type {type} were asked for; expected Float64 or Float32.");
        foreach (var (what, t) in new[] { ("sources", x), ("targets", y) })
        {
            if (t.dim() != 2 || t.shape[0] == 0 || t.shape[1] == 0)
                throw new UserException($"{method}: the {what} are of shape [{string.Join(", ", t.shape)}]; expected (n, d) with one point at least.");
            if (!t.is_floating_point()) throw new UserException($"{method}: the {what} are of type {t.dtype}; expected floating numbers.");
            using var finite = t.isfinite();
            using var all = finite.all();
            if (!all.item<bool>()) throw new UserException($"{method}: the {what} hold values that are not finite; remove those rows.");
        }
        if (x.shape[1] != y.shape[1]) throw new UserException($"{method}: the sources have {x.shape[1]} numbers each and the targets {y.shape[1]}; both must be of one space.");
        if (x.device.type != y.device.type || x.device.index != y.device.index) throw new UserException($"{method}: the sources are on {x.device} and the targets on {y.device}; move one to the other.");
    }
}
