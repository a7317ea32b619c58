using System.Numerics;

namespace UnsupClipCap;

/// <summary>
/// The transportation problem by the network simplex method on the complete bipartite graph, with strongly feasible spanning trees, which cannot cycle (Cunningham, 1976;
/// Ahuja, Magnanti and Orlin, 1993, section 11.6). Amounts are whole numbers, so flows are exact; costs are float64.
/// </summary>
/// <remarks>
/// Nodes: sources 0..n-1, targets n..n+m-1, and a root. Every real or artificial arc leads away from a source or into a target: a source's arc to its parent carries flow
/// up the tree, a target's down. Tree arcs satisfy c[i, j] = u[i] + v[j]; strongly feasible: arcs that carry nothing lead up.
/// </remarks>
internal sealed unsafe class NetworkSimplex
{
    private static readonly int Width = Vector<double>.Count;

    private readonly double* _cost;
    private readonly int _n, _m, _root;
    private readonly double _toRoot, _fromRoot, _tolerance;
    private readonly int[] _parent, _firstChild, _next, _previous, _depth;
    private readonly long[] _flow;                  // on the arc to the parent
    private readonly double[] _price;               // u of sources, v of targets
    private readonly int[] _stack;
    private readonly double _total;
    private readonly IProgress<double>? _progress;
    private readonly CancellationToken _cancel;

    /// <param name="cost">n x m, row after row.</param>
    /// <param name="supply">Of each source, above 0.</param>
    /// <param name="demand">Of each target, above 0, of the same sum.</param>
    /// <param name="progress">Shares done.</param>
    /// <param name="cancel">Stops it.</param>
    public NetworkSimplex(double* cost, long[] supply, long[] demand, IProgress<double>? progress, CancellationToken cancel)
    {
        _cost = cost;
        (_n, _m, _root, _progress, _cancel) = (supply.Length, demand.Length, supply.Length + demand.Length, progress, cancel);
        _total = supply.Sum();
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var k = 0L; k < (long)_n * _m; k++) (least, most) = (Math.Min(least, cost[k]), Math.Max(most, cost[k]));
        // Over the root a unit costs more than any arc: as all can be carried on real arcs, the best plan leaves the root alone.
        var range = most - least;
        (_toRoot, _fromRoot) = (range > 0 ? 2 * range : 1, least);
        // What prices may be off by rounding is no gain.
        _tolerance = Math.Max(1e-13 * range, 2e-14 * Math.Max(Math.Abs(least), Math.Abs(most)));
        var nodes = _root + 1;
        (_parent, _firstChild, _next, _previous, _depth, _stack) = (Filled(nodes), Filled(nodes), Filled(nodes), Filled(nodes), new int[nodes], new int[nodes]);
        (_flow, _price) = (new long[nodes], new double[nodes]);
        for (var node = 0; node < _root; node++)
        {
            Hang(node, _root, node < _n ? supply[node] : demand[node - _n]);
            (_depth[node], _price[node]) = (1, node < _n ? _toRoot : _fromRoot);
        }

