using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Sinkhorn's iterations on the CPU. K is kept in the cost's type, all sums are of float64. An iteration reads K once: while a row is in the cache, its u is found and its
/// part of K' u added. Rows are dealt out in blocks whose number does not depend on the threads, so that results do not either.
/// </summary>
/// <typeparam name="T">float or double: of the cost and of K.</typeparam>
internal sealed unsafe class SinkhornKernel<T> : ISinkhornScaling where T : unmanaged
{
    private const int MostBlocks = 16, RowsWorthABlock = 64, EntriesWorthThreads = 1 << 16;

    private static readonly bool Single = typeof(T) == typeof(float);
    private static readonly int Half = Vector<double>.Count, Width = 2 * Half;              // two vectors of float64 are one of float32
    // u and v within exp(+-bound): what K loses below its least number is then no part of the plan that its type could hold.
    private static readonly double Bound = Math.Exp(Single ? 20 : 150), LeastLog = Single ? -87 : -708;

    private readonly Tensor _cost, _kernel;
    private readonly T* _c, _k;
    private readonly int _n, _m, _whole, _blocks;
    private readonly double[] _a, _b, _f, _u;
    private readonly double[] _g, _v;
    private readonly double[][] _sums;
    private double _epsilon;

    /// <param name="cost">(n, m), contiguous, of type <typeparamref name="T"/>, on the CPU.</param>
    /// <param name="a">n source weights.</param>
    /// <param name="b">m target weights.</param>
    public SinkhornKernel(Tensor cost, double[] a, double[] b)
    {
        (_cost, _a, _b) = (cost, a, b);
        (_n, _m) = (a.Length, b.Length);
        _whole = _m - _m % Width;
        _kernel = empty_like(cost).DetachFromDisposeScope();
        _c = (T*)TransportInput.Start(_cost);
        _k = (T*)TransportInput.Start(_kernel);
        (_f, _g, _u, _v) = (new double[_n], new double[_m], new double[_n], new double[_m]);
        _blocks = Math.Clamp(_n / RowsWorthABlock, 1, MostBlocks);
        _sums = [.. Enumerable.Range(0, _blocks).Select(_ => new double[_m])];
        Array.Fill(_u, 1);
        Array.Fill(_v, 1);
        for (var j = 0; j < _m; j++)
            if (b[j] == 0) _g[j] = double.NegativeInfinity;
    }

    public void Dispose() => _kernel.Dispose();

    public void IterateLogs(double epsilon)
    {
        Absorb(_g, _v);
        Array.Fill(_u, 1);
        _epsilon = epsilon;
        ForBlocks((_, i) => _f[i] = epsilon * (Math.Log(_a[i]) - LogSum(i)));
        ColumnLogs();
        Build();
    }

    public (double Rows, double Columns) Iterate(double omega)
    {
        var (u, errors, left) = (new double[_n], new double[_blocks], new bool[_blocks]);
        Each(block =>
        {
            var sums = _sums[block];
            Array.Clear(sums);
            for (var (i, end) = Rows(block); i < end && !left[block]; i++)
            {
                if (_a[i] == 0) continue;
                var s = Dot(_k + (long)i * _m, _v);
                errors[block] += Math.Abs(_u[i] * s - _a[i]);
                u[i] = omega == 1 ? _a[i] / s : _u[i] * Math.Pow(_a[i] / (_u[i] * s), omega);
                left[block] = Leaves(u[i]);
                AddScaled(_k + (long)i * _m, u[i], sums);
            }
        });
        if (left.Contains(true)) return (double.NaN, double.NaN);
        var sum = Sum();
        var (v, error) = (new double[_m], 0.0);
        for (var j = 0; j < _m; j++)
        {
            if (_b[j] == 0) continue;
            error += Math.Abs(_v[j] * sum[j] - _b[j]);
            v[j] = omega == 1 ? _b[j] / sum[j] : _v[j] * Math.Pow(_b[j] / (_v[j] * sum[j]), omega);
            if (Leaves(v[j])) return (double.NaN, double.NaN);
        }
        u.CopyTo(_u, 0);
        v.CopyTo(_v, 0);
        return (errors.Sum(), error);
    }

