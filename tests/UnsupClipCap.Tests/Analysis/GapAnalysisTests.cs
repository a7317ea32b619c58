using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class GapAnalysisTests
{
    private static readonly Tensor Images = Sets.Unit(60, "gap images", 0.3), Texts = Sets.Unit(60, "gap texts", -0.2);

    [Fact]
    public void Cosine_statistics_are_those_of_all_pairs_one_by_one()
    {
        var found = CosineStatistics.Of(Images, Texts);
        var (x, y) = (Images.to(ScalarType.Float64), Texts.to(ScalarType.Float64));
        List<double> Pairs(Tensor a, Tensor b, bool same) => [.. from i in Enumerable.Range(0, 60) from j in Enumerable.Range(0, 60) where (i == j) == same select a[i].dot(b[j]).item<double>() / (a[i].norm() * b[j].norm()).item<double>()];
        void Same(CosineSpread spread, List<double> cosines)
        {
            Assert.Equal(cosines.Average(), spread.Mean, 1e-9);
            Assert.Equal(Math.Sqrt(cosines.Average(c => c * c) - cosines.Average() * cosines.Average()), spread.Deviation, 1e-9);
        }
        Same(found.Images, Pairs(x, x, false));
        Same(found.Texts, Pairs(y, y, false));
        Same(found.Paired, Pairs(x, y, true));
        Same(found.Unpaired, Pairs(x, y, false));
        var gap = ModalityGap.Of(Images, Texts);
        Assert.Equal(found.Paired.Mean, gap.CosinePaired, 1e-9);
        Assert.Equal(found.Unpaired.Mean, gap.CosineUnpaired, 1e-9);
    }

    [Fact]
    public void The_gap_is_the_length_of_its_direction() =>
        Assert.Equal(ModalityGap.Of(Images, Texts).Gap, ModalityGap.Direction(Images, Texts).norm().item<double>(), 1e-12);

    [Fact]
    public void The_distribution_gap_is_nothing_for_equal_sets_and_sees_what_the_means_do_not()
    {
        Assert.Equal(0, ModalityGap.DistributionGap(Images, Images), 1e-6);
        var wide = Images.mean([0L]) + 3 * (Images - Images.mean([0L]));                    // the same mean
        Assert.Equal(0, ModalityGap.Direction(Images, wide).norm().item<double>(), 1e-6);
        Assert.True(ModalityGap.DistributionGap(Images, wide) > 0.3);
        Assert.Equal(ModalityGap.DistributionGap(Images, Texts), ModalityGap.DistributionGap(Texts, Images), 1e-9);
    }

    [Fact]
    public void Retrieval_ranks_by_cosine_and_counts_the_best_of_several_own_items()
    {
        var items = tensor(new[,] { { 1.0, 0 }, { 0, 1.0 }, { 1.0, 1.0 }, { -1.0, 0 } });
        var queries = tensor(new[,] { { 5.0, 0.1 }, { 0.2, 3.0 } });                          // nearest: 0, 2, 1, 3 and 1, 2, 0, 3
        var own = Retrieval.Of(queries, items, tensor(new long[] { 0, 1 }), tensor(new long[] { 1, 1, 0, 0 }));
        // The first query's own are 2 and 3: the best is second; the second's are 0 and 1: the best is first.
        Assert.Equal(new Retrieval(0.5, 1, 1, 1.5), own);
        Assert.Contains("no item of its group", Assert.Throws<UserException>(() => Retrieval.Of(queries, items, tensor(new long[] { 0, 7 }), tensor(new long[] { 0, 0, 0, 0 }))).Message);
        Assert.Equal(new Retrieval(1, 1, 1, 1), Retrieval.OfPairs(Images, Images * 3));
    }

    [Fact]
    public void The_effective_rank_counts_directions()
    {
        Assert.Equal(1, EffectiveRank.Of(outer(arange(1, 20).to(ScalarType.Float64), ones(8, dtype: ScalarType.Float64)), centred: false), 1e-6);
        Assert.Equal(16, EffectiveRank.Of(Sets.Orthogonal(16), centred: false), 1e-4);
        Assert.InRange(EffectiveRank.Of(Sets.Rows(4000, "isotropic")), 15.9, 16);
        Assert.Contains("no direction", Assert.Throws<UserException>(() => EffectiveRank.Of(ones(3, 4))).Message);
    }

    [Fact]
    public void Alignment_noise_finds_the_gap_and_the_noise_that_were_put_in()
    {
        var gap = ones(16, dtype: ScalarType.Float64) * 0.2;
        var noise = Sets.Rows(3000, "noise").to(ScalarType.Float64) * 0.05;
        var texts = Sets.Rows(3000, "noisy texts").to(ScalarType.Float64);
        var found = AlignmentNoise.Of(texts + gap + noise, texts);
        Assert.Equal(0.8, found.Gap, 0.01);
        Assert.Equal(0.0025, found.Variance, 0.0001);
        Assert.Equal(0.64 / (0.64 + 16 * 0.0025), found.GapShare, 0.005);
        Assert.InRange(found.EffectiveRank, 15.9, 16);
        Assert.Equal(0.05 * 4, found.NoiseNorm, 0.005);
    }

    [Fact]
    public void The_uncentred_projection_shows_the_gap_that_PCA_about_each_mean_would_hide()
    {
        var svd = Projection.UncentredSvd(Images, Texts);
        var pca = Projection.Pca(Images, Texts);
        double Apart(Projection p) => (p.Images.mean([0L]) - p.Texts.mean([0L])).norm().item<double>();
        var gap = ModalityGap.Of(Images, Texts).Gap;
        Assert.InRange(Apart(svd), 0.9 * gap, gap + 1e-9);
        Assert.InRange(Apart(pca), 0.9 * gap, gap + 1e-9);
        Assert.InRange(svd.Share, 0.3, 1);
        // A projection on orthonormal axes makes no distance longer.
        Assert.True((cdist(svd.Images, svd.Texts) <= cdist(Images.to(ScalarType.Float64), Texts.to(ScalarType.Float64)) + 1e-9).all().item<bool>());
    }

    [Fact]
    public void A_bootstrap_interval_of_a_mean_holds_it_and_narrows_with_images()
    {
        var few = Interval.OfMean([.. Enumerable.Range(0, 40).Select(i => i % 2 * 1.0)]);
        var many = Interval.OfMean([.. Enumerable.Range(0, 4000).Select(i => i % 2 * 1.0)]);
        Assert.InRange(0.5, few.Low, few.High);
        Assert.InRange(few.High - few.Low, 0.2, 0.4);                   // 2 x 1.96 x .5 / sqrt(40) is .31
        Assert.InRange(many.High - many.Low, 0.02, 0.04);
    }

    [Fact]
    public void Real_captions_of_one_image_spread_as_CapDec_says()
    {
        var found = NoiseMeasures.Of(ClipPairsOrSkip(ClipPairs.Flickr100));
        Assert.Equal(0.016, found.Rule.Variance, 0.002);                // CapDec's figure is of another CLIP
        Assert.True(found.CaptionsOfOneImage.Mean > found.CaptionsOfTwoImages.Mean + 0.2);
        Assert.True(found.Noise.CosineToGap < 0.15, "C3: noise and gap are nearly orthogonal");
    }

    internal static ClipPairs ClipPairsOrSkip(Func<ClipPairs> read)
    {
        if (Locations.Find(ClipPairs.Coco500Folder) is null) Assert.Skip($"No {ClipPairs.Coco500Folder} among the data.");
        return read();
    }
}
