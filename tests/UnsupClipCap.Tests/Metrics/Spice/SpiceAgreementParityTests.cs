using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class SpiceAgreementParityTests(ITestOutputHelper output)
{
    [Fact]
    public void Scores_have_parity_with_the_original_in_the_measure_the_documentation_states()
    {
        var agreement = SpiceAgreement.Measure(Goldens.Folder("spice"));
        output.WriteLine(agreement.ToString());
        if (agreement.Dev is { } dev) Assert.True(dev.TupleF1 >= 0.93, $"F1 of tuples: {dev.TupleF1:0.0000}");
        foreach (var set in agreement.Sets)
        {
            if (set.Name.StartsWith("tricky", StringComparison.Ordinal)) continue;      // nearly all its scores are 0
            Assert.True(set.Correlation >= 0.93, $"{set.Name}: correlation {set.Correlation:0.000}");
            Assert.True(Math.Abs(set.Ours - set.Original) <= 0.004, $"{set.Name}: {set.Ours:0.0000} against {set.Original:0.0000}");
        }
    }
}
