using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UnsupClipCap.Metrics;

/// <summary>
/// y = W x + b for many x at once. Weights lie in panels of 16 outputs, so that six rows by one panel stay in twelve vector registers
/// (the blocking of Goto &amp; van de Geijn, 2008). Every sum runs in the same order, whatever the number of rows: a caption gets the same parse alone and among others.
/// </summary>
internal sealed class DenseLayer
{
    private const int Panel = 16, Rows = 6;
    private readonly float[] _panels;           // (outputs / 16, inputs, 16), the last panel filled up with zeros
    private readonly float[] _bias;             // outputs, filled up to a multiple of 16

    /// <param name="weights">(outputs, inputs), row by row.</param>
    /// <param name="bias">Outputs, or empty for none.</param>
    /// <param name="outputs">Number of outputs.</param>
    public DenseLayer(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputs)
    {
        Inputs = weights.Length / outputs;
        Outputs = outputs;
        var panels = (outputs + Panel - 1) / Panel;
        _panels = new float[panels * Inputs * Panel];
        _bias = new float[panels * Panel];
        bias.CopyTo(_bias);
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < Inputs; i++) _panels[(o / Panel * Inputs + i) * Panel + o % Panel] = weights[o * Inputs + i];
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Floats from one row of results to the next.</summary>
    public int Stride => _bias.Length;

    /// <summary>Computes <paramref name="rows"/> rows: x is (rows, inputs), y (rows, stride).</summary>
    /// <param name="x">Inputs.</param>
    /// <param name="xStride">Floats from one row of x to the next.</param>
    /// <param name="y">Results.</param>
    /// <param name="rows">Number of rows.</param>
    public void Apply(ReadOnlySpan<float> x, int xStride, Span<float> y, int rows)
    {
        if (rows == 0) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(x.Length, (rows - 1) * xStride + Inputs, nameof(x));
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, rows * Stride, nameof(y));
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ys = ref MemoryMarshal.GetReference(y);
        for (var panel = 0; panel * Panel < Stride; panel++)
        {
            ref var w = ref _panels[panel * Inputs * Panel];
            ref var b = ref _bias[panel * Panel];
            var row = 0;
            for (; row + Rows <= rows; row += Rows)
                Six(ref Unsafe.Add(ref xs, row * xStride), xStride, ref w, ref b, ref Unsafe.Add(ref ys, row * Stride + panel * Panel));
            for (; row < rows; row++)
                One(ref Unsafe.Add(ref xs, row * xStride), ref w, ref b, ref Unsafe.Add(ref ys, row * Stride + panel * Panel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]     // at full speed from the first call
    private void Six(ref float x, int xStride, ref float w, ref float b, ref float y)
    {
        ref var x1 = ref Unsafe.Add(ref x, xStride);
        ref var x2 = ref Unsafe.Add(ref x1, xStride);
        ref var x3 = ref Unsafe.Add(ref x2, xStride);
        ref var x4 = ref Unsafe.Add(ref x3, xStride);
        ref var x5 = ref Unsafe.Add(ref x4, xStride);
        Vector256<float> a0 = Vector256.LoadUnsafe(ref b), b0 = Vector256.LoadUnsafe(ref b, 8);
        Vector256<float> a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0, b4 = b0, a5 = a0, b5 = b0;
        for (nint i = 0; i < Inputs; i++)
        {
            var wa = Vector256.LoadUnsafe(ref w);
            var wb = Vector256.LoadUnsafe(ref w, 8);
            w = ref Unsafe.Add(ref w, Panel);
            var v = Vector256.Create(Unsafe.Add(ref x, i));
            (a0, b0) = (Vector256.FusedMultiplyAdd(v, wa, a0), Vector256.FusedMultiplyAdd(v, wb, b0));
            v = Vector256.Create(Unsafe.Add(ref x1, i));
            (a1, b1) = (Vector256.FusedMultiplyAdd(v, wa, a1), Vector256.FusedMultiplyAdd(v, wb, b1));
            v = Vector256.Create(Unsafe.Add(ref x2, i));
            (a2, b2) = (Vector256.FusedMultiplyAdd(v, wa, a2), Vector256.FusedMultiplyAdd(v, wb, b2));
            v = Vector256.Create(Unsafe.Add(ref x3, i));
            (a3, b3) = (Vector256.FusedMultiplyAdd(v, wa, a3), Vector256.FusedMultiplyAdd(v, wb, b3));
            v = Vector256.Create(Unsafe.Add(ref x4, i));
            (a4, b4) = (Vector256.FusedMultiplyAdd(v, wa, a4), Vector256.FusedMultiplyAdd(v, wb, b4));
            v = Vector256.Create(Unsafe.Add(ref x5, i));
            (a5, b5) = (Vector256.FusedMultiplyAdd(v, wa, a5), Vector256.FusedMultiplyAdd(v, wb, b5));
        }
        Store(ref y, a0, b0);
        Store(ref Unsafe.Add(ref y, Stride), a1, b1);
        Store(ref Unsafe.Add(ref y, 2 * Stride), a2, b2);
        Store(ref Unsafe.Add(ref y, 3 * Stride), a3, b3);
        Store(ref Unsafe.Add(ref y, 4 * Stride), a4, b4);
        Store(ref Unsafe.Add(ref y, 5 * Stride), a5, b5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void One(ref float x, ref float w, ref float b, ref float y)
    {
        Vector256<float> a0 = Vector256.LoadUnsafe(ref b), b0 = Vector256.LoadUnsafe(ref b, 8);
        for (nint i = 0; i < Inputs; i++)
        {
            var v = Vector256.Create(Unsafe.Add(ref x, i));
            (a0, b0) = (Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref w), a0), Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref w, 8), b0));
            w = ref Unsafe.Add(ref w, Panel);
        }
        Store(ref y, a0, b0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float y, Vector256<float> a, Vector256<float> b)
    {
        a.StoreUnsafe(ref y);
        b.StoreUnsafe(ref y, 8);
    }
}
