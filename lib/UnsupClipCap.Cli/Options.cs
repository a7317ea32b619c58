using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>Options that commands share.</summary>
internal static class Options
{
    public static Option<string> Preset() => new("--preset") { Description = $"Data and settings: {string.Join(", ", UnsupClipCap.Preset.All.Select(p => p.Name))}", DefaultValueFactory = _ => "mini" };

    public static Option<int> Seed() => new("--seed") { Description = "Changes every random choice but the shipped encoder", DefaultValueFactory = _ => 1 };

    public static Option<string> Device() => new("--device") { Description = "auto, cpu, cuda or cuda:N", DefaultValueFactory = _ => "auto" };
}