        static int[] Filled(int count)
        {
            var a = new int[count];
            Array.Fill(a, -1);
            return a;
        }
    }

    /// <summary>u (n) and v (m): u[i] + v[j] is at most c[i, j] but for rounding, and equal to it where the plan carries something.</summary>
    public (double[] Sources, double[] Targets) Prices => (_price[.._n], _price[_n.._root]);

    private double _told;

    /// <summary>The best plan: source, target, amount above 0.</summary>
    public List<(int Row, int Column, long Amount)> Run()
    {
        do
        {
            Improve();
            // Prices were changed by differences all along: computed from the tree once more, do they still say that nothing is left to gain?
            Reprice();
        }
        while (Enumerable.Range(0, _n).Any(i => Best(i, 0, _m, out _) < -_tolerance));

        var plan = new List<(int, int, long)>();
        for (var node = 0; node < _root; node++)
        {
            if (_flow[node] == 0) continue;
            if (_parent[node] == _root) throw new InvalidOperationException("Network simplex ended on a plan that is not complete.");
            plan.Add(node < _n ? (node, _parent[node] - _n, _flow[node]) : (_parent[node], node - _n, _flow[node]));
        }
        return plan;
    }

    /// <summary>Pivots block after block of a source's arcs, each by its best arc, until all blocks in a row have none.</summary>
    private void Improve()
    {
        // Blocks of about the square root of all arcs: shorter ones bring in worse arcs, longer ones take longer to search than to pivot.
        var block = (int)Math.Min(_m, Math.Max(512, Math.Sqrt((double)_n * _m)));
        var (idle, blocks) = (0L, (long)_n * ((_m + block - 1) / block));
        while (true)
            for (var i = 0; i < _n; i++)
            {
                if (i % 64 == 0)
                {
                    _cancel.ThrowIfCancellationRequested();
                    Tell((double)idle / blocks);
                }
                for (var start = 0; start < _m; start += block)
                {
                    var gain = Best(i, start, Math.Min(_m, start + block), out var j);
                    if (gain < -_tolerance)
                    {
                        idle = 0;
                        Pivot(i, _n + j, gain);
                    }
                    else if (++idle == blocks) return;
                }
            }
    }

    /// <summary>Half of the work is to bring all amounts onto real arcs, half to find sources that have nothing to gain: an estimate that never falls.</summary>
    private void Tell(double idle)
    {
        if (_progress is null) return;
        var waiting = 0.0;
        for (var source = _firstChild[_root]; source >= 0; source = _next[source])
            if (source < _n) waiting += _flow[source];
        var share = 1 - waiting / _total / 2 - (1 - idle) / 2;
        if (share <= _told) return;
        _told = share;
        _progress.Report(share);
    }

    /// <summary>The least of c[i, j] - u[i] - v[j] over targets from start to end, and its target.</summary>
    private double Best(int i, int start, int end, out int target)
    {
        var row = _cost + (long)i * _m;
        fixed (double* prices = _price)
        {
            var v = prices + _n;
            var low = new Vector<double>(double.PositiveInfinity);
            var least = double.PositiveInfinity;
            var j = start;
            for (; j <= end - Width; j += Width) low = Vector.Min(low, Vector.Load(row + j) - Vector.Load(v + j));
            for (var k = 0; k < Width; k++) least = Math.Min(least, low[k]);
            for (; j < end; j++) least = Math.Min(least, row[j] - v[j]);
            target = -1;
            var gain = least - _price[i];
            if (gain >= -_tolerance) return gain;
            var sought = new Vector<double>(least);
            for (j = start; j <= end - Width; j += Width)
                if (Vector.EqualsAny(Vector.Load(row + j) - Vector.Load(v + j), sought)) break;
            while (row[j] - v[j] != least) j++;
            target = j;
            return gain;
        }
    }

    /// <summary>Brings the arc from source i to target j, of reduced cost gain below 0, into the tree.</summary>
    private void Pivot(int i, int j, double gain)
    {
        // The cycle: i to j, up from j to the apex, down to i. Against it run the arcs of targets on j's side and of sources on i's side: the least flow of them limits.
        // Of several that limit, the last from the apex on leaves: so the tree stays strongly feasible.
        var (amount, leaving, onSourceSide) = (long.MaxValue, -1, true);
        var (a, b) = (i, j);
        var (bestB, leavingB) = (long.MaxValue, -1);
        while (a != b)
        {
            if (_depth[a] >= _depth[b])
            {
                if (a < _n && _flow[a] < amount) (amount, leaving) = (_flow[a], a);
                a = _parent[a];
            }
            else
            {
                if (b >= _n && _flow[b] <= bestB) (bestB, leavingB) = (_flow[b], b);
                b = _parent[b];
            }
        }
        if (bestB <= amount) (amount, leaving, onSourceSide) = (bestB, leavingB, false);
        var apex = a;
        if (amount > 0)
        {
            for (a = i; a != apex; a = _parent[a]) _flow[a] += a < _n ? -amount : amount;
            for (b = j; b != apex; b = _parent[b]) _flow[b] += b < _n ? amount : -amount;
        }
        // What hung below the leaving arc is hung on the entering one, turned round along the path between them.
        var (node, parent, flow) = onSourceSide ? (i, j, amount) : (j, i, amount);
        while (true)
        {
            var (above, carried) = (_parent[node], _flow[node]);
            Unhang(node, above);
            Hang(node, parent, flow);
            if (node == leaving) break;
            (node, parent, flow) = (above, node, carried);
        }
        Shift(onSourceSide ? i : j, onSourceSide ? gain : -gain);
    }

    private void Hang(int node, int parent, long flow)
    {
        var first = _firstChild[parent];
        (_parent[node], _flow[node], _next[node], _previous[node]) = (parent, flow, first, -1);
        if (first >= 0) _previous[first] = node;
        _firstChild[parent] = node;
    }

    private void Unhang(int node, int parent)
    {
        var (before, after) = (_previous[node], _next[node]);
        if (before >= 0) _next[before] = after;
        else _firstChild[parent] = after;
        if (after >= 0) _previous[after] = before;
    }

    /// <summary>Adds to u, and takes from v, in the tree below a node; depths are set anew.</summary>
    private void Shift(int top, double by)
    {
        var count = 0;
        _stack[count++] = top;
        while (count > 0)
        {
            var node = _stack[--count];
            _depth[node] = _depth[_parent[node]] + 1;
            _price[node] += node < _n ? by : -by;
            for (var child = _firstChild[node]; child >= 0; child = _next[child]) _stack[count++] = child;
        }
    }

    /// <summary>Prices from the tree's arcs.</summary>
    private void Reprice()
    {
        var count = 0;
        for (var child = _firstChild[_root]; child >= 0; child = _next[child]) _stack[count++] = child;
        while (count > 0)
        {
            var node = _stack[--count];
            var parent = _parent[node];
            _price[node] = parent == _root ? (node < _n ? _toRoot : _fromRoot) : (node < _n ? _cost[(long)node * _m + parent - _n] : _cost[(long)parent * _m + node - _n]) - _price[parent];
            for (var child = _firstChild[node]; child >= 0; child = _next[child]) _stack[count++] = child;
        }
    }
}
