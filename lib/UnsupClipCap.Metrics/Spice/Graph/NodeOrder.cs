namespace UnsupClipCap.Metrics;

/// <summary>
/// The order in which SPICE meets the nodes of a graph and the edges out of each. It decides the order of proposals, and with it what
/// merges with what.
/// </summary>
/// <remarks>
/// Learnt from what the original does: it walks a topological order, heads before dependents, of a graph kept in hash tables whose hash is
/// the place of the word. A table of up to 12 entries has 16 slots, so place 17 comes before place 2; a larger one has 32, and so on.
/// Where edges run in a circle there is no such order, and nodes come as the table holds them.
/// </remarks>
internal sealed class NodeOrder
{
    private const int FieldBits = 21;

    private readonly DependencyGraph _graph;
    private readonly int[] _start;
    private readonly int[] _edges;

    /// <summary>Orders a graph that is no longer changed.</summary>
    public NodeOrder(DependencyGraph graph)
    {
        _graph = graph;
        var nodes = graph.NodeCount;
        _start = new int[nodes + 2];
        _edges = new int[graph.EdgeCount];
        var keys = new long[Math.Max(graph.EdgeCount, nodes)];
        var seenFrom = new int[nodes + 1];
        var seenAt = new int[nodes + 1];
        var end = 0;
        for (var node = 0; node <= nodes; node++)
        {
            var start = end;
            var distinct = 0;
            for (var e = graph.FirstOut(node); e >= 0; e = graph.NextOut(e))
            {
                var to = graph[e].Dependent;
                if (seenFrom[to] != node + 1)
                {
                    seenFrom[to] = node + 1;
                    seenAt[to] = distinct++;
                }
                _edges[end++] = e;
            }
            _start[node + 1] = end;
            if (end - start < 2) continue;
            var slots = Slots(distinct);
            for (var i = start; i < end; i++)
            {
                var to = graph[_edges[i]].Dependent;
                keys[i] = ((long)(graph.Position(to) & (slots - 1)) << (2 * FieldBits)) | ((long)seenAt[to] << FieldBits) | (uint)(i - start);
            }
            keys.AsSpan(start, end - start).Sort(_edges.AsSpan(start, end - start));
        }
        Nodes = new int[nodes];
        Sort(keys);
    }

    /// <summary>All nodes in order.</summary>
    public int[] Nodes { get; }

    /// <summary>The edges out of a node, in order; those to one dependent stand together.</summary>
    public ReadOnlySpan<int> From(int node) => _edges.AsSpan(_start[node], _start[node + 1] - _start[node]);

    private static int Slots(int entries)
    {
        var slots = 16;
        while (4L * entries > 3L * slots) slots *= 2;
        return slots;
    }

    private void Sort(long[] keys)
    {
        var table = new int[Nodes.Length];
        var slots = Slots(table.Length);
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = i + 1;
            keys[i] = ((long)(_graph.Position(i + 1) & (slots - 1)) << FieldBits) | (uint)i;
        }
        keys.AsSpan(0, table.Length).Sort(table.AsSpan());
        if (!SortHeadsFirst(table)) table.CopyTo(Nodes.AsSpan());
    }

    /// <summary>Depth first from each node of the table, a node being placed before all that are done; false where edges run in a circle.</summary>
    private bool SortHeadsFirst(int[] table)
    {
        const byte open = 1, done = 2;
        var state = new byte[table.Length + 1];
        var path = new int[table.Length];
        var next = new int[table.Length + 1];
        var free = Nodes.Length;
        foreach (var first in table)
        {
            if (state[first] != 0) continue;
            var depth = 0;
            path[depth] = first;
            state[first] = open;
            while (depth >= 0)
            {
                var node = path[depth];
                var edges = From(node);
                if (next[node] == edges.Length)
                {
                    state[node] = done;
                    Nodes[--free] = node;
                    depth--;
                    continue;
                }
                var to = _graph[edges[next[node]++]].Dependent;
                if (state[to] == open) return false;
                if (state[to] == done) continue;
                state[to] = open;
                path[++depth] = to;
            }
        }
        return true;
    }
}