    public (Tensor Plan, Tensor F, Tensor G, double Error) Plan()
    {
        Absorb(_f, _u);
        Absorb(_g, _v);
        Build();
        var errors = new double[_blocks];
        foreach (var sums in _sums) Array.Clear(sums);
        var one = new double[_m];
        Array.Fill(one, 1);
        ForBlocks((block, i) =>
        {
            errors[block] += Math.Abs(Dot(_k + (long)i * _m, one) - _a[i]);
            AddScaled(_k + (long)i * _m, 1, _sums[block]);
        });
        return (_kernel.alias(), tensor(_f), tensor(_g), errors.Sum() + Sum().Zip(_b, (sum, b) => Math.Abs(sum - b)).Sum());
    }

    private static bool Leaves(double scaling) => !(scaling < Bound && scaling > 1 / Bound);

    private void Absorb(double[] potential, double[] scaling)
    {
        for (var i = 0; i < scaling.Length; i++)
        {
            if (!double.IsNegativeInfinity(potential[i])) potential[i] += _epsilon * Math.Log(scaling[i]);
            scaling[i] = 1;
        }
    }

    /// <summary>log sum over j of exp((g[j] - C[i, j]) / epsilon).</summary>
    private double LogSum(int i)
    {
        var c = _c + (long)i * _m;
        var inverse = 1 / _epsilon;
        fixed (double* g = _g)
        {
            var (scale, most) = (new Vector<double>(inverse), new Vector<double>(double.NegativeInfinity));
            var largest = double.NegativeInfinity;
            var j = 0;
            for (; j < _whole; j += Width)
            {
                var (x, y) = Load(c + j);
                most = Vector.Max(most, Vector.Max(Vector.Load(g + j) - x, Vector.Load(g + j + Half) - y));
            }
            for (var k = 0; k < Half; k++) largest = Math.Max(largest, most[k]);
            for (; j < _m; j++) largest = Math.Max(largest, g[j] - Value(c + j));
            largest *= inverse;

            var (shift, sums) = (new Vector<double>(largest), Vector<double>.Zero);
            for (j = 0; j < _whole; j += Width)
            {
                var (x, y) = Load(c + j);
                sums += Vector.Exp((Vector.Load(g + j) - x) * scale - shift) + Vector.Exp((Vector.Load(g + j + Half) - y) * scale - shift);
            }
            var sum = Vector.Sum(sums);
            for (; j < _m; j++) sum += Math.Exp((g[j] - Value(c + j)) * inverse - largest);
            return largest + Math.Log(sum);
        }
    }

    /// <summary>g[j] = epsilon (log b[j] - log sum over i of exp((f[i] - C[i, j]) / epsilon)).</summary>
    private void ColumnLogs()
    {
        foreach (var most in _sums) Array.Fill(most, double.NegativeInfinity);
        ForBlocks((block, i) =>
        {
            if (double.IsNegativeInfinity(_f[i])) return;
            var c = _c + (long)i * _m;
            var f = new Vector<double>(_f[i]);
            fixed (double* most = _sums[block])
            {
                var j = 0;
                for (; j < _whole; j += Width)
                {
                    var (x, y) = Load(c + j);
                    Vector.Max(Vector.Load(most + j), f - x).Store(most + j);
                    Vector.Max(Vector.Load(most + j + Half), f - y).Store(most + j + Half);
                }
                for (; j < _m; j++) most[j] = Math.Max(most[j], _f[i] - Value(c + j));
            }
        });
        var largest = new double[_m];
        for (var j = 0; j < _m; j++) largest[j] = _sums.Max(s => s[j]);
        foreach (var sums in _sums) Array.Clear(sums);
        var inverse = 1 / _epsilon;
        ForBlocks((block, i) =>
        {
            if (double.IsNegativeInfinity(_f[i])) return;
            var c = _c + (long)i * _m;
            var (f, scale) = (new Vector<double>(_f[i]), new Vector<double>(inverse));
            fixed (double* sums = _sums[block], most = largest)
            {
                var j = 0;
                for (; j < _whole; j += Width)
                {
                    var (x, y) = Load(c + j);
                    (Vector.Load(sums + j) + Vector.Exp((f - x - Vector.Load(most + j)) * scale)).Store(sums + j);
                    (Vector.Load(sums + j + Half) + Vector.Exp((f - y - Vector.Load(most + j + Half)) * scale)).Store(sums + j + Half);
                }
                for (; j < _m; j++) sums[j] += Math.Exp((_f[i] - Value(c + j) - most[j]) * inverse);
            }
        });
        var sum = Sum();
        for (var j = 0; j < _m; j++) _g[j] = _epsilon * (Math.Log(_b[j]) - Math.Log(sum[j])) - largest[j];
    }

