using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>Seeded problems of transport, and what is certain about their answers.</summary>
internal static class TransportProblems
{
    /// <summary>Costs (n, m): "uniform" in 0..1; "ties": whole numbers 0..4; "negative": whole numbers around 0; "points": distances in the plane; "equal": all the same.</summary>
    public static Tensor Cost(string kind, int n, int m)
    {
        var random = new SeededRandom(n * 1000 + m, "transport", kind);
        double[] Points(int count) => [.. Enumerable.Range(0, 2 * count).Select(_ => random.NextGaussian())];
        if (kind == "points") return TransportCost.Euclidean(tensor(Points(n), [n, 2]), tensor(Points(m), [m, 2]));
        return tensor(Enumerable.Range(0, n * m).Select(_ => kind switch
        {
            "uniform" => random.NextDouble(),
            "ties" => random.Next(5),
            "negative" => random.Between(-50, 50),
            "equal" => 3.0,
            _ => throw new ArgumentException(kind),
        }).ToArray(), [n, m]);
    }

    public static readonly string[] Kinds = ["uniform", "ties", "negative", "points", "equal"];

    /// <summary>Weights above 0 that sum to 1.</summary>
    public static double[] Weights(int n, string stream)
    {
        var random = new SeededRandom(n, "weights", stream);
        var weights = Enumerable.Range(0, n).Select(_ => 0.05 + random.NextDouble()).ToArray();
        return [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>sum |T 1 - a| + sum |T' 1 - b|.</summary>
    public static double MarginalError(Tensor plan, double[] a, double[] b)
    {
        var dense = plan.to(ScalarType.Float64);
        return ((dense.sum([1L]) - tensor(a)).abs().sum() + (dense.sum([0L]) - tensor(b)).abs().sum()).item<double>();
    }

    public static double[] Uniform(int n) => [.. Enumerable.Repeat(1.0 / n, n)];

    public static IEnumerable<int[]> Permutations(int n) => n == 0 ? [[]]
        : Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => p.Take(at).Append(n - 1).Concat(p.Skip(at)).ToArray()));
}
