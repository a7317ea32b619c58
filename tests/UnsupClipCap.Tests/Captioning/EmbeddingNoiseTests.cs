using System.Text.Json;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class EmbeddingNoiseTests
{
    // Very many rows of one embedding, so that moments of the noise are known to a percent.
    private static readonly Tensor One = nn.functional.normalize(Sets.Rows(1, "one", 8), p: 2, dim: -1), Many = One.expand(40_000, 8).contiguous();

    private static Tensor Apply(EmbeddingNoise noise, Tensor to)
    {
        manual_seed(11);
        return noise.Apply(to);
    }

    private static readonly CovarianceNoise Covariance =
        CovarianceNoise.Of(nn.functional.normalize(Sets.Rows(300, "v", 8) * linspace(2, 0.2, 8) + 1, p: 2, dim: -1), nn.functional.normalize(Sets.Rows(300, "t", 8) - 1, p: 2, dim: -1), rank: 3);

    public static TheoryData<EmbeddingNoise> Kinds => [new GaussianNoise(), new GaussianNoise(0.1), new BallNoise(0.5), new RandomScaleNoise(0.3, unit: true), new RandomScaleNoise(), Covariance];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_recipe_brings_its_noise_back_from_a_file(EmbeddingNoise noise)
    {
        var recipe = new Recipe { Noise = noise };
        var back = JsonSerializer.Deserialize<Recipe>(JsonSerializer.Serialize(recipe))!;
        Assert.Equal(noise, back.Noise);
        Assert.True(Apply(noise, Many.narrow(0, 0, 9)).equal(Apply(back.Noise!, Many.narrow(0, 0, 9))).all().item<bool>());
    }

    [Fact]
    public void Recipes_saved_before_are_read() =>
        Assert.Equal(new GaussianNoise(0.02), JsonSerializer.Deserialize<EmbeddingNoise>("""{"kind":"gaussian","Variance":0.02}"""));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_are_unit_but_for_LinCIRs(EmbeddingNoise noise)
    {
        var lengths = Apply(noise, Many * 5).norm(1);
        Assert.Equal(noise is RandomScaleNoise { Unit: false }, Sets.Largest(lengths - 1) > 1e-5);
    }

    [Fact]
    public void No_noise_leaves_the_embedding()
    {
        foreach (var noise in new EmbeddingNoise[] { new GaussianNoise(0), new BallNoise(0), new RandomScaleNoise(0) })
            Assert.Equal(0, Sets.Largest(Apply(noise, Many) - Many), 1e-6);
    }

    [Fact]
    public void Gaussian_noise_comes_after_unit_length_and_before_it()
    {
        Assert.True(Apply(new GaussianNoise(), Many).allclose(Apply(new GaussianNoise(), Many * 9), 1e-4, 1e-5));
        // With little noise, unit length takes away what is along the embedding and leaves the rest.
        var noisy = Apply(new GaussianNoise(1e-4), Many);
        var across = noisy - noisy.matmul(One.t()) * One;
        Assert.InRange(across.square().sum(1).mean().item<float>(), 0.97 * 7e-4, 1.03 * 7e-4);
    }

    [Fact]
    public void Noise_in_a_ball_is_uniform_in_it()
    {
        const double radius = 1e-3;
        var noisy = Apply(new BallNoise(radius), Many.to(ScalarType.Float64));
        var across = noisy - noisy.matmul(One.to(ScalarType.Float64).t()) * One.to(ScalarType.Float64);
        var squares = across.square().sum(1) / (radius * radius);
        // A ball's point has mean square d / (d + 2); 7 of 8 dimensions are across.
        Assert.InRange(squares.mean().item<double>(), 0.98 * 0.7, 1.02 * 0.7);
        Assert.True(squares.max().item<double>() <= 1.001);
    }

    [Fact]
    public void LinCIRs_noise_is_of_one_size_a_row_uniform_between_rows()
    {
        var sizes = ((Apply(new RandomScaleNoise(2), Many) - Many).square().mean([1])).data<float>().ToArray();
        // E[size^2] = 4 E[u^2] = 4 / 3; the median row's is 4 / 4 times a chi-square's median of about .9.
        Assert.InRange(sizes.Average(), 1.29, 1.38);
        Assert.InRange(sizes.Count(s => s < 0.04) / (double)sizes.Length, 0.08, 0.14);     // u < .1, about
    }

    [Fact]
    public void Covariance_noise_has_the_differences_mean_and_covariance()
    {
        var (v, t) = (Sets.Rows(500, "v", 8) * linspace(0.02, 0.2, 8) + Sets.Rows(1, "centre", 8) * 10, Sets.Rows(500, "t", 8) * 0.05 + Sets.Rows(1, "other centre", 8) * 10);
        var difference = (nn.functional.normalize(v, p: 2, dim: -1) - nn.functional.normalize(t, p: 2, dim: -1)).to(ScalarType.Float64);
        var mean = difference.mean([0]);
        var covariance = (difference - mean).t().matmul(difference - mean) / 499;
        // All directions kept, or three and the rest's mean: the trace is kept either way.
        foreach (var rank in new[] { 8, 3 })
        {
            var noise = CovarianceNoise.Of(v, t, rank);
            var f = FromBase64(noise.Factor).view(rank, 8);
            var kept = f.t().matmul(f) + eye(8, dtype: ScalarType.Float64) * noise.Variance;
            Assert.Equal(0, Sets.Largest(FromBase64(noise.Shift) - mean), 1e-6);
            Assert.Equal(covariance.trace().item<double>(), kept.trace().item<double>(), 1e-3 * covariance.trace().item<double>());
            if (rank == 8) Assert.Equal(0, Sets.Largest(kept - covariance), 1e-4 * Sets.Largest(covariance));
            else Assert.Equal(0, Sets.Largest(linalg.eigvalsh(kept).narrow(0, 5, 3) - linalg.eigvalsh(covariance).narrow(0, 5, 3)), 1e-4 * Sets.Largest(covariance));
        }
        // Far from the origin unit length does little to a small noise but along the row.
        var far = CovarianceNoise.Of(v, t, 3, scale: 0, shift: true);
        var moved = One + mean.to(ScalarType.Float32);
        Assert.Equal(0, Sets.Largest(Apply(far, Many.narrow(0, 0, 5)) - moved / moved.norm()), 1e-5);
        Assert.Equal(0, Sets.Largest(FromBase64(CovarianceNoise.Of(v, t, 3, shift: false).Shift)));
    }

    [Fact]
    public void Covariance_noise_draws_what_it_says()
    {
        // Added to zero rows' worth of signal: directions alone remain, so compare against drawing by its covariance's square root.
        var noise = Covariance with { Scale = 1e-3 };
        var f = FromBase64(noise.Factor).view(3, 8);
        var cov = (f.t().matmul(f) + eye(8, dtype: ScalarType.Float64) * noise.Variance) * 1e-6;
        var x = One.to(ScalarType.Float64) + FromBase64(noise.Shift);
        var length = x.norm().item<double>();
        var unit = x / length;
        var across = eye(8, dtype: ScalarType.Float64) - unit.t().matmul(unit);                       // what unit length leaves, to first order
        var expected = across.matmul(cov).matmul(across) / (length * length);
        var noisy = Apply(noise, Many.to(ScalarType.Float64)) - unit;
        var found = noisy.t().matmul(noisy) / Many.shape[0];
        Assert.Equal(0, Sets.Largest(found - expected), 0.05 * Sets.Largest(expected));
    }

    private static Tensor FromBase64(string text) => tensor(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(text)).ToArray()).to(ScalarType.Float64);

    [Fact]
    public void Bad_noise_is_refused()
    {
        Assert.Contains("variance is -1", Assert.Throws<UserException>(() => new GaussianNoise(-1)).Message);
        Assert.Contains("radius", Assert.Throws<UserException>(() => new BallNoise(double.NaN)).Message);
        Assert.Contains("8 dimensions, and the embeddings have 16", Assert.Throws<UserException>(() => Covariance.Apply(ones(2, 16))).Message);
        Assert.Contains("rank is 9", Assert.Throws<UserException>(() => CovarianceNoise.Of(ones(5, 8), ones(5, 8), rank: 9)).Message);
        Assert.Contains("5 images and 4 texts", Assert.Throws<UserException>(() => CovarianceNoise.Of(ones(5, 8), ones(4, 8), rank: 2)).Message);
        Assert.Contains("not base 64", Assert.Throws<UserException>(() => new CovarianceNoise("?", "", 0)).Message);
        Assert.Contains("multiple", Assert.Throws<UserException>(() => new CovarianceNoise(Covariance.Shift, Covariance.Shift[..16], 0)).Message);
    }

    [Fact]
    public void The_estimate_is_the_mean_largest_difference_between_captions_of_an_image()
    {
        // Unit rows; image 5's captions are not neighbours, image 9 has one caption, image 2's differ in one place by .6 and .8.
        var texts = tensor(new float[,] { { 1, 0 }, { 0.6f, 0.8f }, { 2, 0 }, { 0, 1 }, { 3, 0 } });
        var estimate = NoiseEstimate.Of(texts, [5, 2, 9, 5, 2]);
        Assert.Equal((2, 2), (estimate.Images, estimate.Pairs));
        Assert.Equal((1 + 0.8) / 2, estimate.Deviation, 1e-6);
        Assert.Equal(0.81, estimate.Variance, 1e-6);
        Assert.Equal(estimate.Noise, new GaussianNoise(estimate.Variance));
        Assert.Equal(((0.5 + 0.5) / 2 + (0.08 + 0.32) / 2) / 2, estimate.Spread, 1e-6);
    }

    [Fact]
    public void The_estimate_needs_images_with_two_captions()
    {
        Assert.Contains("two captions", Assert.Throws<UserException>(() => NoiseEstimate.Of(ones(3, 4), [0, 1, 2])).Message);
        Assert.Contains("2 image numbers", Assert.Throws<UserException>(() => NoiseEstimate.Of(ones(3, 4), [0, 1])).Message);
        var texts = Sets.Rows(100, "captions");
        Assert.Equal(15, NoiseEstimate.Of(texts, [.. Enumerable.Range(0, 100).Select(i => i / 5)]).Images);
        Assert.Equal(15 * 10, NoiseEstimate.Of(texts, [.. Enumerable.Range(0, 100).Select(i => i / 5)]).Pairs);
    }
}
