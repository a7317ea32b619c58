using System.CommandLine;
using System.Diagnostics;
using System.IO.Compression;

namespace UnsupClipCap.Cli;

/// <summary>pack: the metrics as packages that other projects can use.</summary>
internal static class PackCommand
{
    private static readonly string[] Projects = ["UnsupClipCap.Metrics", "UnsupClipCap.Metrics.Cli"];

    public static Command Create()
    {
        var folder = new Option<string>("--out") { Description = "Folder for the packages (default: out)" };
        var command = new Command("pack", "Write the metrics as a NuGet package and a dotnet tool") { folder };
        command.SetAction(parsed =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder) ?? Path.Combine(Locations.Root, "out"));
            var version = typeof(PackCommand).Assembly.GetName().Version!.ToString(3);
            foreach (var project in Projects)
            {
                Pack(project, path);
                var package = Path.Combine(path, $"{project}.{version}.nupkg");
                Date(package);
                Console.WriteLine(package);
            }
            Console.WriteLine($"The tool: dotnet tool install --global --add-source {path} UnsupClipCap.Metrics.Cli");
        });
        return command;
    }

    private static void Pack(string project, string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["pack", Path.Combine(Locations.Root, "lib", project), "-c", "Release", "-o", folder, "-v", "quiet", "-nologo"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new UserException($"{project} could not be packed:\n{said.Trim()}");
    }

    /// <summary>Gives all that is in a package one date: the same sources make the same package, byte by byte.</summary>
    private static void Date(string package)
    {
        using var archive = ZipFile.Open(package, ZipArchiveMode.Update);
        foreach (var entry in archive.Entries) entry.LastWriteTime = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
