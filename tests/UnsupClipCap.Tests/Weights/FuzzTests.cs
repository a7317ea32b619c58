using UnsupClipCap.Cli;
using Xunit;

namespace UnsupClipCap.Tests;

public class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void A_thousand_damaged_files_are_read_or_refused_by_name()
    {
        var report = FuzzRun.Run(1_000, seed: 7, cancel: TestContext.Current.CancellationToken);
        foreach (var c in report.Counts) output.WriteLine($"{c.Format}: {c.Read} read, {c.Refused} refused, {c.Slowest:0.000} s, {c.MostAllocated / 1e6:0.0} MB");
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.All(report.Counts, c => Assert.True(c.Refused > 0 && c.Read > 0, c.Format));
    }
}
