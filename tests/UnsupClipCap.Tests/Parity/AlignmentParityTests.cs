using Xunit;

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
        golden.MustHaveOffered();
    }

    [Fact]
    public void The_exact_plan_costs_what_the_reference_costs()
    {
        var golden = new ModelGoldens(Goldens.Folder("transport"));
        if (!golden.Offers("C", "emd_cost")) Assert.Skip($"{golden.Folder} has no 'C' with its 'emd_cost'.");
        var cost = golden["C"];
        var n = (int)cost.shape[0];
        var column = LinearAssignment.Solve(cost.data<double>().ToArray(), n);
        Assert.Equal(golden.Settings.GetProperty("emd_cost").GetDouble(), column.Select((c, row) => cost[row, c].item<double>()).Sum() / n, 1e-9);
    }
}