    /// <summary>K from the potentials.</summary>
    private void Build()
    {
        var inverse = 1 / _epsilon;
        ForBlocks((_, i) =>
        {
            var c = _c + (long)i * _m;
            var k = _k + (long)i * _m;
            var (f, scale, least) = (new Vector<double>(_f[i]), new Vector<double>(inverse), new Vector<double>(LeastLog));
            fixed (double* g = _g)
            {
                var j = 0;
                for (; j < _whole; j += Width)
                {
                    var (x, y) = Load(c + j);
                    Store(k + j, Entry((f + Vector.Load(g + j) - x) * scale), Entry((f + Vector.Load(g + j + Half) - y) * scale));
                }
                for (; j < _m; j++)
                {
                    var x = (_f[i] + g[j] - Value(c + j)) * inverse;
                    var value = x < LeastLog ? 0 : Math.Exp(x);
                    if (Single) ((float*)k)[j] = (float)value;
                    else ((double*)k)[j] = value;
                }
            }

            Vector<double> Entry(Vector<double> x) => Vector.ConditionalSelect(Vector.LessThan(x, least), Vector<double>.Zero, Vector.Exp(x));
        });
    }

    /// <summary>sum over j of k[j] v[j].</summary>
    private double Dot(T* k, double[] vector)
    {
        fixed (double* v = vector)
        {
            var (s, t) = (Vector<double>.Zero, Vector<double>.Zero);
            var j = 0;
            for (; j < _whole; j += Width)
            {
                var (x, y) = Load(k + j);
                s = Vector.FusedMultiplyAdd(x, Vector.Load(v + j), s);
                t = Vector.FusedMultiplyAdd(y, Vector.Load(v + j + Half), t);
            }
            var sum = Vector.Sum(s + t);
            for (; j < _m; j++) sum += Value(k + j) * v[j];
            return sum;
        }
    }

    /// <summary>sums += u k.</summary>
    private void AddScaled(T* k, double u, double[] into)
    {
        fixed (double* sums = into)
        {
            var factor = new Vector<double>(u);
            var j = 0;
            for (; j < _whole; j += Width)
            {
                var (x, y) = Load(k + j);
                Vector.FusedMultiplyAdd(x, factor, Vector.Load(sums + j)).Store(sums + j);
                Vector.FusedMultiplyAdd(y, factor, Vector.Load(sums + j + Half)).Store(sums + j + Half);
            }
            for (; j < _m; j++) sums[j] += Value(k + j) * u;
        }
    }

    /// <summary>All blocks' sums in the first.</summary>
    private double[] Sum()
    {
        var sum = _sums[0];
        for (var block = 1; block < _blocks; block++)
            for (var j = 0; j < _m; j++) sum[j] += _sums[block][j];
        return sum;
    }

    private (int Start, int End) Rows(int block) => ((int)((long)_n * block / _blocks), (int)((long)_n * (block + 1) / _blocks));

    private void Each(Action<int> run)
    {
        if ((long)_n * _m < EntriesWorthThreads || _blocks == 1)
            for (var block = 0; block < _blocks; block++) run(block);
        else Parallel.For(0, _blocks, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, run);
    }

    private void ForBlocks(Action<int, int> row) => Each(block =>
    {
        for (var (i, end) = Rows(block); i < end; i++) row(block, i);
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Value(T* p) => Single ? *(float*)p : *(double*)p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Low, Vector<double> High) Load(T* p)
    {
        if (!Single) return (Vector.Load((double*)p), Vector.Load((double*)p + Half));
        Vector.Widen(Vector.Load((float*)p), out var low, out var high);
        return (low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* p, Vector<double> low, Vector<double> high)
    {
        if (Single) Vector.Narrow(low, high).Store((float*)p);
        else
        {
            low.Store((double*)p);
            high.Store((double*)p + Half);
        }
    }
}
