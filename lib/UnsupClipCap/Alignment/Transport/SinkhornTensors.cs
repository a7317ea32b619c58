using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Sinkhorn's iterations by tensors, on any device: the same as <see cref="SinkhornKernel{T}"/>, K's products in its own type.</summary>
internal sealed class SinkhornTensors : ISinkhornScaling
{
    private const long BlockSize = 1 << 24;

    private readonly Tensor _cost, _kernel, _a, _b;
    private readonly double _bound, _leastLog;
    private Tensor _f, _g, _u, _v;
    private double _epsilon;

    /// <param name="cost">(n, m), float64 or float32.</param>
    /// <param name="a">n source weights.</param>
    /// <param name="b">m target weights.</param>
    public SinkhornTensors(Tensor cost, double[] a, double[] b)
    {
        (_cost, _kernel) = (cost, empty_like(cost).DetachFromDisposeScope());
        (_a, _b) = (tensor(a, device: cost.device).DetachFromDisposeScope(), tensor(b, device: cost.device).DetachFromDisposeScope());
        var single = cost.dtype == ScalarType.Float32;
        (_bound, _leastLog) = single ? (20, -87) : (150, -708);
        _f = zeros_like(_a).DetachFromDisposeScope();
        _g = zeros_like(_b).masked_fill(_b == 0, double.NegativeInfinity).DetachFromDisposeScope();
        (_u, _v) = (ones_like(_a).DetachFromDisposeScope(), ones_like(_b).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        foreach (var t in new[] { _kernel, _a, _b, _f, _g, _u, _v }) t.Dispose();
    }

    public void IterateLogs(double epsilon)
    {
        using var scope = NewDisposeScope();
        var g = Absorbed(_g, _v);
        _epsilon = epsilon;
        var f = epsilon * (_a.log() - LogSums(g, 0));
        g = epsilon * (_b.log() - LogSums(f, 1));
        Keep(ref _f, f);
        Keep(ref _g, g);
        Keep(ref _u, ones_like(_a));
        Keep(ref _v, ones_like(_b));
        Build();
    }

    public (double Rows, double Columns) Iterate(double omega)
    {
        using var scope = NewDisposeScope();
        var (u, rows) = Scaled(_u, _a, _kernel, _v, omega);
        var (v, columns) = Scaled(_v, _b, _kernel.t(), u, omega);
        var found = stack([rows, columns, Furthest(u, _a), Furthest(v, _b)]).cpu().data<double>().ToArray();     // one wait for the device
        if (!(found[2] < _bound && found[3] < _bound)) return (double.NaN, double.NaN);
        Keep(ref _u, u);
        Keep(ref _v, v);
        return (found[0], found[1]);
    }

    public (Tensor Plan, Tensor F, Tensor G, double Error) Plan()
    {
        using var scope = NewDisposeScope();
        Keep(ref _f, Absorbed(_f, _u));
        Keep(ref _g, Absorbed(_g, _v));
        Keep(ref _u, ones_like(_a));
        Keep(ref _v, ones_like(_b));
        Build();
        var error = (_kernel.sum(1, type: ScalarType.Float64) - _a).abs().sum() + (_kernel.sum(0, type: ScalarType.Float64) - _b).abs().sum();
        return (_kernel.alias().MoveToOuterDisposeScope(), _f.clone().MoveToOuterDisposeScope(), _g.clone().MoveToOuterDisposeScope(), error.item<double>());
    }

    /// <summary>The scaling that brings the sums towards the weights, and how far they were.</summary>
    private static (Tensor Scaling, Tensor Error) Scaled(Tensor scaling, Tensor weights, Tensor kernel, Tensor other, double omega)
    {
        var sums = scaling * kernel.mv(other.to(kernel.dtype)).to(ScalarType.Float64);
        var ratio = (weights / sums).masked_fill(weights == 0, 0);
        return (scaling * ratio.pow(omega), (sums - weights).abs().sum());
    }

    /// <summary>max |log u| where there is weight; infinite or not a number where u cannot be used.</summary>
    private static Tensor Furthest(Tensor scaling, Tensor weights) => scaling.log().abs().masked_fill(weights == 0, 0).max();

    private Tensor Absorbed(Tensor potential, Tensor scaling) => where(potential.isinf(), potential, potential + _epsilon * scaling.log());

    /// <summary>log sum of exp((potential - C) / epsilon) over targets for each source (dimension 0 is kept), or over sources for each target (1).</summary>
    private Tensor LogSums(Tensor potential, int kept)
    {
        var (count, across) = (_cost.shape[kept], _cost.shape[1 - kept]);
        var step = Math.Max(1, BlockSize / across);
        var parts = new List<Tensor>();
        for (var start = 0L; start < count; start += step)
        {
            using var scope = NewDisposeScope();
            var block = _cost.narrow(kept, start, Math.Min(step, count - start));
            parts.Add(((potential.unsqueeze(kept) - block) / _epsilon).logsumexp(1 - kept).MoveToOuterDisposeScope());
        }
        return cat(parts);
    }

    /// <summary>K from the potentials, block by block: exponents in float64 whatever K's type.</summary>
    private void Build()
    {
        var step = Math.Max(1, BlockSize / _cost.shape[1]);
        for (var start = 0L; start < _cost.shape[0]; start += step)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(step, _cost.shape[0] - start);
            var logs = (_f.narrow(0, start, count).unsqueeze(1) + _g.unsqueeze(0) - _cost.narrow(0, start, count)) / _epsilon;
            _kernel.narrow(0, start, count).copy_(logs.exp().masked_fill_(logs < _leastLog, 0));
        }
    }

    private static void Keep(ref Tensor field, Tensor value)
    {
        field.Dispose();
        field = value.DetachFromDisposeScope();
    }
}
