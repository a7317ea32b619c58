using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UnsupClipCap.Metrics;

/// <summary>What the parser does with rows of numbers between its dense layers. Lengths are multiples of 8 unless said otherwise.</summary>
internal static class Rows
{
    private const float Epsilon = 1e-5f;

    /// <summary>Layer normalisation of one row (Ba et al., 2016).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, Span<float> y)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < x.Length; i += 8) sum += Vector256.Create(x[i..]);
        var mean = Vector256.Create(Vector256.Sum(sum) / x.Length);
        var squares = Vector256<float>.Zero;
        for (var i = 0; i < x.Length; i += 8)
        {
            var d = Vector256.Create(x[i..]) - mean;
            squares = Vector256.FusedMultiplyAdd(d, d, squares);
        }
        var scale = Vector256.Create(1 / MathF.Sqrt(Vector256.Sum(squares) / x.Length + Epsilon));
        for (var i = 0; i < x.Length; i += 8)
            Vector256.FusedMultiplyAdd((Vector256.Create(x[i..]) - mean) * scale, Vector256.Create(gain[i..]), Vector256.Create(bias[i..])).CopyTo(y[i..]);
    }

    /// <summary>x sigmoid(1.702 x) in place: the bend between layers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bend(Span<float> x)
    {
        for (var i = 0; i < x.Length; i += 8)
        {
            var v = Vector256.Create<float>(x[i..]);
            (v / (Vector256<float>.One + Exp(v * -1.702f))).CopyTo(x[i..]);
        }
    }

    /// <summary>Adds a row to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ReadOnlySpan<float> x, Span<float> to)
    {
        for (var i = 0; i < x.Length; i += 8) (Vector256.Create(x[i..]) + Vector256.Create<float>(to[i..])).CopyTo(to[i..]);
    }

    /// <summary>Adds a multiple of a row to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ReadOnlySpan<float> x, float times, Span<float> to)
    {
        var t = Vector256.Create(times);
        for (var i = 0; i < x.Length; i += 8) Vector256.FusedMultiplyAdd(t, Vector256.Create(x[i..]), Vector256.Create<float>(to[i..])).CopyTo(to[i..]);
    }

    /// <summary>Inner product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < x.Length; i += 8) sum = Vector256.FusedMultiplyAdd(Vector256.Create(x[i..]), Vector256.Create(y[i..]), sum);
        return Vector256.Sum(sum);
    }

    /// <summary>Softmax in place, of any length; the room behind the row, up to a multiple of 8, is overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(Span<float> x, int length)
    {
        var most = float.NegativeInfinity;
        for (var i = 0; i < length; i++) most = MathF.Max(most, x[i]);
        for (var i = length; i < (length + 7) / 8 * 8; i++) x[i] = float.NegativeInfinity;
        var sums = Vector256<float>.Zero;
        for (var i = 0; i < length; i += 8)
        {
            var e = Exp(Vector256.Create<float>(x[i..]) - Vector256.Create(most));
            sums += e;
            e.CopyTo(x[i..]);
        }
        var scale = Vector256.Create(1 / Vector256.Sum(sums));
        for (var i = 0; i < length; i += 8) (Vector256.Create<float>(x[i..]) * scale).CopyTo(x[i..]);
    }

    /// <summary>Place of the largest of the first <paramref name="length"/> numbers.</summary>
    public static int ArgMax(ReadOnlySpan<float> x, int length)
    {
        var best = 0;
        for (var i = 1; i < length; i++)
            if (x[i] > x[best]) best = i;
        return best;
    }

    // exp(x) = 2^n e^r with |r| <= ln 2 / 2 and a polynomial for e^r; to about 2e-7. Beyond -87 it is 0 for all that is asked of it here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        x = Vector256.Min(Vector256.Max(x, Vector256.Create(-87f)), Vector256.Create(88f));
        var n = Vector256.Floor(Vector256.FusedMultiplyAdd(x, Vector256.Create(1.44269504f), Vector256.Create(0.5f)));
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        var p = Vector256.Create(1f / 720);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 120));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 24));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.5f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<float>.One);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<float>.One);
        var power = (Vector256.ConvertToInt32(n) + Vector256.Create(127)) << 23;
        return p * power.AsSingle();
    }
}
