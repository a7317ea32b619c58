using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TransportPlanTests
{
    private static readonly TransportPlan Plan = new(2, 3, [0, 0, 1], [0, 2, 1], [.1, .3, .6]);

    [Fact]
    public void A_plan_is_its_entries()
    {
        var dense = Plan.ToDense(ScalarType.Float64, CPU);
        Assert.True(dense.equal(tensor(new[,] { { .1, 0, .3 }, { 0, .6, 0 } })).all().item<bool>());
        var cost = tensor(new[,] { { 1.0, 10, 2 }, { 10, 3, 10 } });
        Assert.Equal(.1 + .6 + 1.8, Plan.Cost(cost), 1e-15);
        Assert.Contains("[3, 2]", Assert.Throws<UserException>(() => Plan.Cost(cost.t())).Message);
    }

    [Fact]
    public void The_barycentric_map_takes_each_source_to_the_weighted_mean_of_its_targets()
    {
        var targets = tensor(new float[,] { { 4, 0 }, { 1, 1 }, { 0, 8 } });
        var mapped = Plan.Barycentric(targets);
        Assert.Equal(ScalarType.Float32, mapped.dtype);
        ModelGoldens.Close(tensor(new float[,] { { 1, 6 }, { 1, 1 } }), mapped, 1e-7);
        Assert.Contains("[2, 2]", Assert.Throws<UserException>(() => Plan.Barycentric(ones(2, 2))).Message);
    }
}
