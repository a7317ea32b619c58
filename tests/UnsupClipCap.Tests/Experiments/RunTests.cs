using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests;

public class RunTests
{
    /// <summary>The miniature world, small enough to train in a second; it captions badly.</summary>
    internal static readonly Preset Tiny = Preset.Mini with
    {
        TrainImages = 200,
        TestImages = 12,
        Recipe = Preset.Mini.Recipe with { Steps = 6, WarmupSteps = 1, BatchSize = 32, Gpt2 = new() { Width = 32, Layers = 1, Heads = 2, Positions = 64 } },
    };

    private static string Fresh() => Directory.CreateTempSubdirectory("unsupclipcap-run-").FullName;

    private static RunSettings Settings(int seed = 1) => new() { Command = "demo", Parts = RunParts.All, Seed = seed, Steps = 2 };

    [Fact]
    public void A_run_writes_results_captions_tables_and_a_page_and_trains_nothing_twice()
    {
        var folder = RunDirectory.Open(Path.Combine(Fresh(), "run"), Settings(), overwrite: false);
        var results = ExperimentRun.Run(Settings(), folder, "./run demo", preset: Tiny);
        foreach (var name in new[] { "results.json", "captions.jsonl", "index.html", "settings.json", "table.csv", "table.tex", "mixup.csv", "mixup.svg", "alignment.csv" })
            Assert.True(File.Exists(folder.File(name)), name);
        Assert.Equal(["ClipCap", "Unsupervised-ClipCap", "- matched captions"], results.Table.Select(r => r.Method));
        Assert.Equal(["none", "mean shift", "rotation", "optimal transport"], results.Alignment.Select(r => r.Method));
        Assert.Equal([0, 0.5, 1, 0, 0.5, 1], results.Mixup.Select(r => r.Lambda));

        // Every caption is there to rescore: 3 + 6 + 4 sets of 12.
        var captions = CaptionRecord.ReadAll(folder.File("captions.jsonl")).ToList();
        Assert.Equal((3 + 6 + 4) * 12, captions.Count);
        foreach (var set in captions.Where(c => c.Experiment == "table").GroupBy(c => c.Method))
        {
            var scores = new CaptionEvaluator(new([.. set.Select(c => c.References)])).Score([.. set.Select(c => c.Caption)]);
            Assert.Equal(results.Table.Single(r => r.Method == set.Key).Scores["CIDEr"], scores.Corpus["CIDEr"], 1e-12);
        }
        // At lambda 0 the mixup is the image: the table's row; without alignment as well.
        Assert.Equal(results.Table[0].Scores["Bleu_1"], results.Mixup[0].Scores["Bleu_1"], 1e-12);
        Assert.Equal(results.Table[1].Scores["Bleu_1"], results.Alignment[0].Scores["Bleu_1"], 1e-12);

        using var again = Study.Open(Tiny, 1, "cpu");
        again.Captioner(Source.Images);
        Assert.Empty(again.Trained);
        Assert.True(RunDirectory.Open(folder.Path, Settings(), overwrite: false).IsDone);
    }

    [Fact]
    public void A_folder_with_a_run_of_other_settings_is_kept()
    {
        var path = Path.Combine(Fresh(), "run");
        RunDirectory.Open(path, Settings(1), overwrite: false);
        var error = Assert.Throws<UserException>(() => RunDirectory.Open(path, Settings(2), overwrite: false));
        Assert.Contains("Seed: 1", error.Message);
        Assert.Contains("--overwrite", error.Message);
        Assert.False(RunDirectory.Open(path, Settings(2), overwrite: true).IsDone);
    }

    [Fact]
    public void A_folder_with_other_files_is_kept()
    {
        var path = Fresh();
        File.WriteAllText(Path.Combine(path, "thesis.tex"), "years of work");
        Assert.Contains("no run of ours", Assert.Throws<UserException>(() => RunDirectory.Open(path, Settings(), overwrite: false)).Message);
    }

    [Fact]
    public void Several_seeds_give_means_and_spreads()
    {
        MethodScores Row(double v) => new("m", new Dictionary<string, double> { ["CIDEr"] = v });
        var mean = Assert.Single(SeedMeans.Of([[Row(1)], [Row(2)], [Row(6)]]));
        Assert.Equal(3, mean.Scores["CIDEr"]);
        Assert.Equal(Math.Sqrt(7), mean.Spread!["CIDEr"], 1e-12);
    }

    [Theory]
    [InlineData("nope", "mini")]
    [InlineData("", "flickr8k")]
    public void An_unknown_preset_lists_those_there_are(string name, string listed) =>
        Assert.Contains(listed, Assert.Throws<UserException>(() => Study.Open(name)).Message);

    [Fact]
    public void Another_seed_changes_scenes_and_captioners_but_not_the_encoder()
    {
        using var a = Study.Open(Tiny, 1, "cpu");
        using var b = Study.Open(Tiny, 2, "cpu");
        Assert.Empty(a.Test.Images.Select(i => i.Id).Intersect(b.Test.Images.Select(i => i.Id)));
        Assert.Equal(a.Encoder, b.Encoder);
    }
}
