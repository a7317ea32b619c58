using System.Diagnostics;
using TorchSharp;
using UnsupClipCap.Tests.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>The job scripts under a real Slurm of this machine alone.</summary>
public sealed class EmbedSlurmTests : IDisposable
{
    private const int SlurmIsAbsent = 3;
    private static readonly string Scripts = Path.Combine(Goldens.Repository, "lib", "cluster", "slurm");
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private (int Status, string Output, string Errors) Bash(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("CLIP", MiniClip.Folder), ("IMAGES", _folder.File("pictures")), ("OUT", _folder.File("store")), ("NPY", _folder.File("rows.npy")), ("PARTS", "3"), ("TABLE", $"embed verify {_folder.File("store")}") })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

    [Fact]
    public void An_array_of_parts_a_merge_and_what_follows_run_in_this_order()
    {
        if (Environment.GetEnvironmentVariable("UNSUPCLIPCAP_FULL") != "1") Assert.Skip("A Slurm of this machine takes a quarter of a minute: './run test --full' starts one.");
        if (!OperatingSystem.IsLinux()) Assert.Skip("Slurm runs on Linux.");
        var scenes = MiniScenes.Generate(MiniSplit.Test, 7, 5);
        Directory.CreateDirectory(_folder.File("pictures"));
        for (var i = 0; i < scenes.Count; i++) _folder.Write($"pictures/{i}.png", MiniScenes.Png(scenes[i]));
        var (status, output, errors) = Bash($$"""
            '{{Scripts}}/one-machine.sh' '{{_folder.File("slurm")}}' bash -c "
              '{{Scripts}}/submit.sh' --chdir='{{_folder.Path}}'
              for _ in \$(seq 240); do [[ -z \$(squeue -h) ]] && break; sleep 0.5; done"
            """);
        if (status == SlurmIsAbsent) Assert.Skip(errors.Trim());
        Assert.True(status == 0, errors);
        Assert.Contains("merge:", output, StringComparison.Ordinal);
        var logs = string.Join('\n', Directory.EnumerateFiles(_folder.Path, "*.log").Select(f => $"{Path.GetFileName(f)}: {File.ReadAllText(f)}"));
        Assert.True(File.Exists(_folder.File("rows.npy")), logs);
        using var encoder = MiniClip.Load();
        ModelGoldens.Close(encoder.EncodePictures([.. File.ReadAllLines(_folder.File("rows.names.txt")).Select(n => _folder.File($"pictures/{n}"))]), Npy.Read(_folder.File("rows.npy")), 1e-5);
        Assert.Equal(3, EmbeddingStore.Open(_folder.File("store")).Index.Shards.Count);
        Assert.Contains("3 of 3 shards are whole", File.ReadAllText(Directory.EnumerateFiles(_folder.Path, "table-*.log").Single()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_set_is_named_before_anything_is_submitted()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Slurm runs on Linux.");
        var (status, _, errors) = Bash($"unset IMAGES; PARTS= '{Scripts}/submit.sh'");
        Assert.Equal(2, status);
        Assert.Contains("Not set: PARTS IMAGES or CAPTIONS", errors, StringComparison.Ordinal);
        (status, _, errors) = Bash($"PARTS=none '{Scripts}/submit.sh'");
        Assert.Equal(2, status);
        Assert.Contains("PARTS is 'none'", errors, StringComparison.Ordinal);
    }
}
