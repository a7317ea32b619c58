using System.Numerics;

namespace UnsupClipCap;

/// <summary>
/// The search behind <see cref="LinearAssignment"/>, over costs row after row. Prices v of columns are kept such that every assigned row i has its least c[i, j] - v[j]
/// at its column; u[i] is that least. Prices only fall, so a column that is free keeps the price of its column reduction.
/// </summary>
internal sealed unsafe class AssignmentSearch
{
    private static readonly int Width = Vector<double>.Count;
    // Two rows can outbid one another by next to nothing for ever: beyond so many sweeps and steps (times n) the paths take over.
    private const int Sweeps = 16, Steps = 4;

    private readonly double* _cost;
    private readonly int _n;
    private readonly IProgress<double>? _progress;
    private readonly CancellationToken _cancel;
    private readonly double[] _price;
    private readonly int[] _columnOf, _rowOf;
    private int _unassigned;

    public AssignmentSearch(double* cost, int n, IProgress<double>? progress, CancellationToken cancel)
    {
        _cost = cost;
        (_n, _progress, _cancel) = (n, progress, cancel);
        (_price, _columnOf, _rowOf, _unassigned) = (new double[n], new int[n], new int[n], n);
        Array.Fill(_columnOf, -1);
        Array.Fill(_rowOf, -1);
    }

    public Assignment Run()
    {
        _cancel.ThrowIfCancellationRequested();
        if (_n == 1) _columnOf[0] = 0;
        else
        {
            ReduceColumns();
            var free = Enumerable.Range(0, _n).Where(i => _columnOf[i] < 0).ToArray();
            for (var sweep = 0; sweep < Sweeps && free.Length > 0; sweep++) free = Bid(free);
            Augment(free);
        }
        if (_n == 1) _price[0] = _cost[0];
        var rowPrice = new double[_n];
        for (var i = 0; i < _n; i++) rowPrice[i] = Row(i)[_columnOf[i]] - _price[_columnOf[i]];
        return new(_columnOf, rowPrice, _price);
    }

    private double* Row(int i) => _cost + (long)i * _n;

    /// <summary>Each column's price is its least cost, and the row of that cost takes it if still free. A row with one column then lowers that price as far as it stays best.</summary>
    private void ReduceColumns()
    {
        var least = new int[_n];
        new ReadOnlySpan<double>(_cost, _n).CopyTo(_price);
        fixed (double* price = _price)
            for (var i = 1; i < _n; i++)
            {
                if (i % 256 == 0) _cancel.ThrowIfCancellationRequested();
                var row = Row(i);
                var j = 0;
                for (; j <= _n - Width; j += Width)
                {
                    if (!Vector.LessThanAny(Vector.Load(row + j), Vector.Load(price + j))) continue;
                    for (var k = j; k < j + Width; k++)
                        if (row[k] < price[k]) (price[k], least[k]) = (row[k], i);
                }
                for (; j < _n; j++)
                    if (row[j] < price[j]) (price[j], least[j]) = (row[j], i);
            }
        var columns = new int[_n];
        for (var j = _n - 1; j >= 0; j--)
        {
            columns[least[j]]++;
            if (_columnOf[least[j]] < 0) Assign(least[j], j);
        }
        for (var i = 0; i < _n; i++)
        {
            if (columns[i] != 1) continue;
            var j = _columnOf[i];
            _price[j] -= LeastTwo(i, out _).Second - (Row(i)[j] - _price[j]);
        }
    }

    private void Assign(int row, int column)
    {
        if (_rowOf[column] < 0) Done();
        (_columnOf[row], _rowOf[column]) = (column, row);
    }

    private void Done()
    {
        _unassigned--;
        if (_unassigned % 64 == 0) _progress?.Report(1 - (double)_unassigned / _n);
    }

    /// <summary>
    /// Augmenting row reduction: each free row takes its best column and lowers its price until the second best is as good; who had it is free again.
    /// </summary>
    /// <returns>The rows still free.</returns>
    private int[] Bid(int[] free)
    {
        var left = new List<int>();
        var stack = new Stack<int>(free.Reverse());
        for (var steps = 0L; stack.TryPop(out var i); steps++)
        {
            if (steps % 256 == 0) _cancel.ThrowIfCancellationRequested();
            if (steps > (long)Steps * _n)
            {
                left.Add(i);
                continue;
            }
            var (first, second) = LeastTwo(i, out var j);
            var lowered = _price[j] - (second - first);
            var lowers = lowered < _price[j];
            if (lowers) _price[j] = lowered;
            else if (_rowOf[j] >= 0) j = Other(i, second, j);
            var loser = _rowOf[j];
            Assign(i, j);
            if (loser < 0) continue;
            _columnOf[loser] = -1;
            if (lowers) stack.Push(loser);
            else left.Add(loser);
        }
        return [.. left];
    }

    /// <summary>The two least of c[i, j] - v[j] (equal where two columns are), and the column of the first.</summary>
    private (double First, double Second) LeastTwo(int i, out int column)
    {
        var row = Row(i);
        double first = double.PositiveInfinity, second = double.PositiveInfinity;
        var j = 0;
        fixed (double* price = _price)
        {
            var (a, b) = (new Vector<double>(first), new Vector<double>(first));
            for (; j <= _n - Width; j += Width)
            {
                var x = Vector.Load(row + j) - Vector.Load(price + j);
                b = Vector.Min(b, Vector.Max(a, x));
                a = Vector.Min(a, x);
            }
            for (var k = 0; k < Width; k++) Take(a[k]);
            for (var k = 0; k < Width; k++) second = Math.Min(second, b[k]);
            for (; j < _n; j++) Take(row[j] - price[j]);
        }
        column = Other(i, first, -1);
        return (first, second);

        void Take(double x)
        {
            second = Math.Min(second, Math.Max(first, x));
            first = Math.Min(first, x);
        }
    }

