using System.CommandLine;
using System.Text.Json;

namespace UnsupClipCap.Cli;

/// <summary>bench: what was measured, beside its goals. Ratios are taken in one run on one machine, so that they hold on another.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, Func<bool, CancellationToken, IReadOnlyList<Measurement>>> Known = new()
    {
        ["core"] = CoreBench.Run,
        ["metrics"] = MetricsBench.Run,
        ["models"] = ModelsBench.Run,
        ["transport"] = TransportBench.Run,
        ["kernel"] = KernelBench.Run,
        ["fuzz"] = FuzzBench.Run,
        ["weights"] = WeightsBench.Run,
    };

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static Command Create()
    {
        var name = new Argument<string>("what") { Description = $"What to measure: {string.Join(", ", Known.Keys)}" };
        var quick = new Option<bool>("--quick") { Description = "Tiny sizes, without goals of speed: shows that all runs and agrees" };
        var file = new Option<string?>("--json") { Description = "File for the numbers" };
        var command = new Command("bench", "Measure speed and memory against the published way, each beside its goal") { name, quick, file };
        command.SetAction(parsed =>
        {
            if (!Known.TryGetValue(parsed.GetValue(name)!, out var bench))
                throw new UserException($"There is no benchmark '{parsed.GetValue(name)}'; expected one of: {string.Join(", ", Known.Keys)}.");
            using var interruption = new Interruption();
            var measurements = bench(parsed.GetValue(quick), interruption.Watch.Cancel);
            ConsoleProgress.End();
            Console.Write(BenchTable.ToText(measurements));
            if (parsed.GetValue(file) is { } path) AtomicFile.WriteText(Path.GetFullPath(path), JsonSerializer.Serialize(measurements, Json) + "\n");
            return measurements.All(m => m.Goals.All(g => g.IsMet)) ? 0 : 1;
        });
        return command;
    }
}
