using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TransportParityTests
{
    private static readonly Lazy<ModelGoldens> Found = new(() => new(Goldens.Folder("transport")), LazyThreadSafetyMode.PublicationOnly);

    // Not made with the class: a test that lacks them is skipped.
    private static ModelGoldens Golden => Found.Value;

    private static double Setting(string name) => Golden.Settings.GetProperty(name).GetDouble();

    [Fact]
    public void Costs_between_points_equal_the_reference()
    {
        if (Golden.Offers("X", "Y", "C")) ModelGoldens.Close(Golden["C"], TransportCost.Euclidean(Golden["X"], Golden["Y"]), 1e-12);
        Golden.MustHaveOffered();
    }

    [Fact]
    public void Exact_plans_and_their_costs_equal_the_reference()
    {
        var golden = Golden;
        if (golden.Offers("C", "emd_plan", "emd_cost")) Check(golden["C"], "emd_plan", "emd_cost");
        if (golden.Offers("X", "Y", "emd_plan_squared", "emd_cost_squared")) Check(TransportCost.SquaredEuclidean(golden["X"], golden["Y"]), "emd_plan_squared", "emd_cost_squared");
        if (golden.Offers("X", "Z", "emd_plan_rect", "rect_cost")) Check(TransportCost.Euclidean(golden["X"], golden["Z"]), "emd_plan_rect", "rect_cost");
        golden.MustHaveOffered();

        void Check(Tensor cost, string plan, string price)
        {
            var found = ExactTransport.Solve(cost);
            Assert.Equal(Setting(price), found.Cost(cost), Setting(price) * 1e-12);
            ModelGoldens.Close(golden[plan], found.ToDense(ScalarType.Float64, CPU), 1e-9);         // points at random: there is but one best plan
        }
    }

    [Fact]
    public void The_barycentric_map_equals_the_reference()
    {
        if (!Golden.Offers("C", "Y", "barycentric")) Assert.Skip($"{Golden.Folder} has no 'C', 'Y' and 'barycentric'.");
        ModelGoldens.Close(Golden["barycentric"], ExactTransport.Solve(Golden["C"]).Barycentric(Golden["Y"]), 1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-6)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Entropic_plans_equal_the_reference(ScalarType type, double relative)
    {
        var golden = Golden;
        foreach (var (name, share) in new[] { ("sinkhorn_005", .05), ("sinkhorn_0005", .005) })
        {
            if (!golden.Offers("C", name)) continue;
            var cost = golden["C"].to(type);
            var found = Sinkhorn.Solve(cost, new() { Regularization = share * golden["C"].max().item<double>(), Tolerance = type == ScalarType.Float64 ? 1e-10 : 1e-7 });
            ModelGoldens.Close(golden[name], found.Plan, relative);
            if (name == "sinkhorn_005" && golden.Offers("sinkhorn_cost")) Assert.Equal(Setting("sinkhorn_cost"), (found.Plan * golden["C"]).sum().item<double>(), Setting("sinkhorn_cost") * relative);
        }
        golden.MustHaveOffered();
    }
}
