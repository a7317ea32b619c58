using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class AlignmentParityTests
{
    [Fact]
    public void Mean_shift_and_gap_statistics_equal_the_reference()
    {
        var golden = new ModelGoldens(Goldens.Folder("alignment"));
        var (image, text) = (golden["image"], golden["text"]);
        if (golden.Offers("mean_shift")) ModelGoldens.Close(golden["mean_shift"], new MeanShift().Fit(image, text).Transform(image), 1e-9);
        var gap = ModalityGap.Of(image, text);
        if (golden.Offers("gap")) Assert.Equal(golden.Settings.GetProperty("gap").GetDouble(), gap.Gap, 1e-9);
        if (golden.Offers("cosine_paired")) Assert.Equal(golden.Settings.GetProperty("cosine_paired").GetDouble(), gap.CosinePaired, 1e-9);
        if (golden.Offers("cosine_unpaired")) Assert.Equal(golden.Settings.GetProperty("cosine_unpaired").GetDouble(), gap.CosineUnpaired, 1e-9);
        if (golden.Offers("image_to_text"))
        {
            Assert.Equal(golden.Settings.GetProperty("image_to_text").GetProperty("R@1").GetDouble(), gap.RecallAt1, 1e-9);
            Assert.Equal(golden.Settings.GetProperty("image_to_text").GetProperty("R@5").GetDouble(), gap.RecallAt5, 1e-9);
        }
        if (golden.Offers("image_to_text") && golden.Settings.GetProperty("image_to_text").TryGetProperty("R@10", out var ten)) Assert.Equal(ten.GetDouble(), gap.ImageToText.RecallAt10, 1e-9);
        if (golden.Offers("image_to_text_median_rank")) Assert.Equal(golden.Settings.GetProperty("image_to_text_median_rank").GetDouble(), gap.ImageToText.MedianRank, 1e-9);
        if (golden.Offers("svd_abs_coordinates"))
        {
            var projection = Projection.UncentredSvd(image, text);
            ModelGoldens.Close(golden["svd_abs_coordinates"], cat([projection.Images, projection.Texts], 0).abs(), 1e-9);
        }
        if (golden.Offers("singular_values"))
        {
            var values = golden["singular_values"];
            var sets = new Dictionary<string, Tensor> { ["both"] = cat([image, text], 0), ["images"] = image, ["difference"] = image - text };
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join(" ", sets.Select(s => $"{s.Key} {(EffectiveRank.SingularValues(s.Value) - values).abs().max().item<double>():g3}")));
            ModelGoldens.Close(values, EffectiveRank.SingularValues(cat([image, text], 0)), 1e-9);
        }
        golden.MustHaveOffered();
    }

    [Fact]
    public void Maps_equal_the_reference()
    {
        var golden = new ModelGoldens(Goldens.Folder("alignment"));
        var (image, text) = (golden["image"], golden["text"]);
        void Check(string key, IAlignment method)
        {
            if (!golden.Offers(key)) return;
            using var fitted = method.Fit(image, text);
            ModelGoldens.Close(golden[key], fitted.Transform(image), 1e-9);
        }
        Check("standardised", new Standardised());
        Check("coral_ridge_01", new Coral(0.1));
        Check("procrustes_centred", new Procrustes());
        Check("both_means_removed_image", new BothMeansRemoved());
        if (golden.Offers("both_means_removed_text")) ModelGoldens.Close(golden["both_means_removed_text"], new BothMeansRemoved().Fit(image, text).TransformTexts(text), 1e-9);
        // With fewer pairs than dimensions the rotation is not unique; on the pairs it is, which is checked above.
        if (golden.Offers("procrustes_rotation") && image.shape[0] > image.shape[1])
        {
            using var fitted = new Procrustes().Fit(image, text);
            var (unit, zero) = (eye(image.shape[1], dtype: image.dtype), zeros(1, image.shape[1], image.dtype));
            ModelGoldens.Close(golden["procrustes_rotation"], fitted.Transform(unit) - fitted.Transform(zero), 1e-9);
        }
        if (golden.Offers("decap_projection", "memory")) ModelGoldens.Close(golden["decap_projection"], new CaptionMemory().Fit(image, golden["memory"]).Transform(image), 1e-9);
        if (golden.Offers("mean_shift_raw"))
        {
            var raw = golden["mean_shift_raw"];
            ModelGoldens.Close(raw / raw.norm(1, keepdim: true), new MeanShift().Fit(image, text).Transform(image), 1e-9);
        }
        golden.MustHaveOffered();
    }

    [Fact]
    public void The_gaussian_map_equals_the_reference()
    {
        var golden = new ModelGoldens(Goldens.Folder("transport"));
        if (!golden.Offers("X", "Y", "gaussian_A")) Assert.Skip($"{golden.Folder} has no 'gaussian_A' between 'X' and 'Y'.");
        var (x, y) = (golden["X"], golden["Y"]);
        // POT's moments: over N, with 1e-6 added to the diagonals.
        var (from, to) = (Moments.Mean(x), Moments.Mean(y));
        var a = GaussianMap.Map(Symmetric.Plus(Moments.Scatter(x, from) / x.shape[0], 1e-6), Symmetric.Plus(Moments.Scatter(y, to) / y.shape[0], 1e-6));
        ModelGoldens.Close(golden["gaussian_A"], a, 1e-6);
        if (golden.Offers("gaussian_b")) ModelGoldens.Close(golden["gaussian_b"], to - from.matmul(a), 1e-6);
        if (golden.Offers("gaussian_map"))
        {
            ModelGoldens.Close(golden["gaussian_map"], (x - from).matmul(a) + to, 1e-6);
            // The method's own ridge and N - 1 differ by what 1e-6 of unit variances does.
            if (x.shape[0] > 2 * x.shape[1]) ModelGoldens.Close(golden["gaussian_map"], new GaussianMap(0).Fit(x, y).Transform(x), 1e-4);
        }
    }

    [Fact]
    public void Transport_methods_equal_the_reference_plans()
    {
        var golden = new ModelGoldens(Goldens.Folder("transport"));
        if (!golden.Offers("X", "Y", "emd_plan")) Assert.Skip($"{golden.Folder} has no 'emd_plan' between 'X' and 'Y'.");
        var (x, y) = (golden["X"], golden["Y"]);
        ModelGoldens.Close(golden["emd_plan"].matmul(x), new OptimalTransport().Fit(x, y).Transform(x), 1e-9);
        if (golden.Offers("barycentric")) ModelGoldens.Close(golden["barycentric"], new Barycentric().Fit(x, y).Transform(x), 1e-9);
    }

    /// <summary>500 COCO pairs by CLIP ViT-B/16: fitted on the first 250 (transductive methods on the last), measured on the last 250.</summary>
    [Theory]
    [InlineData("none", .857, .309, .162, .660)]
    [InlineData("mean shift", .076, .671, .522, .372)]
    [InlineData("both means removed", .123, .314, .001, .660)]
    [InlineData("standardised", .078, .668, .512, .408)]
    [InlineData("rotation", .08, .509, .527, .000)]
    [InlineData("coral", .069, .718, .525, .408)]
    [InlineData("procrustes", .078, .678, .520, .200)]
    [InlineData("optimal transport", .726, .305, .162, .636)]
    [InlineData("barycentric transport", .000, .954, .526, .788)]
    [InlineData("entropic transport", .031, .967, .549, .796)]
    public void On_COCO_pairs_each_method_measures_as_known(string name, double gap, double paired, double unpaired, double recall)
    {
        using var scope = NewDisposeScope();
        var features = Npy.Read(Goldens.Data("clip_vitb16_coco500/features_clip.npy"));
        Tensor Part(int set, int start) => features[set].narrow(0, start, 250);
        var method = Alignments.Named(name);
        var (images, texts) = (Part(0, 250), Part(1, 250));
        using var fitted = method.IsTransductive ? method.Fit(images, texts) : method.Fit(Part(0, 0), Part(1, 0));
        var (aligned, moved) = (fitted.Transform(images), fitted.TransformTexts(texts));
        var found = ModalityGap.Of(aligned, moved);
        TestContext.Current.TestOutputHelper?.WriteLine(found.ToString());
        Assert.Equal(gap, found.Gap, 0.002 + 1e-9);
        Assert.Equal(paired, found.CosinePaired, 0.002 + 1e-9);
        Assert.Equal(unpaired, found.CosineUnpaired, 0.002 + 1e-9);
        Assert.Equal(recall, found.RecallAt1, 0.004 + 1e-9);
        // As the paper writes it, rows are so short that products with texts vanish.
        if (name == "optimal transport") Assert.Equal(.001, aligned.matmul(moved.t()).diagonal().mean().item<float>(), 0.0005);
    }
}
