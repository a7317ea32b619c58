using System.Diagnostics;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Notebooks in Jupyter, in a browser.</summary>
[Collection("kernel")]
public sealed class BrowserTests
{
    [Fact]
    public async Task A_changed_parameter_changes_the_chart_in_the_browser()
    {
        if (Environment.GetEnvironmentVariable("UNSUPCLIPCAP_FULL") != "1") Assert.Skip("Notebooks in a browser take minutes: './run test --full' does it.");
        foreach (var program in new[] { "node", "jupyter-notebook", "chromium" })
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, program)))) Assert.Skip($"{program} is not on the PATH.");
        using var jupyter = new JupyterFolder();
        var start = new ProcessStartInfo("node", [Path.Combine(Locations.Root, "tests", "browser", "notebooks.mjs")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var wrong = await error;
        if (wrong.Contains("Cannot find module 'playwright-core'", StringComparison.Ordinal)) Assert.Skip("playwright-core is not here: 'npm install playwright-core' in any folder, and PLAYWRIGHT names it.");
        Assert.True(process.ExitCode == 0, said + wrong);
    }
}
