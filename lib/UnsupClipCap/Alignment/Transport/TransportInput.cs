using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Checks of what transport is given, before any work.</summary>
internal static class TransportInput
{
    /// <summary>Sums of weights that differ by more than this share are not of one mass; below it, it is rounding.</summary>
    private const double SumTolerance = 1e-6;

    /// <summary>Throws unless the cost is (n, m), not empty, real and finite, and so many bytes more for each entry can be had.</summary>
    public static void Check(string method, Tensor cost, double bytesAnEntry, Device device)
    {
        if (cost.dim() != 2 || cost.shape[0] == 0 || cost.shape[1] == 0)
            throw new UserException($"{method}: the cost is of shape [{string.Join(", ", cost.shape)}]; expected (n, m) with a source and a target at least.");
        if (cost.is_complex() || cost.dtype == ScalarType.Bool)
            throw new UserException($"{method}: the cost is of type {cost.dtype}; expected float64 or float32 (whole numbers, float16 and bfloat16 are converted).");
        if (cost.shape[0] > int.MaxValue / 2 || cost.shape[1] > int.MaxValue / 2)
            throw new UserException($"{method}: the cost is of shape [{string.Join(", ", cost.shape)}]; that is too many points.");
        AvailableMemory.Check(method, cost.shape[0], cost.shape[1], bytesAnEntry * cost.shape[0] * cost.shape[1], device);
        using var scope = NewDisposeScope();
        // A sum is finite only where every entry is, unless it overflows: then look at each.
        if (!double.IsFinite(cost.sum(ScalarType.Float64).item<double>()) && !cost.isfinite().all().item<bool>())
            throw new UserException($"{method}: the cost holds values that are not finite; remove the points that they come from.");
    }

    /// <summary>Where the numbers of a contiguous tensor on the CPU begin; they stay there as long as the tensor lives. Spans over all of them end at 2 GB.</summary>
    public static unsafe void* Start(Tensor t)
    {
        using var flat = t.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The weights, uniform where none are given; both of one sum.</summary>
    public static (double[] Sources, double[] Targets) Weights(string method, long n, long m, double[]? sources, double[]? targets)
    {
        var (a, b) = (One("source", n, sources), One("target", m, targets));
        double sum = a.Sum(), other = b.Sum();
        if (Math.Abs(sum - other) > SumTolerance * Math.Max(sum, other))
            throw new UserException(FormattableString.Invariant($"{method}: the source weights sum to {sum:g9} and the target weights to {other:g9}; both must be of one mass. Divide each by its sum."));
        for (var j = 0; j < b.Length; j++) b[j] *= sum / other;
        return (a, b);

        double[] One(string what, long count, double[]? given)
        {
            var weights = new double[count];
            if (given is null)
            {
                Array.Fill(weights, 1.0 / count);
                return weights;
            }
            if (given.Length != count) throw new UserException($"{method}: there are {given.Length} {what} weights and {count} {what}s; expected one for each.");
            for (var i = 0; i < given.Length; i++)
                if (!double.IsFinite(given[i]) || given[i] < 0)
                    throw new UserException(FormattableString.Invariant($"{method}: {what} weight {i} is {given[i]}; expected 0 or more."));
            if (!given.Any(w => w > 0)) throw new UserException($"{method}: all {what} weights are 0; there is nothing to carry.");
            if (!double.IsFinite(given.Sum())) throw new UserException($"{method}: the {what} weights' sum is too large; divide them by it.");
            given.CopyTo(weights, 0);
            return weights;
        }
    }
}
