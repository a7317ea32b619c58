using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TransportCostTests
{
    private static Tensor Points(int n, long d = 7) => randn([n, d], ScalarType.Float64, generator: new Generator((ulong)n));

    [Fact]
    public void Costs_are_those_of_differences()
    {
        var (x, y) = (Points(40), Points(31));
        var squared = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum([2L]);
        ModelGoldens.Close(squared, TransportCost.SquaredEuclidean(x, y), 1e-14);
        ModelGoldens.Close(squared.sqrt(), TransportCost.Euclidean(x, y), 1e-14);
        var single = TransportCost.Euclidean(x, y, ScalarType.Float32);
        Assert.Equal(ScalarType.Float32, single.dtype);
        ModelGoldens.Close(squared.sqrt(), single, 1e-7);
    }

    [Fact]
    public void Near_points_far_from_the_origin_keep_their_digits()
    {
        var x = Points(20) * 1e-6 + 1000;
        var y = cat([x.narrow(0, 0, 10), x.narrow(0, 10, 10) + 1e-3, Points(5) + 5000]);
        var expected = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum([2L]).sqrt();
        var found = TransportCost.Euclidean(x, y);
        Assert.Equal(0, found.diagonal().narrow(0, 0, 10).abs().max().item<double>());
        ModelGoldens.Close(ones_like(expected), where(expected == 0, 1.0, found / expected), 1e-9);
    }

    [Fact]
    public void Points_of_half_precision_are_taken_as_the_numbers_they_are()
    {
        var (x, y) = (Points(9).to(ScalarType.Float16), Points(8).to(ScalarType.Float16));
        ModelGoldens.Close(TransportCost.Euclidean(x.to(ScalarType.Float64), y.to(ScalarType.Float64)), TransportCost.Euclidean(x, y), 1e-15);
    }

    [Fact]
    public void What_has_no_distance_is_refused()
    {
        void Refuses(string because, Tensor x, Tensor y, ScalarType type = ScalarType.Float64) =>
            Assert.Contains(because, Assert.Throws<UserException>(() => TransportCost.Euclidean(x, y, type)).Message);
        Refuses("7 numbers each and the targets 6", Points(4), Points(3, 6));
        Refuses("[0, 7]", zeros(0, 7), Points(3));
        Refuses("[7]", Points(4), zeros(7));
        Refuses("sources hold values that are not finite", Points(4) / 0, Points(3));
        Refuses("Int64", Points(4), ones(3, 7, ScalarType.Int64));
        Refuses("Float16", Points(4), Points(3), ScalarType.Float16);
    }

    [Fact]
    public void A_matrix_too_large_for_memory_is_refused_at_once_with_its_size_and_a_remedy()
    {
        // A million points that take no memory themselves.
        var many = zeros(1, 2).expand(1_000_000, 2);
        var message = Assert.Throws<UserException>(() => TransportCost.SquaredEuclidean(many, many)).Message;
        Assert.Matches(@"1,000,000 sources by 1,000,000 targets take 8000\.0 GB of memory, and \d+\.\d GB are available\. Take fewer rows .* Gaussian map, or the nearest captions", message);
        var cost = zeros(1, 1, ScalarType.Float32).expand(1_000_000, 1_000_000);
        Assert.Contains("GB are available", Assert.Throws<UserException>(() => ExactTransport.Solve(cost)).Message);
        Assert.Contains("GB are available", Assert.Throws<UserException>(() => Sinkhorn.Solve(cost, new() { Regularization = 1 })).Message);
    }
}
