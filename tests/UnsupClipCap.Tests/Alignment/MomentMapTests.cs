using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class MomentMapTests
{
    // Skew, correlated sets of different counts, float64.
    private static readonly Tensor
        Images = (Sets.Rows(300, "a").square() * linspace(0.5, 2, 16)).matmul(Sets.Rows(16, "mix a")).to(ScalarType.Float64),
        Texts = (Sets.Rows(200, "b").exp() * linspace(1, 0.3, 16)).matmul(Sets.Rows(16, "mix b")).to(ScalarType.Float64) + 2;

    private static double Largest(Tensor t) => Sets.Largest(t);

    private static Tensor Covariance(Tensor x) => (x - x.mean([0])).t().matmul(x - x.mean([0])) / (x.shape[0] - 1);

    private static void Near(Tensor expected, Tensor actual) => Assert.True(Largest(expected - actual) < 1e-9 * Math.Max(1, Largest(expected)), $"{Largest(expected - actual):g3} of {Largest(expected):g3}");

    [Theory]
    [InlineData("gaussian map(ridge=0)")]
    [InlineData("coral(ridge=0)")]
    public void Mapped_images_have_the_texts_mean_and_covariance(string name)
    {
        var mapped = Alignments.Named(name).Fit(Images, Texts).Transform(Images);
        Near(Texts.mean([0]), mapped.mean([0]));
        Near(Covariance(Texts), Covariance(mapped));
        Assert.True(Largest(Covariance(Images) - Covariance(Texts)) > 1);
    }

    [Fact]
    public void Standardised_images_have_the_texts_means_and_deviations()
    {
        var mapped = new Standardised().Fit(Images, Texts).Transform(Images);
        Near(Texts.mean([0]), mapped.mean([0]));
        Near(Texts.std(0, unbiased: false), mapped.std(0, unbiased: false));
    }

    [Fact]
    public void A_dimension_without_spread_is_moved_alone()
    {
        var flat = Images.clone();
        flat.select(1, 4).fill_(0.1);
        using var fitted = new Standardised().Fit(flat, Texts);
        var mapped = fitted.Transform(flat);
        Near(Texts.mean([0]), mapped.mean([0]));
        Assert.True(fitted.HasInverse);
        Assert.False(new Standardised().Fit(Texts, flat).HasInverse);
    }

    [Fact]
    public void Whitened_sets_are_centred_and_uncorrelated()
    {
        using var fitted = new Whitening(0).Fit(Images, Texts);
        foreach (var white in new[] { fitted.Transform(Images), fitted.TransformTexts(Texts) })
        {
            Near(zeros(16, ScalarType.Float64), white.mean([0]));
            Near(eye(16, dtype: ScalarType.Float64), Covariance(white));
        }
    }

    [Fact]
    public void Both_sets_without_their_means_are_centred()
    {
        using var fitted = new BothMeansRemoved(unit: false).Fit(Images, Texts);
        Near(zeros(16, ScalarType.Float64), fitted.Transform(Images).mean([0]));
        Near(zeros(16, ScalarType.Float64), fitted.TransformTexts(Texts).mean([0]));
        Near(ones(300, ScalarType.Float64), new BothMeansRemoved().Fit(Images, Texts).Transform(Images).norm(1));
    }

    [Fact]
    public void The_gaussian_map_is_symmetric_positive_and_so_the_cheapest_of_its_kind()
    {
        using var fitted = new GaussianMap(0).Fit(Images, Texts);
        var a = fitted.Transform(eye(16, dtype: ScalarType.Float64)) - fitted.Transform(zeros(1, 16, ScalarType.Float64));
        Near(a, a.t());
        Assert.True(linalg.eigvalsh(a)[0].item<double>() > 0);
        double Cost(string name) => (Alignments.Named(name).Fit(Images, Texts).Transform(Images) - Images).square().sum().item<double>();
        Assert.True(Cost("gaussian map(ridge=0)") < Cost("coral(ridge=0)"));
    }

    [Fact]
    public void The_gaussian_map_finds_a_symmetric_positive_map()
    {
        var mix = Sets.Rows(16, "spd").to(ScalarType.Float64);
        var spd = mix.matmul(mix.t()) / 16 + eye(16, dtype: ScalarType.Float64) * 0.1;
        var moved = Images.matmul(spd) - 5;
        Near(moved, new GaussianMap(0).Fit(Images, moved).Transform(Images));
    }

    [Fact]
    public void The_gaussian_map_goes_along_with_rotations_shifts_and_scales_of_both_sets()
    {
        foreach (var ridge in new[] { 0, 0.3 })
        {
            var turn = linalg.qr(Sets.Rows(16, "turn").to(ScalarType.Float64)).Q * 3;
            Tensor Moved(Tensor x) => x.matmul(turn) + 0.7;
            var expected = Moved(new GaussianMap(ridge).Fit(Images, Texts).Transform(Images));
            Near(expected, new GaussianMap(ridge).Fit(Moved(Images), Moved(Texts)).Transform(Moved(Images)));
        }
    }

    [Fact]
    public void A_large_ridge_leaves_the_shift_of_the_means()
    {
        // C_I and C_T become multiples of the identity, of the traces' ratio.
        var scale = Math.Sqrt(Covariance(Texts).trace().item<double>() / Covariance(Images).trace().item<double>());
        var expected = (Images - Images.mean([0])) * scale + Texts.mean([0]);
        Assert.Equal(0, Largest(new GaussianMap(1e9).Fit(Images, Texts).Transform(Images) - expected), 1e-6);
        Assert.Equal(0, Largest(new Coral(1e9).Fit(Images, Texts).Transform(Images) - expected), 1e-6);
    }

    [Fact]
    public void With_fewer_rows_than_dimensions_a_ridge_makes_the_maps_finite()
    {
        foreach (var name in new[] { "gaussian map", "coral", "whitening", "ridge regression" })
            Assert.True(Largest(Alignments.Named(name).Fit(Images.narrow(0, 0, 9), Texts.narrow(0, 0, 9)).Transform(Images)) < 1e3, name);
    }

    [Fact]
    public void Moments_over_chunks_are_those_of_all_rows()
    {
        var x = (Sets.Rows(40_000, "chunks", 3) + 5).to(ScalarType.Float64);
        var mean = Moments.Mean(x);
        Near(x.mean([0]), mean);
        Near(Covariance(x), Moments.Covariance(x, mean));
        Near(x.t().matmul(x.square()), Moments.Cross(x, zeros(3, ScalarType.Float64), x.square(), zeros(3, ScalarType.Float64)));
    }
}
