using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class PairedMapTests
{
    private static readonly Tensor Images = Sets.Rows(120, "paired").to(ScalarType.Float64),
        Texts = Images.matmul(Sets.Rows(16, "truth").to(ScalarType.Float64)) + 0.5 * Sets.Rows(120, "noise").to(ScalarType.Float64) + 1;

    private static double Error(Tensor mapped) => (mapped - Texts).square().sum().item<double>();

    [Theory]
    [InlineData(120)]
    [InlineData(9)]
    public void Procrustes_is_orthogonal_with_any_number_of_pairs(int pairs)
    {
        using var fitted = new Procrustes().Fit(Images.narrow(0, 0, pairs), Texts.narrow(0, 0, pairs));
        var r = fitted.Transform(eye(16, dtype: ScalarType.Float64)) - fitted.Transform(zeros(1, 16, ScalarType.Float64));
        Assert.Equal(0, Sets.Largest(r.matmul(r.t()) - eye(16, dtype: ScalarType.Float64)), 1e-12);
    }

    [Fact]
    public void Procrustes_is_nearer_to_the_texts_than_random_rotations()
    {
        var best = Error(new Procrustes().Fit(Images, Texts).Transform(Images));
        for (var i = 0; i < 50; i++)
            Assert.True(Error((Images - Images.mean([0])).matmul(Sets.Orthogonal(16, $"random {i}").to(ScalarType.Float64)) + Texts.mean([0])) > best);
    }

    [Fact]
    public void Procrustes_finds_a_rotation_even_of_few_pairs()
    {
        var turned = Images.matmul(Sets.Orthogonal(16).to(ScalarType.Float64)) - 3;
        Assert.Equal(0, Sets.Largest(new Procrustes().Fit(Images, turned).Transform(Images) - turned), 1e-6);
        var few = Images.narrow(0, 0, 9);
        Assert.Equal(0, Sets.Largest(new Procrustes().Fit(few, turned.narrow(0, 0, 9)).Transform(few) - turned.narrow(0, 0, 9)), 1e-6);
    }

    [Fact]
    public void Regression_without_penalty_is_least_squares()
    {
        using var fitted = new RidgeRegression(0).Fit(Images, Texts);
        var residual = Texts - fitted.Transform(Images);
        // The normal equations: residuals sum to 0 and do not correlate with the images.
        Assert.Equal(0, Sets.Largest(residual.sum([0])), 1e-9);
        Assert.Equal(0, Sets.Largest(Images.t().matmul(residual)), 1e-8);
    }

    [Fact]
    public void A_penalty_minimises_the_penalised_error()
    {
        const double ridge = 0.5;
        using var fitted = new RidgeRegression(ridge).Fit(Images, Texts);
        var w = fitted.Transform(eye(16, dtype: ScalarType.Float64)) - fitted.Transform(zeros(1, 16, ScalarType.Float64));
        var x = Images - Images.mean([0]);
        var penalty = ridge * x.square().sum().item<double>() / 16;
        // The gradient of |x w - y|^2 + penalty |w|^2 is 0.
        var gradient = x.t().matmul(x.matmul(w) - (Texts - Texts.mean([0]))) + penalty * w;
        Assert.Equal(0, Sets.Largest(gradient), 1e-8);
    }

    [Fact]
    public void A_great_penalty_gives_the_mean_text() =>
        Assert.Equal(0, Sets.Largest(new RidgeRegression(1e12).Fit(Images, Texts).Transform(Images) - Texts.mean([0])), 1e-6);
}
