namespace UnsupClipCap;

/// <summary>
/// The assignment of N rows to N columns of least total cost, exactly: shortest augmenting paths with dual prices (Jonker and Volgenant, 1987; Crouse, 2016).
/// O(N^3) time at worst, O(N^2) memory for the costs.
/// </summary>
public static class LinearAssignment
{
    /// <summary>The column of each row.</summary>
    /// <param name="cost">N x N, row after row; finite.</param>
    /// <param name="n">Number of rows and of columns.</param>
    public static int[] Solve(double[] cost, int n)
    {
        if (cost.Length != (long)n * n) throw new ArgumentException($"{cost.Length} costs were given for {n} x {n}.");
        var (rowPrice, columnPrice) = (new double[n], new double[n]);
        var (columnOf, rowOf) = (Filled(n), Filled(n));
        var (distance, before, open) = (new double[n], new int[n], new int[n]);
        for (var start = 0; start < n; start++)
        {
            // Dijkstra over columns from an unassigned row, along reduced costs, until a free column is reached.
            Array.Fill(distance, double.PositiveInfinity);
            for (var j = 0; j < n; j++) open[j] = j;
            var (opened, row, least, end) = (n, start, 0.0, -1);
            while (end < 0)
            {
                var best = -1;
                var low = double.PositiveInfinity;
                var offset = least - rowPrice[row];
                var costs = cost.AsSpan(row * n, n);
                for (var k = 0; k < opened; k++)
                {
                    var j = open[k];
                    var d = offset + costs[j] - columnPrice[j];
                    if (d < distance[j]) (distance[j], before[j]) = (d, row);
                    // Among equals a free column ends the search at once.
                    if (distance[j] < low || (distance[j] == low && rowOf[j] < 0)) (low, best) = (distance[j], k);
                }
                least = low;
                var column = open[best];
                (open[best], open[opened - 1]) = (open[opened - 1], column);
                opened--;
                if (rowOf[column] < 0) end = column;
                else row = rowOf[column];
            }
            rowPrice[start] += least;
            for (var k = opened; k < n; k++)                    // columns settled on the way
            {
                var j = open[k];
                if (rowOf[j] >= 0) rowPrice[rowOf[j]] += least - distance[j];
                columnPrice[j] -= least - distance[j];
            }
            for (var j = end; ;)                                // turn the path's assignments over
            {
                var i = before[j];
                rowOf[j] = i;
                (columnOf[i], j) = (j, columnOf[i]);
                if (i == start) break;
            }
        }
        return columnOf;

        static int[] Filled(int n)
        {
            var a = new int[n];
            Array.Fill(a, -1);
            return a;
        }
    }
}
