using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ExactTransportTests
{
    private static double Price(Tensor cost, IEnumerable<int> columns) => columns.Select((j, i) => cost[i, j].item<double>()).Sum();

    [Fact]
    public void An_assignment_costs_what_the_best_of_all_permutations_costs()
    {
        foreach (var kind in TransportProblems.Kinds)
            for (var n = 1; n <= 7; n++)
            {
                var cost = TransportProblems.Cost(kind, n, n);
                var flat = cost.data<double>().ToArray();
                var best = TransportProblems.Permutations(n).Min(p => p.Select((j, i) => flat[i * n + j]).Sum());
                Assert.Equal(best / n, ExactTransport.Solve(cost).Cost(cost), 1e-12);
            }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(300)]
    public void Prices_certify_an_assignment(int n)
    {
        foreach (var kind in TransportProblems.Kinds)
        {
            var cost = TransportProblems.Cost(kind, n, n);
            var found = LinearAssignment.Solve(cost, null, default);
            Assert.Equal(Enumerable.Range(0, n), found.Columns.Order());
            // No plan costs less than prices that no cost falls below (weak duality); this one costs just that.
            var reduced = cost - tensor(found.RowPrices).unsqueeze(1) - tensor(found.ColumnPrices).unsqueeze(0);
            Assert.True(reduced.min().item<double>() >= -1e-12 * cost.abs().max().item<double>());
            Assert.Equal(found.RowPrices.Sum() + found.ColumnPrices.Sum(), Price(cost, found.Columns), 1e-10 * n * cost.abs().max().item<double>());
        }
    }

    [Fact]
    public void The_hardest_known_costs_are_assigned_rightly()
    {
        // C[i, j] = i j: the best is the reversal (rearrangement inequality), and nearly every row needs a path of its own.
        const int n = 120;
        var numbers = arange(1, n + 1).to(ScalarType.Float64);
        var found = LinearAssignment.Solve(numbers.unsqueeze(1) * numbers.unsqueeze(0), null, default);
        Assert.Equal(Enumerable.Range(0, n).Reverse(), found.Columns);
    }

    [Fact]
    public void Network_simplex_and_assignment_cost_the_same()
    {
        foreach (var kind in TransportProblems.Kinds)
            foreach (var n in new[] { 1, 2, 40, 151 })
            {
                var cost = TransportProblems.Cost(kind, n, n);
                var uniform = TransportProblems.Uniform(n);
                var plan = ExactTransport.ByNetworkSimplex(cost, uniform, uniform, null, default);
                Assert.Equal(n, plan.Count);
                Assert.Equal(ExactTransport.Solve(cost).Cost(cost), plan.Sum(e => e.Mass * cost[e.Row, e.Column].item<double>()), 1e-12 * cost.abs().max().item<double>());
            }
    }

    [Fact]
    public void Small_problems_with_weights_cost_what_trying_all_plans_finds()
    {
        // Whole supplies: some best plan is whole too (its polytope's corners are), so units can be tried one by one.
        foreach (var (supply, demand) in new (int[], int[])[] { ([3, 1, 2], [2, 2, 2]), ([7], [1, 2, 4]), ([1, 1, 1, 4], [5, 2]), ([2, 0, 3], [1, 4, 0]), ([2, 2, 2], [1, 1, 1, 1, 1, 1]) })
            foreach (var kind in TransportProblems.Kinds)
            {
                var (n, m, total) = (supply.Length, demand.Length, supply.Sum());
                var cost = TransportProblems.Cost(kind, n, m);
                var flat = cost.data<double>().ToArray();
                int[] from = [.. supply.SelectMany((s, i) => Enumerable.Repeat(i, s))], to = [.. demand.SelectMany((d, j) => Enumerable.Repeat(j, d))];
                var best = TransportProblems.Permutations(total).Min(p => p.Select((k, unit) => flat[from[unit] * m + to[k]]).Sum());
                var plan = ExactTransport.Solve(cost, [.. supply.Select(s => (double)s)], [.. demand.Select(d => (double)d)]);
                Assert.Equal(best, plan.Cost(cost), 1e-12 * total * 50);
            }
    }

    [Fact]
    public void Marginals_are_met_whatever_the_shape_and_weights()
    {
        foreach (var (n, m) in new[] { (1, 9), (9, 1), (61, 41), (60, 40), (50, 50), (130, 7) })
            foreach (var kind in TransportProblems.Kinds)
                foreach (var weighted in new[] { false, true })
                {
                    var cost = TransportProblems.Cost(kind, n, m);
                    double[] a = weighted ? TransportProblems.Weights(n, "a") : TransportProblems.Uniform(n), b = weighted ? TransportProblems.Weights(m, "b") : TransportProblems.Uniform(m);
                    var plan = weighted ? ExactTransport.Solve(cost, a, b) : ExactTransport.Solve(cost);
                    Assert.Equal(0, TransportProblems.MarginalError(plan.ToDense(ScalarType.Float64, CPU), a, b), 1e-13);
                    Assert.All(plan.Mass, mass => Assert.True(mass > 0));
                    Assert.True(plan.Mass.Length < n + m, "a corner of the plans' polytope has at most n + m - 1 entries");
                }
    }

    [Fact]
    public void Prices_certify_the_network_simplex()
    {
        foreach (var kind in TransportProblems.Kinds)
            foreach (var (n, m) in new[] { (90, 140), (101, 64) })
            {
                var cost = TransportProblems.Cost(kind, n, m);
                var random = new SeededRandom(n, "whole");
                var supply = Enumerable.Range(0, n).Select(_ => 1L + random.Next(9)).ToArray();
                var demand = Enumerable.Repeat(supply.Sum() / m, m).ToArray();
                demand[0] += supply.Sum() - demand.Sum();
                double[] u, v;
                List<(int Row, int Column, long Amount)> plan;
                unsafe
                {
                    var simplex = new NetworkSimplex((double*)TransportInput.Start(cost), supply, demand, null, default);
                    plan = simplex.Run();
                    (u, v) = simplex.Prices;
                }
                var most = cost.abs().max().item<double>();
                var reduced = cost - tensor(u).unsqueeze(1) - tensor(v).unsqueeze(0);
                Assert.True(reduced.min().item<double>() >= -1e-12 * most);
                Assert.All(plan, e => Assert.Equal(0, reduced[e.Row, e.Column].item<double>(), 1e-12 * most));
                Assert.Equal(supply, Enumerable.Range(0, n).Select(i => plan.Where(e => e.Row == i).Sum(e => e.Amount)));
                Assert.Equal(demand, Enumerable.Range(0, m).Select(j => plan.Where(e => e.Column == j).Sum(e => e.Amount)));
            }
    }

    [Fact]
    public void Transposed_costs_give_the_transposed_plan()
    {
        var cost = TransportProblems.Cost("points", 50, 37);
        double[] a = TransportProblems.Weights(50, "a"), b = TransportProblems.Weights(37, "b");
        var (plan, turned) = (ExactTransport.Solve(cost, a, b), ExactTransport.Solve(cost.t(), b, a));
        ModelGoldens.Close(plan.ToDense(ScalarType.Float64, CPU).t(), turned.ToDense(ScalarType.Float64, CPU), 1e-12);
        var square = TransportProblems.Cost("points", 50, 50);
        Assert.Equal(ExactTransport.Solve(square).Cost(square), ExactTransport.Solve(square.t()).Cost(square.t()), 1e-12);
    }

    [Fact]
    public void The_plan_does_not_depend_on_what_is_added_to_all_costs()
    {
        foreach (var m in new[] { 60, 45 })
            foreach (var added in new[] { -1e5, 1e5 })
            {
                var cost = TransportProblems.Cost("points", 60, m);
                var plan = ExactTransport.Solve(cost);
                var found = ExactTransport.Solve(cost + added);
                Assert.Equal(plan.Cost(cost), found.Cost(cost), 1e-9);
            }
    }

    [Fact]
    public void A_set_is_carried_onto_itself_where_it_is()
    {
        var x = randn([80, 5], ScalarType.Float64, generator: new Generator(1));
        foreach (var cost in new[] { TransportCost.Euclidean(x, x), TransportCost.SquaredEuclidean(x, x) })
        {
            var plan = ExactTransport.Solve(cost);
            Assert.Equal(Enumerable.Range(0, 80), plan.Columns);
            Assert.Equal(0, plan.Cost(cost), 1e-15);
            Assert.Equal(0, ExactTransport.Solve(cost, TransportProblems.Weights(80, "a"), TransportProblems.Weights(80, "a")).Cost(cost), 1e-15);
        }
    }

    [Fact]
    public void Points_of_no_weight_take_no_part()
    {
        var cost = TransportProblems.Cost("uniform", 6, 5);
        double[] a = [0, .2, .3, 0, .5, 0], b = [.25, 0, .25, .25, .25];
        var plan = ExactTransport.Solve(cost, a, b);
        Assert.Equal(0, TransportProblems.MarginalError(plan.ToDense(ScalarType.Float64, CPU), a, b), 1e-15);
        Assert.Contains("Source 0", Assert.Throws<UserException>(() => plan.Barycentric(ones(5, 2))).Message);
        // Those of weight that are left may be as many and alike: an assignment between them.
        var some = ExactTransport.Solve(TransportProblems.Cost("uniform", 3, 4), [.5, 0, .5], [0, 0, .5, .5]);
        Assert.Equal([0, 2], some.Rows);
        Assert.Equal([2, 3], some.Columns.Order());
    }

    [Fact]
    public void What_cannot_be_carried_is_refused()
    {
        var cost = TransportProblems.Cost("uniform", 4, 3);
        void Refuses(string because, Tensor c, double[]? a = null, double[]? b = null) =>
            Assert.Contains(because, Assert.Throws<UserException>(() => ExactTransport.Solve(c, a, b)).Message);
        Refuses("[4]", ones(4));
        Refuses("[0, 3]", ones(0, 3));
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var bad = cost.clone();
            bad[1, 2] = value;
            Refuses("not finite", bad);
        }
        Refuses("source weight 2", cost, [1, 1, -1, 1]);
        Refuses("target weight 0", cost, null, [double.NaN, 1, 1]);
        Refuses("all source weights are 0", cost, [0, 0, 0, 0]);
        Refuses("sum to 1", cost, [.25, .25, .25, .25], [.5, .5, .5]);
        Refuses("3 source weights and 4", cost, [1, 1, 1]);
        Refuses("Bool", ones(4, 3, ScalarType.Bool));
    }

    [Fact]
    public void Costs_of_other_types_are_converted()
    {
        var cost = TransportProblems.Cost("ties", 9, 7);
        var expected = ExactTransport.Solve(cost).Cost(cost);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32 })
            Assert.Equal(expected, ExactTransport.Solve(cost.to(type)).Cost(cost), 1e-12);
    }

    [Fact]
    public void Long_solves_can_be_stopped_and_tell_how_far_they_are()
    {
        foreach (var cost in new[] { TransportProblems.Cost("points", 300, 300), TransportProblems.Cost("points", 300, 200) })
        {
            Assert.Throws<OperationCanceledException>(() => ExactTransport.Solve(cost, cancel: new CancellationToken(true)));
            var told = new Told();
            ExactTransport.Solve(cost, progress: told);
            Assert.NotEmpty(told.Shares);
            Assert.Equal(told.Shares.Order(), told.Shares);
            Assert.All(told.Shares, share => Assert.InRange(share, 0, 1));
        }
    }

    private sealed class Told : IProgress<double>
    {
        public List<double> Shares { get; } = [];
        public void Report(double value) => Shares.Add(value);
    }
}
