namespace UnsupClipCap.Metrics;

/// <summary>
/// The best tree of a sentence from scores of its arcs: projective (no arcs cross), with one word at the root (Eisner, 1996).
/// SPICE's own trees are projective but for one in ten thousand.
/// </summary>
internal static class ProjectiveTree
{
    /// <summary>Heads of n words: 0 the root, else a word counted from 1.</summary>
    /// <param name="scores">(n + 1, n + 1): dependent by head, row 0 unused; the tree's sum of them is largest.</param>
    /// <param name="n">Number of words. Time grows with its cube where the words' best heads are no such tree, else with its square.</param>
    public static int[] Best(float[] scores, int n)
    {
        var T = n + 1;
        var heads = new int[n];
        for (var i = 1; i <= n; i++) heads[i - 1] = Rows.ArgMax(scores.AsSpan(i * T, T), T);
        if (!IsProjectiveTree(heads)) Eisner(scores, n, heads);
        return heads;
    }

    private static bool IsProjectiveTree(int[] heads)
    {
        var roots = 0;
        foreach (var head in heads)
            if (head == 0) roots++;
        if (roots != 1) return false;
        // Every word reaches the root; an arc covers only words that hang below its ends.
        for (var i = 1; i <= heads.Length; i++)
        {
            int steps = 0, at = i;
            while (at != 0 && steps++ <= heads.Length) at = heads[at - 1];
            if (at != 0) return false;
            int left = Math.Min(i, heads[i - 1]), right = Math.Max(i, heads[i - 1]);
            for (var k = left + 1; k < right; k++)
                if (heads[k - 1] < left || heads[k - 1] > right) return false;
        }
        return true;
    }

    // open[l, r, way]: best part tree over l..r with the arc between its ends, way 0 from r to l, 1 from l to r.
    // closed[l, r, way]: the same, complete on the side away from its head. Words only; the root takes one word in the end.
    private static void Eisner(float[] scores, int n, int[] heads)
    {
        int T = n + 1, cells = T * T * 2;
        var (open, closed) = (new float[cells], new float[cells]);
        var (openCut, closedCut) = (new int[cells], new int[cells]);
        for (var width = 1; width < n; width++)
            for (int l = 1, r = 1 + width; r <= n; l++, r++)
            {
                var (best, cut) = (float.NegativeInfinity, l);
                for (var k = l; k < r; k++)
                {
                    var score = closed[Cell(l, k, 1)] + closed[Cell(k + 1, r, 0)];
                    if (score > best) (best, cut) = (score, k);
                }
                (open[Cell(l, r, 0)], openCut[Cell(l, r, 0)]) = (best + scores[l * T + r], cut);
                (open[Cell(l, r, 1)], openCut[Cell(l, r, 1)]) = (best + scores[r * T + l], cut);
                (best, cut) = (float.NegativeInfinity, l);
                for (var k = l; k < r; k++)
                {
                    var score = closed[Cell(l, k, 0)] + open[Cell(k, r, 0)];
                    if (score > best) (best, cut) = (score, k);
                }
                (closed[Cell(l, r, 0)], closedCut[Cell(l, r, 0)]) = (best, cut);
                (best, cut) = (float.NegativeInfinity, r);
                for (var k = l + 1; k <= r; k++)
                {
                    var score = open[Cell(l, k, 1)] + closed[Cell(k, r, 1)];
                    if (score > best) (best, cut) = (score, k);
                }
                (closed[Cell(l, r, 1)], closedCut[Cell(l, r, 1)]) = (best, cut);
            }
        var (top, root) = (float.NegativeInfinity, 1);
        for (var k = 1; k <= n; k++)
        {
            var score = closed[Cell(1, k, 0)] + closed[Cell(k, n, 1)] + scores[k * T];
            if (score > top) (top, root) = (score, k);
        }
        heads[root - 1] = 0;
        var todo = new Stack<(int L, int R, int Way, bool IsOpen)>();
        todo.Push((1, root, 0, false));
        todo.Push((root, n, 1, false));
        while (todo.TryPop(out var part))
        {
            var (l, r, way, isOpen) = part;
            if (l == r) continue;
            if (isOpen)
            {
                if (way == 0) heads[l - 1] = r; else heads[r - 1] = l;
                var k = openCut[Cell(l, r, way)];
                todo.Push((l, k, 1, false));
                todo.Push((k + 1, r, 0, false));
            }
            else
            {
                var k = closedCut[Cell(l, r, way)];
                if (way == 0)
                {
                    todo.Push((l, k, 0, false));
                    todo.Push((k, r, 0, true));
                }
                else
                {
                    todo.Push((l, k, 1, true));
                    todo.Push((k, r, 1, false));
                }
            }
        }

        int Cell(int l, int r, int way) => (l * T + r) * 2 + way;
    }
}
