using System.CommandLine;
using System.Diagnostics;
using System.Xml.Linq;

namespace UnsupClipCap.Cli;

/// <summary>Runs the tests and ends with a line <c>N passed, N failed, N skipped</c>.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Only tests whose full name contains this" };
        var full = new Option<bool>("--full") { Description = "Long tests too" };
        var command = new Command("test", "Run the tests") { filter, full };
        command.SetAction(parsed => Run(parsed.GetValue(filter), parsed.GetValue(full)));
        return command;
    }

    private static int Run(string? filter, bool full)
    {
        var tests = Path.Combine(Locations.Root, "tests", "bin", "UnsupClipCap.Tests.dll");
        if (!File.Exists(tests)) throw new UserException($"{tests} is not built; './run test' builds it.");
        var report = Path.Combine(Path.GetTempPath(), $"unsupclipcap-tests-{Environment.ProcessId}.xml");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        foreach (var argument in new[] { tests, "-noColor", "-noLogo", "-xml", report }) start.ArgumentList.Add(argument);
        if (filter is not null)
            foreach (var argument in new[] { "-method", $"*{filter}*" }) start.ArgumentList.Add(argument);
        if (full) start.Environment["UNSUPCLIPCAP_FULL"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            Console.CancelKeyPress += (_, e) => e.Cancel = true;        // the tests end themselves
            process.WaitForExit();
            if (!File.Exists(report)) throw new UserException($"The tests ended with code {process.ExitCode} before they could report.");
            var assemblies = XDocument.Load(report).Descendants("assembly").ToList();
            int Count(string what) => assemblies.Sum(a => (int?)a.Attribute(what) ?? 0);
            var (passed, failed, skipped) = (Count("passed"), Count("failed") + Count("errors"), Count("skipped"));
            foreach (var reason in XDocument.Load(report).Descendants("reason").GroupBy(r => r.Value.Trim()))
                Console.WriteLine($"skipped {reason.Count()}: {reason.Key}");
            var none = passed + failed + skipped == 0;
            if (none) Console.Error.WriteLine(filter is null ? "There are no tests." : $"No test's name contains '{filter}'.");
            Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
            return none || failed > 0 || process.ExitCode != 0 ? 1 : 0;
        }
        finally
        {
            File.Delete(report);
        }
    }
}
