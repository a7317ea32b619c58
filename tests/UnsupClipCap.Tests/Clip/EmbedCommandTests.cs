using System.Diagnostics;
using TorchSharp;
using UnsupClipCap.Tests.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary><c>./run embed</c> as its user meets it: another process, which may be killed.</summary>
public sealed class EmbedCommandTests : IDisposable
{
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Goldens.Repository, "lib", "bin", "UnsupClipCap.Cli.dll"), "embed", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    private static (int Status, string Output, string Errors) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

    private string Captions(int count)
    {
        var scenes = MiniScenes.Generate(MiniSplit.Test, count / 5, 5);
        return _folder.Write("captions.txt", string.Join('\n', scenes.SelectMany(s => s.Captions)));
    }

    [Fact]
    public void A_process_killed_between_shards_leaves_a_store_that_the_same_command_finishes()
    {
        var captions = Captions(1000);
        string[] command = ["--clip", MiniClip.Folder, "--captions", captions, "--shard-items", "20", "--out"];
        using var encoder = MiniClip.Load();
        var whole = EmbeddingRun.Run(encoder, CaptionList.Open(captions), _folder.File("whole"), new());
        using (var process = Start([.. command, _folder.File("s")]))
        {
            var waited = Stopwatch.StartNew();
            while (!File.Exists(_folder.File("s/shards/00002.safetensors")) && !process.HasExited && waited.Elapsed.TotalSeconds < 60) Thread.Sleep(1);
            process.Kill();
            process.WaitForExit();
        }
        var kept = EmbeddingIndex.Read(_folder.File("s"));
        Assert.False(kept.IsComplete);
        Assert.InRange(kept.Shards.Count, 2, 49);
        var written = kept.Shards.Select(s => File.GetLastWriteTimeUtc(Path.Combine(_folder.File("s"), s.File))).ToList();
        Assert.Equal(0, Run([.. command, _folder.File("s")]).Status);
        Assert.Equal(written, kept.Shards.Select(s => File.GetLastWriteTimeUtc(Path.Combine(_folder.File("s"), s.File))));
        var store = EmbeddingStore.Open(_folder.File("s"));
        store.Verify();
        Assert.Equal(whole.Names, store.Names);
        ModelGoldens.Close(whole.All(), store.All(), 1e-5);
        Assert.Empty(Directory.EnumerateFiles(_folder.File("s"), "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Parts_are_made_merged_and_verified_and_strict_minds_a_damaged_picture()
    {
        var scenes = MiniScenes.Generate(MiniSplit.Test, 5, 5);
        Directory.CreateDirectory(_folder.File("pictures"));
        for (var i = 0; i < scenes.Count; i++) _folder.Write($"pictures/{i}.png", MiniScenes.Png(scenes[i]));
        _folder.Write("pictures/3.png", "no picture");
        string[] command = ["--clip", MiniClip.Folder, "--images", _folder.File("pictures")];
        using var encoder = MiniClip.Load();
        var strict = Run([.. command, "--shard", "2/2", "--out", _folder.File("s"), "--npy", _folder.File("strict.npy"), "--strict"]);
        Assert.Equal(1, strict.Status);
        Assert.Contains("3.png", strict.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("strict.npy")));
        EmbeddingRun.Run(encoder, PictureList.Open(_folder.File("pictures")), _folder.File("other"), new() { Part = new(1, 2) });
        var (status, output, _) = Run("merge", "--out", _folder.File("s"), "--npy", _folder.File("merged.npy"), _folder.File("s"), _folder.File("other"));
        Assert.Equal(0, status);
        Assert.Contains("4 of 5 pictures", output, StringComparison.Ordinal);
        Assert.Contains("1 left out:\n  3.png: 3.png is not a picture", output, StringComparison.Ordinal);
        Assert.Equal(["0.png", "1.png", "2.png", "4.png"], File.ReadAllLines(_folder.File("merged.names.txt")));
        ModelGoldens.Close(encoder.EncodePictures([.. File.ReadAllLines(_folder.File("merged.names.txt")).Select(n => _folder.File($"pictures/{n}"))]), Npy.Read(_folder.File("merged.npy")), 1e-5);
    }

    [Theory]
    [InlineData("--clip CLIP --npy x.npy", "Neither --images nor --captions")]
    [InlineData("--clip CLIP --images DIR", "Neither --out nor --npy")]
    [InlineData("--clip CLIP --captions FILE --npy x.npy --shard 3/2", "'3/2' is no part")]
    [InlineData("--clip CLIP --captions FILE --npy x.txt", "ends in .npy")]
    [InlineData("--clip DIR --captions FILE --npy x.npy", "neither open_clip_config.json nor config.json")]
    public void Bad_input_is_told_before_any_work(string typed, string part)
    {
        Directory.CreateDirectory(_folder.File("empty"));
        var arguments = typed.Split(' ').Select(a => a switch { "CLIP" => MiniClip.Folder, "DIR" => _folder.File("empty"), "FILE" => _folder.Write("captions.txt", "a dog\n"), _ => a }).ToArray();
        var (status, _, errors) = Run(arguments);
        Assert.Equal(1, status);
        Assert.Contains(part, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("This should not have happened", errors, StringComparison.Ordinal);
    }
}