    /// <summary>The first column, other than <paramref name="but"/>, where c[i, j] - v[j] is <paramref name="value"/>.</summary>
    private int Other(int i, double value, int but)
    {
        var row = Row(i);
        var j = 0;
        fixed (double* price = _price)
        {
            var sought = new Vector<double>(value);
            for (; j <= _n - Width; j += Width)
            {
                if (!Vector.EqualsAny(Vector.Load(row + j) - Vector.Load(price + j), sought)) continue;
                for (var k = j; k < j + Width; k++)
                    if (k != but && row[k] - price[k] == value) return k;
            }
            for (; j < _n; j++)
                if (j != but && row[j] - price[j] == value) return j;
        }
        throw new InvalidOperationException("A least cost was found and then not found.");
    }

    /// <summary>
    /// Dijkstra's search over columns from each free row, along reduced costs, to the nearest free column; the path's assignments are then turned over.
    /// Which row a column was reached from is not kept but found again along the one path, from the equality of sums: the scans stay plain.
    /// </summary>
    private void Augment(int[] free)
    {
        var distance = new double[_n];
        // Prices of settled columns are minus infinity here: every distance over them is infinite, and the scans need not ask.
        var open = (double[])_price.Clone();
        var settledAt = new double[_n];
        var order = new List<(int Column, int RowsBefore)>();
        var rows = new List<(int Row, double Offset)>();
        foreach (var start in free)
        {
            _cancel.ThrowIfCancellationRequested();
            Array.Fill(distance, double.PositiveInfinity);
            order.Clear();
            rows.Clear();
            var (row, offset, low, end, next) = (start, 0.0, double.NegativeInfinity, -1, 0);
            while (true)
            {
                rows.Add((row, offset));
                var least = Scan(row, offset, distance, open);
                if (next == order.Count || least <= low)
                {
                    low = least;
                    end = Settle(low, distance, open, settledAt, order, rows.Count);
                    if (end >= 0) break;
                }
                var column = order[next++].Column;
                row = _rowOf[column];
                offset = low - (Row(row)[column] - _price[column]);
            }
            settledAt[end] = low;
            var path = Path(end, settledAt, order, rows);
            foreach (var (j, _) in order)
                open[j] = _price[j] += settledAt[j] - low;
            Done();
            foreach (var (i, j) in path) (_columnOf[i], _rowOf[j]) = (j, i);
        }
    }

    /// <summary>Brings distances down to those through one row; gives the least of columns not settled.</summary>
    private double Scan(int i, double offset, double[] distances, double[] open)
    {
        var row = Row(i);
        var least = double.PositiveInfinity;
        var j = 0;
        fixed (double* price = open, distance = distances)
        {
            var (shift, low) = (new Vector<double>(offset), new Vector<double>(double.PositiveInfinity));
            for (; j <= _n - Width; j += Width)
            {
                var d = Vector.Min(Vector.Load(distance + j), Vector.Load(row + j) - Vector.Load(price + j) + shift);
                d.Store(distance + j);
                low = Vector.Min(low, d);
            }
            for (var k = 0; k < Width; k++) least = Math.Min(least, low[k]);
            for (; j < _n; j++)
            {
                distance[j] = Math.Min(distance[j], row[j] - price[j] + offset);
                least = Math.Min(least, distance[j]);
            }
        }
        return least;
    }

    /// <summary>Settles every column at that distance; gives a free one among them, else -1.</summary>
    private int Settle(double low, double[] distances, double[] open, double[] settledAt, List<(int, int)> order, int rowsBefore)
    {
        var j = 0;
        fixed (double* distance = distances)
        {
            var sought = new Vector<double>(low);
            for (; j <= _n - Width; j += Width)
            {
                if (!Vector.EqualsAny(Vector.Load(distance + j), sought)) continue;
                for (var k = j; k < j + Width; k++)
                    if (distance[k] == low && Reached(k, distance)) return k;
            }
            for (; j < _n; j++)
                if (distance[j] == low && Reached(j, distance)) return j;
        }
        return -1;

        bool Reached(int column, double* distance)
        {
            if (_rowOf[column] < 0) return true;
            order.Add((column, rowsBefore));
            settledAt[column] = low;
            (distance[column], open[column]) = (double.PositiveInfinity, double.NegativeInfinity);
            return false;
        }
    }

    /// <summary>The pairs (row, column) of the shortest path that ends at a column.</summary>
    private List<(int Row, int Column)> Path(int end, double[] settledAt, List<(int Column, int RowsBefore)> order, List<(int Row, double Offset)> rows)
    {
        var path = new List<(int, int)>();
        for (var (j, before) = (end, rows.Count); ;)
        {
            var k = 0;
            // The first row that explains the distance was scanned before the column was settled: paths cannot run in circles, not even at ties.
            while (Row(rows[k].Row)[j] - _price[j] + rows[k].Offset != settledAt[j])
                if (++k == before) throw new InvalidOperationException("A shortest path was found and then not found.");
            path.Add((rows[k].Row, j));
            if (k == 0) return path;
            (j, before) = order[k - 1];                    // rows are scanned in the order in which their columns were settled
        }
    }
}
