using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

public sealed class CellProgressTests
{
    [Fact]
    public void A_stage_is_one_line_that_writes_over_itself_and_ends_with_it()
    {
        var before = Console.Out;
        using var written = new StringWriter();
        Console.SetOut(written);
        try
        {
            var progress = new CellProgress();
            foreach (var share in new[] { 0, .5, 1, 1 }) progress.Report(new("Encoding", share));
            progress.Report(new("Training", .5, "loss 1"));
            progress.End();
            progress.End();
        }
        finally
        {
            Console.SetOut(before);
        }
        // The second report comes too soon after the first to be shown.
        Assert.Equal("\rEncoding\rEncoding 100%\n\rTraining 50%: loss 1\n", written.ToString());
    }
}
