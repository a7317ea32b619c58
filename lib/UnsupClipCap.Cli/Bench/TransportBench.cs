using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>
/// bench transport: exact and entropic transport between n images and n texts, beside SciPy's <c>linear_sum_assignment</c> and beside log-domain Sinkhorn as POT's
/// <c>sinkhorn_log</c> does it (two log-sum-exp over an n x n float64 array an iteration, by NumPy and SciPy), where a Python with SciPy is found; and the memory of it all.
/// </summary>
internal sealed class TransportBench : IDisposable
{
    private const int Width = 512;
    private const double EntropicShare = .05, SlowShare = .005;
    private const string Published = "measured elsewhere on 2 cores: SciPy's linear_sum_assignment 1.8 s, POT's ot.emd 6.5 s", PublishedEntropic = "POT's sinkhorn_log, measured elsewhere on 2 cores: 1.0 s an iteration";

    /// <summary>Costs (n, n) from a file of float64: the seconds, and a float64 each of the answer.</summary>
    private const string Script = """
        import sys, time
        import numpy as np
        what, file, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
        cost = np.fromfile(file).reshape(n, n)
        if what == "assign":
            from scipy.optimize import linear_sum_assignment
            start = time.perf_counter()
            row, column = linear_sum_assignment(cost)
            print(time.perf_counter() - start, repr(float(cost[row, column].sum())))
        else:
            from scipy.special import logsumexp
            epsilon, iterations = float(sys.argv[4]), int(sys.argv[5])
            kernel, weight = -cost / epsilon, np.full(n, -np.log(n))
            u, v = np.zeros(n), np.zeros(n)
            start = time.perf_counter()
            for _ in range(iterations):
                v = weight - logsumexp(kernel + u[:, None], 0)
                u = weight - logsumexp(kernel + v[None, :], 1)
            seconds = time.perf_counter() - start
            plan = np.exp(kernel + u[:, None] + v[None, :])
            print(seconds, repr(float((plan * cost).sum())), repr(float(np.abs(plan.sum(0) - 1 / n).sum())))
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unsupclipcap-bench-");
    private readonly string? _python;
    private readonly bool _quick;
    private readonly int[] _sizes;
    private readonly int _rounds;
    private readonly CancellationToken _cancel;

    private TransportBench(bool quick, CancellationToken cancel)
    {
        (_quick, _rounds, _cancel) = (quick, quick ? 1 : 3, cancel);
        _sizes = quick ? [100] : [1000, 5000];
        _python = new[] { "python3", "/usr/bin/python3", "python" }.FirstOrDefault(HasSciPy);
        File.WriteAllText(ScriptFile, Script);
    }

    private string ScriptFile => Path.Combine(_folder.FullName, "published.py");

    private string CostFile => Path.Combine(_folder.FullName, "cost.bin");

    /// <summary>Measures all.</summary>
    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        using var bench = new TransportBench(quick, cancel);
        return [.. bench._sizes.SelectMany(bench.Size), bench.Memory()];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private List<Measurement> Size(int n)
    {
        var rows = new List<Measurement>();
        var (images, texts) = Pairs(n);
        foreach (var (what, make) in new (string, Func<Tensor>)[]
        {
            ("CLIP's geometry", () => TransportCost.Euclidean(images, texts)),
            ("Gaussian points", () => TransportCost.Euclidean(randn(n, Width), randn(n, Width))),
            ("whole numbers, many ties", () => randint(0, 100, [n, n]).to(ScalarType.Float64)),
        })
        {
            using var scope = NewDisposeScope();
            var making = Stopwatch.StartNew();
            var cost = make();
            if (what == "CLIP's geometry") rows.Add(new($"Euclidean cost, {n:n0} x {n:n0}, d = {Width}") { Seconds = making.Elapsed.TotalSeconds, Note = Geometry(images, texts) });
            if (_python is not null) Write(cost);
            rows.AddRange(Assign($"{n:n0}, {what}", cost, n));
            if (what != "CLIP's geometry") continue;
            rows.AddRange(Entropic(cost, n));
            rows.Add(Weighted(cost, n));
        }
        images.Dispose();
        texts.Dispose();
        return rows;
    }

    private List<Measurement> Assign(string what, Tensor cost, int n)
    {
        var (published, clock) = (new Clock(), new Clock());
        var (theirs, ours) = (double.NaN, double.NaN);
        for (var round = -1; round < _rounds; round++)                                  // round -1 warms up
        {
            _cancel.ThrowIfCancellationRequested();
            if (_python is not null && round >= 0)
            {
                var answer = Ask("assign", n);
                published.Add(answer[0]);
                theirs = answer[1];
            }
            clock.Time(round < 0, () => ours = ExactTransport.Solve(cost, cancel: _cancel).Cost(cost) * n);
        }
        var row = new Measurement($"ExactTransport, {what}") { Seconds = clock.Median, PerSecond = 1 / clock.Median, Unit = "plans/s", Note = n == 5000 ? Published : "" };
        if (_python is null) return [row with { Note = Join("no Python with SciPy was found to compare with", row.Note) }];
        return
        [
            new($"SciPy's linear_sum_assignment, {what}") { Seconds = published.Median, PerSecond = 1 / published.Median, Unit = "plans/s", Ratio = 1 },
            row with
            {
                Ratio = published.Median / clock.Median,
                Goals = [.. OfSpeed(new Goal("not slower", clock.Median <= published.Median)), new("the same cost", Math.Abs(ours - theirs) <= 1e-12 * Math.Abs(theirs))],
            },
        ];
    }

    private List<Measurement> Entropic(Tensor cost, int n)
    {
        var rows = new List<Measurement>();
        var most = cost.max().item<double>();
        var rate = double.NaN;
        var (theirs, missed, iterations) = (double.NaN, double.NaN, 8);
        if (_python is not null)
        {
            var answer = Ask("entropic", n, EntropicShare * most, iterations);
            (theirs, missed, rate) = (answer[1], answer[2], iterations / answer[0]);
            rows.Add(new($"Sinkhorn, published way, {n:n0}, regularisation {EntropicShare} of the largest cost") { Seconds = answer[0], PerSecond = rate, Unit = "iterations/s", Ratio = 1, Note = Missed(missed) });
        }
        using var single = cost.to(ScalarType.Float32);
        foreach (var share in new[] { EntropicShare, SlowShare })
            foreach (var (type, c) in new[] { ("float64", cost), ("float32", single) })
            {
                var (clock, count, price, error) = (new Clock(), 0, 0.0, 0.0);
                for (var round = -1; round < _rounds; round++)
                    clock.Time(round < 0, () =>
                    {
                        using var scope = NewDisposeScope();
                        var found = Sinkhorn.Solve(c, new() { Regularization = share * most, Tolerance = share == EntropicShare && missed > 1e-7 ? missed : 1e-7 }, cancel: _cancel);
                        (count, error) = (found.Iterations, found.MarginalError);
                        using var product = found.Plan.mul_(c);
                        price = product.sum(ScalarType.Float64).item<double>();
                    });
                var ours = count / clock.Median;
                var goals = new List<Goal>();
                if (_python is not null && share == EntropicShare) goals.Add(new("the same cost", Math.Abs(price - theirs) <= Math.Max(1e-6, missed) * theirs));
                // At little regularisation most iterations are products; at much, a few are all, and making the kernel and the plan outweighs them.
                if (_python is not null && share == SlowShare) goals.AddRange(OfSpeed(new Goal("10 times the iterations", ours >= 10 * rate)));
                rows.Add(new($"Sinkhorn, {n:n0}, {type}, regularisation {share}")
                {
                    Seconds = clock.Median,
                    PerSecond = ours,
                    Unit = "iterations/s",
                    Ratio = _python is null ? null : ours / rate,
                    Note = Join($"{count:n0} iterations, {Missed(error)}", n == 5000 && share == EntropicShare ? PublishedEntropic : ""),
                    Goals = goals,
                });
            }
        return rows;

        static string Missed(double error) => FormattableString.Invariant($"marginals missed by {error:0.0e+0}");
    }

    /// <summary>Random weights and fewer targets than sources: no assignment.</summary>
    private Measurement Weighted(Tensor cost, int n)
    {
        using var scope = NewDisposeScope();
        var random = new SeededRandom(1, "bench", "weights");
        double[] Weights(int count)
        {
            var w = Enumerable.Range(0, count).Select(_ => .1 + random.NextDouble()).ToArray();
            var sum = w.Sum();
            return [.. w.Select(x => x / sum)];
        }
        var m = n * 4 / 5;
        double[] a = Weights(n), b = Weights(m);
        var part = cost.narrow(1, 0, m).contiguous();
        var clock = new Clock();
        for (var round = -1; round < _rounds; round++) clock.Time(round < 0, () => ExactTransport.Solve(part, a, b, cancel: _cancel));
        return new($"ExactTransport, {n:n0} x {m:n0}, random weights") { Seconds = clock.Median, PerSecond = 1 / clock.Median, Unit = "plans/s" };
    }

    /// <summary>The largest memory of this process, all of the above included.</summary>
    private Measurement Memory()
    {
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64;
        return new($"Memory at most, {_sizes[^1]:n0} points, all of the above")
        {
            Note = FormattableString.Invariant($"{peak / 1e6:0} MB, libtorch included"),
            Goals = OfSpeed(new Goal("within 2 GB", peak < 2e9)),
        };
    }

    /// <summary>
    /// Unit rows of CLIP's geometry (gap .85, cosines of pairs .31 and of others .16): a mean of length .72 for each modality, a part that a pair shares, a part of
    /// one's own. Components fade as those of real embeddings do.
    /// </summary>
    private static (Tensor Images, Tensor Texts) Pairs(int n)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var fade = arange(1, Width + 1).to(ScalarType.Float32).pow(-.5);
        Tensor Directions() => nn.functional.normalize(randn(n, Width) * fade, dim: 1);
        var means = nn.functional.normalize(randn(2, Width), dim: 1);
        var textMean = nn.functional.normalize(.31f * means[0] + .95f * means[1], dim: 0);
        var shared = Directions();
        Tensor Rows(Tensor mean) => nn.functional.normalize(.72f * mean + .39f * shared + .57f * Directions(), dim: 1).MoveToOuterDisposeScope();
        return (Rows(means[0]), Rows(textMean));
    }

    private static string Geometry(Tensor images, Tensor texts)
    {
        var rows = Math.Min(1000, images.shape[0]);
        var gap = ModalityGap.Of(images.narrow(0, 0, rows), texts.narrow(0, 0, rows));
        return FormattableString.Invariant($"gap {gap.Gap:.00}, cosines {gap.CosinePaired:.00} and {gap.CosineUnpaired:.00}, R@1 of {rows:n0} {gap.RecallAt1:.00}");
    }

    private void Write(Tensor cost)
    {
        using var stream = File.Create(CostFile);
        stream.Write(cost.bytes);
    }

    private static bool HasSciPy(string python)
    {
        try
        {
            using var process = Start(python, ["-c", "import numpy, scipy.optimize, scipy.special"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private double[] Ask(string what, int n, params double[] more)
    {
        using var process = Start(_python!, [ScriptFile, what, CostFile, $"{n}", .. more.Select(x => x.ToString("r", CultureInfo.InvariantCulture))]);
        using var _ = _cancel.Register(() => process.Kill());
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        _cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new UserException($"{_python} ended with {process.ExitCode}: {errors.Result.Trim()}");
        return [.. output.Result.Trim().Split(' ').Select(x => double.Parse(x, CultureInfo.InvariantCulture))];
    }

    private static Process Start(string python, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static string Join(params string[] notes) => string.Join("; ", notes.Where(n => n.Length > 0));

    /// <summary>Goals of speed and memory are for the full size.</summary>
    private Goal[] OfSpeed(params Goal[] goals) => _quick ? [] : goals;
}
