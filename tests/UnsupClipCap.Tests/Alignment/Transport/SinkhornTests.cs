using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class SinkhornTests
{
    /// <summary>The plan by plain iterations of log-sum-exp in float64, so many that nothing changes any more.</summary>
    private static Tensor Plain(Tensor cost, double epsilon, Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var c = cost.to(ScalarType.Float64);
        var (f, g) = (zeros_like(a), zeros_like(b));
        for (var i = 0; i < 100_000; i++)
        {
            using var inner = NewDisposeScope();
            var next = epsilon * (a.log() - ((g.unsqueeze(0) - c) / epsilon).logsumexp(1));
            var change = (next - f).abs().max().item<double>();
            f = next.MoveToOuterDisposeScope();
            g = (epsilon * (b.log() - ((f.unsqueeze(1) - c) / epsilon).logsumexp(0))).MoveToOuterDisposeScope();
            if (change < 1e-14) break;
        }
        return ((f.unsqueeze(1) + g.unsqueeze(0) - c) / epsilon).exp().MoveToOuterDisposeScope();
    }

    private static double Largest(Tensor t) => t.abs().max().to(ScalarType.Float64).item<double>();

    [Theory]
    [InlineData(.5)]
    [InlineData(.05)]
    [InlineData(.005)]
    public void The_plan_is_that_of_plain_log_sum_exp(double share)
    {
        foreach (var kind in new[] { "uniform", "negative", "points" })
        {
            var cost = TransportProblems.Cost(kind, 23, 30);
            double[] a = TransportProblems.Weights(23, "a"), b = TransportProblems.Weights(30, "b");
            var epsilon = share * Largest(cost);
            var expected = Plain(cost, epsilon, tensor(a), tensor(b));
            foreach (var byTensors in new[] { false, true })
            {
                var found = Sinkhorn.Solve(cost, new() { Regularization = epsilon, Tolerance = 1e-12 }, tensor(a), tensor(b), byTensors);
                ModelGoldens.Close(expected, found.Plan, 1e-8);
                ModelGoldens.Close(found.Plan, ((found.SourcePotential.unsqueeze(1) + found.TargetPotential.unsqueeze(0) - cost) / epsilon).exp(), 1e-9);
                var single = Sinkhorn.Solve(cost.to(ScalarType.Float32), new() { Regularization = epsilon, Tolerance = 1e-7 }, tensor(a), tensor(b), byTensors);
                Assert.Equal(ScalarType.Float32, single.Plan.dtype);
                ModelGoldens.Close(Plain(cost.to(ScalarType.Float32), epsilon, tensor(a), tensor(b)), single.Plan, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void Little_regularisation_is_no_trouble_and_comes_near_the_exact_cost(ScalarType type)
    {
        foreach (var share in new[] { 1e-3, 1e-4 })
        {
            var cost = TransportProblems.Cost("points", 40, 40);
            var epsilon = share * Largest(cost);
            var found = Sinkhorn.Solve(cost.to(type), new() { Regularization = epsilon });
            Assert.InRange(found.MarginalError, 0, 1e-6);
            Assert.InRange(TransportProblems.MarginalError(found.Plan, TransportProblems.Uniform(40), TransportProblems.Uniform(40)), 0, 1.01e-6);
            // The entropic plan costs at most epsilon log(n m) more than the exact one (Peyré and Cuturi, 2019, proposition 4.1 and its proof).
            var (exact, entropic) = (ExactTransport.Solve(cost).Cost(cost), (found.Plan * cost).sum().item<double>());
            Assert.InRange(entropic, exact - 1e-5 * Largest(cost), exact + epsilon * Math.Log(1600) + 1e-5 * Largest(cost));
        }
    }

    [Fact]
    public void Costs_far_apart_vanish_without_harm()
    {
        // Row 0 and column 2 are further from all else than any exponential can hold.
        var cost = tensor(new double[,] { { 1e6, 1e6 + 1, 2e6 }, { 0, 1, 1e6 }, { 1, 0, 1e6 + 2 } });
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            var found = Sinkhorn.Solve(cost.to(type), new() { Regularization = 0.5 });
            Assert.InRange(found.MarginalError, 0, 1e-6);
            ModelGoldens.Close(Plain(cost, 0.5, full(3, 1.0 / 3, ScalarType.Float64), full(3, 1.0 / 3, ScalarType.Float64)), found.Plan, 1e-5);
        }
    }

    [Fact]
    public void Much_regularisation_gives_the_product_of_the_weights()
    {
        double[] a = TransportProblems.Weights(12, "a"), b = TransportProblems.Weights(31, "b");
        var found = Sinkhorn.Solve(TransportProblems.Cost("uniform", 12, 31), new() { Regularization = 1e7 }, tensor(a), tensor(b));
        ModelGoldens.Close(tensor(a).unsqueeze(1) * tensor(b).unsqueeze(0), found.Plan, 1e-6);
    }

    [Fact]
    public void Transposed_costs_give_the_transposed_plan()
    {
        var cost = TransportProblems.Cost("points", 33, 20);
        var (a, b) = (tensor(TransportProblems.Weights(33, "a")), tensor(TransportProblems.Weights(20, "b")));
        var options = new SinkhornOptions { Regularization = .02 * Largest(cost), Tolerance = 1e-12 };
        ModelGoldens.Close(Sinkhorn.Solve(cost, options, a, b).Plan.t(), Sinkhorn.Solve(cost.t(), options, b, a).Plan, 1e-8);
    }

    [Fact]
    public void Points_of_no_weight_take_no_part()
    {
        var cost = TransportProblems.Cost("uniform", 5, 4);
        double[] a = [.5, 0, .25, .25, 0], b = [0, .4, .3, .3];
        foreach (var byTensors in new[] { false, true })
        {
            var found = Sinkhorn.Solve(cost, new() { Regularization = .1 }, tensor(a), tensor(b), byTensors);
            Assert.InRange(TransportProblems.MarginalError(found.Plan, a, b), 0, 1e-6);
            Assert.Equal(0, Largest(found.Plan[1]));
            Assert.Equal(double.NegativeInfinity, found.TargetPotential[0].item<double>());
        }
    }

    [Fact]
    public void Marginals_that_were_not_met_are_an_error_that_says_how_far_and_what_to_do()
    {
        var cost = TransportProblems.Cost("points", 60, 60);
        var message = Assert.Throws<UserException>(() => Sinkhorn.Solve(cost, new() { Regularization = 1e-3 * Largest(cost), MaxIterations = 25 })).Message;
        Assert.Matches(@"after 25 iterations .* misses its marginals by \d\.\de-\d+ of the mass; 1\.0e-6 was asked for\. Allow more iterations, or a larger regularisation", message);
    }

    [Fact]
    public void What_cannot_be_used_is_refused()
    {
        var cost = TransportProblems.Cost("uniform", 4, 3);
        var options = new SinkhornOptions { Regularization = .1 };
        void Refuses(string because, Func<SinkhornResult> solve) => Assert.Contains(because, Assert.Throws<UserException>(solve).Message);
        var bad = cost.clone();
        bad[0, 0] = double.NaN;
        Refuses("not finite", () => Sinkhorn.Solve(bad, options));
        foreach (var epsilon in new[] { 0, -1, double.NaN, double.PositiveInfinity }) Refuses("regularisation", () => Sinkhorn.Solve(cost, new() { Regularization = epsilon }));
        Refuses("float64 allows less", () => Sinkhorn.Solve(cost.to(ScalarType.Float32), options with { Tolerance = 1e-9 }));
        Refuses("0 iterations", () => Sinkhorn.Solve(cost, options with { MaxIterations = 0 }));
        Refuses("source weight 1", () => Sinkhorn.Solve(cost, options, tensor(new[] { .5, -.1, .3, .3 })));
        Refuses("sum to", () => Sinkhorn.Solve(cost, options, null, tensor(new[] { .5, .5, .5 })));
        Refuses("[1, 3]", () => Sinkhorn.Solve(cost, options, null, ones(1, 3)));
        Assert.Throws<OperationCanceledException>(() => Sinkhorn.Solve(cost, options, cancel: new CancellationToken(true)));
    }

    [Fact]
    public void Half_precision_becomes_float32_and_whole_numbers_float64()
    {
        var cost = TransportProblems.Cost("ties", 6, 5);
        var options = new SinkhornOptions { Regularization = .3 };
        var expected = Sinkhorn.Solve(cost, options).Plan;
        foreach (var (type, made) in new[] { (ScalarType.Float16, ScalarType.Float32), (ScalarType.BFloat16, ScalarType.Float32), (ScalarType.Int32, ScalarType.Float64) })
        {
            var plan = Sinkhorn.Solve(cost.to(type), options).Plan;
            Assert.Equal(made, plan.dtype);
            ModelGoldens.Close(expected, plan, 1e-5);
        }
    }

    [Fact]
    public void Nothing_is_left_behind_but_the_result()
    {
        var cost = TransportProblems.Cost("uniform", 70, 80);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var found = Sinkhorn.Solve(cost, new() { Regularization = .05 });
        foreach (var t in new[] { found.Plan, found.SourcePotential, found.TargetPotential }) t.Dispose();
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
