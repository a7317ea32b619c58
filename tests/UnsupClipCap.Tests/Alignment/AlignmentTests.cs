using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class AlignmentTests
{
    private static Tensor Unit(int n, string stream, double offset) => nn.functional.normalize(TinyWorld.Rows(n, stream) + offset, p: 2, dim: -1);

    private static readonly Tensor Images = Unit(50, "images", 0.2), Texts = Unit(50, "texts", -0.1);

    private static double Largest(Tensor t) => t.abs().max().item<float>();

    [Fact]
    public void MeanShift_closes_most_of_the_gap_and_keeps_unit_rows()
    {
        var moved = new MeanShift().Fit(Images, Texts).Transform(Images);
        Assert.True(ModalityGap.Of(moved, Texts).Gap < 0.2 * ModalityGap.Of(Images, Texts).Gap);
        Assert.Equal(0, Largest(moved.norm(1) - 1), 1e-5);
    }

    [Fact]
    public void MeanShift_of_no_step_and_between_equal_sets_changes_nothing()
    {
        Assert.Equal(0, Largest(new MeanShift(0).Fit(Images, Texts).Transform(Images) - Images), 1e-6);
        Assert.Equal(0, Largest(new MeanShift().Fit(Images, Images).Transform(Images) - Images), 1e-6);
    }

    [Fact]
    public void Rotation_keeps_lengths_and_angles_and_is_the_identity_between_equal_sets()
    {
        var turned = new Rotation().Fit(Images, Texts).Transform(Images);
        Assert.Equal(0, Largest(turned.matmul(turned.t()) - Images.matmul(Images.t())), 1e-4);
        Assert.Equal(0, Largest(new Rotation().Fit(Images, Images).Transform(Images) - Images), 1e-4);
    }

    [Fact]
    public void Transport_as_the_paper_writes_it_gives_other_images_embeddings_over_N()
    {
        var moved = new OptimalTransport().Fit(Images, Texts).Transform(Images);
        Assert.Equal(0, Largest(moved.norm(1) - 1 / 50.0), 1e-5);
        // Every row is one of the images', each once.
        var nearest = (moved * 50).matmul(Images.t()).argmax(1).data<long>().ToArray();
        Assert.Equal(50, nearest.Distinct().Count());
        Assert.Equal(0, Largest(moved * 50 - Images.index_select(0, tensor(nearest))), 1e-5);
    }

    [Fact]
    public void Transport_maps_only_what_it_was_fitted_on()
    {
        var fitted = new OptimalTransport().Fit(Images, Texts);
        Assert.Throws<UserException>(() => fitted.Transform(Texts));
        Assert.Throws<UserException>(() => new OptimalTransport().Fit(Images, Texts.narrow(0, 0, 40)));
    }

    [Fact]
    public void Mixup_goes_from_the_image_to_the_text()
    {
        Assert.True(Mixup.Interpolate(Images, Texts, 0).equal(Images).all().item<bool>());
        Assert.True(Mixup.Interpolate(Images, Texts, 1).equal(Texts).all().item<bool>());
        Assert.Equal(0, Largest(Mixup.Interpolate(Images * 3, Texts, 0.25) - (Images * 0.75 + Texts * 0.25)), 1e-6);
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], MixupCurve.Lambdas);
    }

    [Fact]
    public void Bad_embeddings_are_refused_before_any_work()
    {
        var bad = Images.clone();
        bad[3, 2] = float.NaN;
        foreach (var method in AlignmentStudy.PaperMethods.Skip(1))
        {
            Assert.Contains("not finite", Assert.Throws<UserException>(() => method.Fit(bad, Texts)).Message);
            Assert.Contains("16", Assert.Throws<UserException>(() => method.Fit(Images, ones(50, 8))).Message);
        }
    }

    [Fact]
    public void An_assignment_costs_no_more_than_any_permutation()
    {
        foreach (var n in new[] { 1, 2, 5, 6 })
        {
            var random = new SeededRandom(n, "assignment");
            // Small whole numbers: many ties.
            var cost = Enumerable.Range(0, n * n).Select(_ => (double)random.Next(7)).ToArray();
            var found = LinearAssignment.Solve(cost, n);
            Assert.Equal(Enumerable.Range(0, n), found.Order());
            Assert.Equal(Permutations(n).Min(p => Cost(cost, p)), Cost(cost, found));
        }
    }

    [Fact]
    public void An_assignment_of_many_points_cannot_be_bettered_by_swapping_two()
    {
        const int n = 200;
        var random = new SeededRandom(1, "assignment");
        var cost = Enumerable.Range(0, n * n).Select(_ => random.NextDouble()).ToArray();
        var found = LinearAssignment.Solve(cost, n);
        Assert.Equal(n, found.Distinct().Count());
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++)
                Assert.True(cost[i * n + found[i]] + cost[j * n + found[j]] <= cost[i * n + found[j]] + cost[j * n + found[i]] + 1e-12);
    }

    private static double Cost(double[] cost, int[] column) => column.Select((c, row) => cost[row * column.Length + c]).Sum();

    private static IEnumerable<int[]> Permutations(int n) => n == 0 ? [[]]
        : Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => p.Take(at).Append(n - 1).Concat(p.Skip(at)).ToArray()));
}
