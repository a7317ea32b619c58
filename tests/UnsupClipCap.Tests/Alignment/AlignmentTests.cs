using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class AlignmentTests
{
    private static readonly Tensor Images = Sets.Unit(50, "images", 0.2), Texts = Sets.Unit(50, "texts", -0.1);

    private static double Largest(Tensor t) => Sets.Largest(t);

    public static TheoryData<string> Names => [.. Alignments.All.Select(m => m.Name)];

    [Fact]
    public void MeanShift_closes_most_of_the_gap_and_keeps_unit_rows()
    {
        var moved = new MeanShift().Fit(Images, Texts).Transform(Images);
        Assert.True(ModalityGap.Of(moved, Texts).Gap < 0.2 * ModalityGap.Of(Images, Texts).Gap);
        Assert.Equal(0, Largest(moved.norm(1) - 1), 1e-5);
    }

    [Fact]
    public void MeanShift_of_no_step_changes_nothing_and_half_a_step_goes_half_the_way()
    {
        Assert.Equal(0, Largest(new MeanShift(0).Fit(Images, Texts).Transform(Images) - Images), 1e-6);
        var half = Images + 0.5 * (Texts.mean([0]) - Images.mean([0]));
        Assert.Equal(0, Largest(new MeanShift(0.5).Fit(Images, Texts).Transform(Images) - half / half.norm(1, keepdim: true)), 1e-6);
    }

    [Theory]
    [InlineData(Signs.Solver)]
    [InlineData(Signs.Largest)]
    [InlineData(Signs.ThirdMoment)]
    [InlineData(Signs.Paired)]
    public void Rotation_keeps_distances(Signs signs)
    {
        // 10 rows: fewer than the 16 dimensions.
        foreach (var rows in new[] { 50, 10 })
        {
            var x = Images.to(ScalarType.Float64);
            var turned = new Rotation(signs).Fit(x.narrow(0, 0, rows), Texts.to(ScalarType.Float64).narrow(0, 0, rows)).Transform(x);
            static Tensor Differences(Tensor t) => t.unsqueeze(0) - t.unsqueeze(1);
            Assert.Equal(0, Largest(Differences(turned).norm(2) - Differences(x).norm(2)), 1e-12);
        }
    }

    [Fact]
    public void Rotation_with_signs_finds_a_rotation_where_the_papers_does_not()
    {
        // Skew coordinates of different strengths, turned and moved: the strongest directions correspond, and third moments tell their signs.
        var skew = (Sets.Rows(2000, "skew", 16).square() - 1) * linspace(2, 0.5, 16);
        var turned = skew.matmul(Sets.Orthogonal(16)) + 3;
        Assert.True(Largest(new Rotation(Signs.ThirdMoment).Fit(skew, turned).Transform(skew) - turned) < 1e-2);
        Assert.True(Largest(new Rotation(Signs.Paired).Fit(skew, turned).Transform(skew) - turned) < 1e-2);
        Assert.True(Largest(new Rotation().Fit(skew, turned).Transform(skew) - turned) > 1);
    }

    [Fact]
    public void Principal_directions_of_a_large_set_are_those_of_all_its_rows()
    {
        // More rows than a chunk: by triangular factors. Signs by the largest component make the two ways one.
        var (x, y) = (Sets.Rows(20_000, "large", 8) * linspace(2, 1, 8), Sets.Rows(300, "small", 8) * linspace(1, 3, 8));
        var fitted = new Rotation(Signs.Largest).Fit(x, y).Transform(eye(8));
        static Tensor V(Tensor t)
        {
            var v = linalg.svd(t.to(ScalarType.Float64), fullMatrices: false).Item3.t();
            return v * v.gather(0, v.abs().argmax(0, keepdim: true)).sign();
        }
        Assert.Equal(0, Largest(fitted - V(x).matmul(V(y).t())), 1e-5);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("mean shift")]
    [InlineData("rotation")]
    [InlineData("rotation(signs=largest)")]
    [InlineData("rotation(signs=third moment)")]
    [InlineData("rotation(signs=paired)")]
    [InlineData("barycentric transport")]
    [InlineData("neighbour transport(k=1)")]
    [InlineData("gaussian map")]
    [InlineData("standardised")]
    [InlineData("coral")]
    [InlineData("procrustes")]
    [InlineData("ridge regression(ridge=0)")]
    [InlineData("caption memory(temperature=0.0001)")]
    [InlineData("nearest captions(k=1)")]
    public void Between_equal_sets_nothing_changes(string name)
    {
        using var fitted = Alignments.Named(name).Fit(Images, Images);
        Assert.Equal(0, Largest(fitted.Transform(Images) - Images), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inverse_undoes_the_map_or_is_refused(string name)
    {
        var (x, y) = (Images.to(ScalarType.Float64), Texts.to(ScalarType.Float64));
        using var fitted = Alignments.Named(name).Fit(x, y);
        if (fitted.HasInverse)
        {
            Assert.Equal(0, Largest(fitted.Inverse(fitted.Transform(x)) - x), 1e-9);
            Assert.Equal(0, Largest(fitted.Transform(fitted.Inverse(y)) - y), 1e-9);
        }
        else Assert.Contains("no inverse", Assert.Throws<UserException>(() => fitted.Inverse(x)).Message);
    }

    [Fact]
    public void These_have_an_inverse() =>
        Assert.Equal(["none", "rotation", "rotation(signs=third moment)", "rotation(signs=paired)", "gaussian map", "standardised", "whitening", "coral", "procrustes"],
            Alignments.All.Where(m => m.Fit(Images, Texts).HasInverse).Select(m => m.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Fitting_again_gives_the_same_to_the_last_bit(string name)
    {
        var method = Alignments.Named(name);
        using var fitted = method.Fit(Images, Texts);
        using var again = method.Fit(Images, Texts);
        Assert.True(fitted.Transform(Images).equal(again.Transform(Images)).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Float16_is_computed_in_float32(string name)
    {
        var method = Alignments.Named(name);
        var (x, y) = (Images.to(ScalarType.Float16), Texts.to(ScalarType.Float16));
        using var fitted = method.Fit(x, y);
        using var wide = method.Fit(x.to(ScalarType.Float32), y.to(ScalarType.Float32));
        var aligned = fitted.Transform(x);
        Assert.Equal(ScalarType.Float32, aligned.dtype);
        Assert.True(aligned.equal(wide.Transform(x.to(ScalarType.Float32))).all().item<bool>());
        Assert.Equal(ScalarType.Float64, method.Fit(x.to(ScalarType.Float64), y.to(ScalarType.Float64)).Transform(x.to(ScalarType.Float64)).dtype);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_both_means_removed_and_whitening_move_the_texts(string name)
    {
        using var fitted = Alignments.Named(name).Fit(Images, Texts);
        var moved = !fitted.TransformTexts(Texts).equal(Texts).all().item<bool>();
        Assert.Equal(name is "both means removed" or "whitening", moved);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fitted_alignment_owns_its_tensors_and_not_those_given(string name)
    {
        var method = Alignments.Named(name);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            using var scope = NewDisposeScope();
            var (x, y) = (Images.to(type).clone(), Texts.to(type).clone());
            IFittedAlignment fitted;
            using (NewDisposeScope()) fitted = method.Fit(x, y);                    // outlives the scope that it was made in
            fitted.Transform(x).Dispose();
            fitted.TransformTexts(y).Dispose();
            Assert.Equal(50, fitted.Transform(x).shape[0]);
            fitted.Dispose();
            Assert.Equal(50, (x + y).shape[0]);
            Assert.Throws<ObjectDisposedException>(() => fitted.Transform(x));
        }
    }

    [Fact]
    public void Fitting_and_mapping_leave_no_tensor_behind()
    {
        foreach (var method in Alignments.All)
        {
            var before = TinyWorld.LiveTensors();
            for (var i = 0; i < 2; i++)
            {
                using var fitted = method.Fit(Images, Texts);
                fitted.Transform(Images).Dispose();
            }
            Assert.True(TinyWorld.LiveTensors() <= before, method.Name);
        }
    }

    [Fact]
    public void A_method_from_a_function_is_that_function()
    {
        var mine = Align.By("shrink then shift", (image, text) => x => .9 * x + (text.mean([0]) - .9 * image.mean([0])));
        Assert.Equal("shrink then shift", mine.Name);
        var moved = mine.Fit(Images, Texts).Transform(Images);
        Assert.Equal(0, Largest(moved.mean([0]) - Texts.mean([0])), 1e-6);
        Assert.Equal(0, Largest((moved - moved.mean([0])) / .9 - (Images - Images.mean([0]))), 1e-6);
        Assert.Equal(0, Largest(Align.By("mine", (_, _) => x => x).Fit(Images, Texts).Transform(Images) - Images));
    }

    [Fact]
    public void A_function_that_gives_another_shape_or_no_numbers_is_told_so()
    {
        string Message(Func<Tensor, Tensor> map) => Assert.Throws<UserException>(() => Align.By("mine", (_, _) => map).Fit(Images, Texts).Transform(Images)).Message;
        Assert.Contains("[50]", Message(x => x.sum(1)));
        Assert.Contains("not finite, first in row 0", Message(x => x / 0));
        Assert.Contains("give yours another", Assert.Throws<UserException>(() => Align.By("Mean shift", (_, _) => x => x)).Message);
        Assert.Contains("no map", Assert.Throws<UserException>(() => Align.By("mine", (_, _) => null!).Fit(Images, Texts)).Message);
        Assert.Contains("pairs", Assert.Throws<UserException>(() => Align.By("mine", (_, _) => x => x, pairs: true).Fit(Images, Texts.narrow(0, 0, 9))).Message);
        Assert.Contains("only the 50", Assert.Throws<UserException>(() => Align.By("mine", (_, _) => x => x, transductive: true).Fit(Images, Texts).Transform(Texts)).Message);
    }

    [Fact]
    public void Mixup_goes_from_the_image_to_the_text()
    {
        Assert.True(Mixup.Interpolate(Images, Texts, 0).equal(Images).all().item<bool>());
        Assert.True(Mixup.Interpolate(Images, Texts, 1).equal(Texts).all().item<bool>());
        Assert.Equal(0, Largest(Mixup.Interpolate(Images * 3, Texts, 0.25) - (Images * 0.75 + Texts * 0.25)), 1e-6);
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], MixupCurve.Lambdas);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_embeddings_are_refused_before_any_work(string name)
    {
        var method = Alignments.Named(name);
        string Message(Tensor x, Tensor y) => Assert.Throws<UserException>(() => method.Fit(x, y)).Message;
        var bad = Images.clone();
        bad[3, 2] = float.NaN;
        Assert.Contains("image embeddings hold values that are not finite, first in row 3", Message(bad, Texts));
        bad[3, 2] = float.PositiveInfinity;
        Assert.Contains("text embeddings hold values that are not finite, first in row 3", Message(Images, bad));
        Assert.Contains("16 numbers and the text embeddings 8", Message(Images, ones(50, 8)));
        Assert.Contains("[16]", Message(Images[0], Texts));
        Assert.Contains("[0, 16]", Message(Images, Texts.narrow(0, 0, 0)));
        Assert.Contains("Int64", Message(Images.to(ScalarType.Int64), Texts));

        using var fitted = method.Fit(Images, Texts);
        Assert.Contains("8 numbers; it was fitted on embeddings of 16", Assert.Throws<UserException>(() => fitted.Transform(ones(50, 8))).Message);
        bad[3, 2] = float.NaN;
        Assert.Contains("row 3", Assert.Throws<UserException>(() => fitted.Transform(bad)).Message);
        Assert.Contains("row 3", Assert.Throws<UserException>(() => fitted.TransformTexts(bad)).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Counts_may_differ_but_for_pairs_and_the_papers_transport(string name)
    {
        var method = Alignments.Named(name);
        var fewer = Texts.narrow(0, 0, 40);
        if (method.NeedsPairs) Assert.Contains("50 images and 40 texts", Assert.Throws<UserException>(() => method.Fit(Images, fewer)).Message);
        else if (name == "optimal transport") Assert.Contains("barycentric transport", Assert.Throws<UserException>(() => method.Fit(Images, fewer)).Message);
        else Assert.Equal(Images.shape, method.Fit(Images, fewer).Transform(Images).shape);
    }

    [Theory]
    [InlineData("gaussian map(ridge=0)", 17, "17")]
    [InlineData("coral(ridge=0)", 17, "17")]
    [InlineData("whitening(ridge=0)", 17, "17")]
    [InlineData("ridge regression(ridge=0)", 17, "17")]
    [InlineData("gaussian map", 2, "2 or more, for a covariance")]
    [InlineData("standardised", 2, "2 or more, for a deviation")]
    [InlineData("procrustes", 2, "2 or more")]
    [InlineData("rotation(signs=third moment)", 2, "2 or more")]
    [InlineData("nearest captions(k=12)", 12, "lower k")]
    [InlineData("neighbour transport(k=12)", 12, "lower k")]
    public void Too_few_rows_are_told(string name, int least, string expected)
    {
        var method = Alignments.Named(name);
        method.Fit(Images.narrow(0, 0, least), Texts.narrow(0, 0, least)).Dispose();
        Assert.Contains(expected, Assert.Throws<UserException>(() => method.Fit(Images.narrow(0, 0, least - 1), Texts.narrow(0, 0, least - 1))).Message);
    }

    [Fact]
    public void A_covariance_that_cannot_be_inverted_is_told()
    {
        var flat = Images.clone();
        flat.select(1, 3).fill_(0.5);
        Assert.Contains("set ridge above 0", Assert.Throws<UserException>(() => new GaussianMap(0).Fit(flat, Texts)).Message);
        Assert.Contains("set ridge above 0", Assert.Throws<UserException>(() => new Coral(0).Fit(flat, Texts)).Message);
        Assert.Contains("all image embeddings are equal", Assert.Throws<UserException>(() => new GaussianMap().Fit(ones(5, 4), ones(5, 4))).Message);
    }

    [Theory]
    [InlineData("caption memory")]
    [InlineData("nearest captions")]
    public void Cosines_need_rows_that_are_not_zero(string name)
    {
        var zero = Images.clone();
        zero[7] = 0;
        Assert.Contains("row 7 of the text", Assert.Throws<UserException>(() => Alignments.Named(name).Fit(Images, zero)).Message);
        Assert.Contains("row 7 of the image", Assert.Throws<UserException>(() => Alignments.Named(name).Fit(Images, Texts).Transform(zero)).Message);
        // Others bear them.
        Assert.Equal(50, new GaussianMap().Fit(zero, Texts).Transform(zero).shape[0]);
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
