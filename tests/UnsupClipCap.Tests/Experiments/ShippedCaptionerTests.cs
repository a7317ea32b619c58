using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests;

public class ShippedCaptionerTests
{
    private const int UnusedSeed = 4711, Scenes = 200;

    [Fact]
    public void On_scenes_of_an_unused_seed_its_CIDEr_is_at_least_four_fifths_of_the_tables_row()
    {
        var folder = Directory.CreateTempSubdirectory("unsupclipcap-shipped-").FullName;
        var scenes = MiniScenes.Generate(MiniSplit.Test, Scenes, UnusedSeed);
        var files = scenes.Select(scene =>
        {
            var file = Path.Combine(folder, $"{scene.Id}.png");
            File.WriteAllBytes(file, MiniScenes.Png(scene));
            return file;
        }).ToList();
        using var speaker = PictureCaptioner.Open("mini", null, "cpu");
        var captions = speaker.Caption(files).Select(c => c.Text).ToList();
        var cider = new CaptionEvaluator(new([.. scenes.Select(s => s.Captions)])).Score(captions).Corpus["CIDEr"];
        var table = Results.Load(Path.Combine(Locations.Data, "results", "mini-seed1", "results.json")).Table.Single(r => r.Method == MethodNames.Unsupervised).Scores["CIDEr"];
        Assert.True(cider >= 0.8 * table, $"CIDEr {cider:0.000} of the shipped captioner, {table:0.000} in the table");
        Assert.Contains(MethodNames.Unsupervised, speaker.Name);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Any_other_picture_gets_a_sentence_too()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "plain.png");
        File.WriteAllBytes(file, new Picture(3, 200, new byte[1800]).ToPng());
        using var speaker = PictureCaptioner.Open("mini", null, "cpu");
        Assert.Contains(' ', Assert.Single(speaker.Caption([file])).Text);
    }
}
