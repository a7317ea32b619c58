using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

public class AlignmentStudyTests
{
    private static readonly Preset Tiny = RunTests.Tiny;

    [Fact]
    public void A_method_of_ones_own_joins_the_rows_and_takes_the_place_of_its_namesake()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var captioner = study.Captioner(Source.OtherCaption);
        var rows = AlignmentStudy.Run(study, captioner, [new None(), new MeanShift()]);
        var trained = study.Trained.Count;
        rows.Add(Align.By("half way", (images, texts) => { var shift = (texts.mean([0L]) - images.mean([0L])) / 2; return x => x + shift; }));
        rows.Add(Align.By("half way", (images, texts) => x => x));
        Assert.Equal(["none", "mean shift", "half way"], rows.Rows.Select(r => r.Method.Name));
        // The second is no alignment at all: the row is none's.
        Assert.Equal(rows.Rows[0].Evaluated.Captions, rows.Rows[2].Evaluated.Captions);
        Assert.Equal(rows.Rows[0].Gap.Gap, rows.Rows[2].Gap.Gap, 1e-12);
        Assert.Equal(trained, study.Trained.Count);
        Assert.Contains("half way", rows.ToString());
    }

    [Fact]
    public void A_captioner_just_trained_is_the_one_that_a_later_study_finds()
    {
        var preset = Tiny with { Recipe = Tiny.Recipe with { Steps = 7 } };
        using Study first = Study.Open(preset, 1, "cpu"), later = Study.Open(preset, 1, "cpu");
        var trained = first.Captioner(Source.SameCaption);
        var found = later.Captioner(Source.SameCaption);
        Assert.Single(first.Trained);
        Assert.Empty(later.Trained);
        Assert.Equal(trained.Loss.Losses, found.Loss.Losses);
        Assert.Equal(first.Evaluate(trained, first.Test.ImageRows, "a").Captions, later.Evaluate(found, later.Test.ImageRows, "a").Captions);
    }

    [Fact]
    public void Unpaired_texts_are_a_caption_of_each_image_and_none_in_its_own_images_row()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var (test, of) = (study.Test, study.Test.ImageOfText().data<long>().ToArray());
        var rows = Enumerable.Range(0, (int)test.TextRows.shape[0]).ToLookup(r => string.Join(' ', test.TextRows[r].data<float>().ToArray()));
        string[] Drawn(int seed) => [.. Enumerable.Range(0, test.Images.Count).Select(i => string.Join(' ', test.Unpaired(seed)[i].data<float>().ToArray()))];
        var drawn = Drawn(1);
        Assert.All(drawn.Index(), d => Assert.DoesNotContain(rows[d.Item], r => of[r] == d.Index));
        Assert.Equal(test.Images.Count, drawn.Select(d => of[rows[d].First()]).Distinct().Count());
        Assert.Equal(drawn, Drawn(1));
        Assert.NotEqual(drawn, Drawn(2));
        Assert.Contains("two or more", Assert.Throws<UserException>(() => test.Take(1).Unpaired(1)).Message);
    }

    [Fact]
    public void Transport_goes_to_the_texts_that_it_is_given()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var captioner = study.Captioner(Source.OtherCaption);
        var own = AlignmentStudy.Run(study, captioner, [new Barycentric(), new MeanShift()]);
        using var same = study.Test.FirstTexts();
        Assert.Equal(own.Rows[0].Gap, AlignmentStudy.Run(study, captioner, [new Barycentric()], texts: same).Rows[0].Gap);
        using var others = study.Train.Unpaired(1);
        var unrelated = AlignmentStudy.Run(study, captioner, [new Barycentric(), new MeanShift()], texts: others);
        Assert.True(unrelated.Rows[0].Gap.Gap > own.Rows[0].Gap.Gap);
        Assert.Equal(own.Rows[1].Gap, unrelated.Rows[1].Gap);               // fitted on the training set as before
    }

    [Fact]
    public void Changed_captions_are_those_that_differ_most_changed_first()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var rows = AlignmentStudy.Run(study, study.Captioner(Source.OtherCaption), [new None(), new Rotation()]);
        var changed = rows.Changed("none", "rotation", images: 100);
        var differ = Enumerable.Range(0, 12).Where(i => rows.Rows[0].Evaluated.Captions[i] != rows.Rows[1].Evaluated.Captions[i]).Select(i => study.Test.Images[i].Id);
        Assert.Equal(differ.Order(), changed.Select(c => c.Id).Order());
        Assert.Equal(changed.Select(c => Math.Abs(c.CiderBefore - c.CiderAfter)).OrderDescending(), changed.Select(c => Math.Abs(c.CiderBefore - c.CiderAfter)));
        Assert.All(changed, c => Assert.NotNull(c.Picture));
        Assert.Contains("'none', 'rotation'", Assert.Throws<UserException>(() => rows.Changed("none", "coral")).Message);
    }

    [Fact]
    public void A_sweep_has_a_point_a_value_and_its_ends_are_the_methods_rows()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var captioner = study.Captioner(Source.OtherCaption);
        var sweep = Sweep.Run(study, captioner, "mean shift", "step", [0, 0.5, 1]);
        var rows = AlignmentStudy.Run(study, captioner, [new None(), new MeanShift()]);
        Assert.Equal([0, 0.5, 1], sweep.Points.Select(p => p.Value));
        Assert.Equal(rows.Rows[0].Evaluated.Captions, sweep.Points[0].Row.Evaluated.Captions);
        Assert.Equal(rows.Rows[1].Gap, sweep.Points[2].Row.Gap);
        Assert.True(sweep.Points[1].Row.Gap.Gap < sweep.Points[0].Row.Gap.Gap);
        Assert.Equal(3, sweep.Chart().Series[0].Points.Count);
        Assert.Contains("no parameter 'stride'", Assert.Throws<UserException>(() => Sweep.Run(study, captioner, "mean shift", "stride", [1])).Message);
        Assert.Contains("one value or more", Assert.Throws<UserException>(() => Sweep.Run(study, captioner, "mean shift", "step", [])).Message);
    }

    [Fact]
    public void A_method_that_moves_texts_has_a_captioner_of_its_own_that_is_kept()
    {
        using var study = Study.Open(Tiny, 1, "cpu");
        var captioner = study.Captioner(Source.OtherCaption);
        var rows = AlignmentStudy.Run(study, captioner, [new BothMeansRemoved()]);
        Assert.Equal(2, study.Captioners.Count);
        Assert.Equal("both means removed", study.Captioners.Single(c => c != captioner).Card.Alignment);
        rows.Add(new BothMeansRemoved());
        Assert.Equal(2, study.Captioners.Count);
    }

    [Fact]
    public void Retrieval_on_real_pairs_bears_out_what_is_known()
    {
        var pairs = GapAnalysisTests.ClipPairsOrSkip(ClipPairs.Coco500);
        var study = RetrievalStudy.Run(pairs, [new None(), new Rotation(), new Barycentric()]);
        var rows = study.Scores;
        Assert.Equal(.857, rows[0].Gap!.Gap, .002);
        Assert.Equal(.660, rows[0].Gap!.RecallAt1, .004);
        Assert.True(rows[1].Gap!.RecallAt1 < .02);
        Assert.True(rows[1].Scores["CIDEr"] < 0.5 * rows[0].Scores["CIDEr"]);
        // Every caption is one that a training text stands for; the halves are mirror images in which each is once the training half.
        Assert.All(study.Rows[0].Second.Captions, c => Assert.Contains(c, pairs.Captions.Take(250)));
        Assert.All(study.Rows[0].First.Captions, c => Assert.Contains(c, pairs.Captions.Skip(250)));
        Assert.Equal((rows[0].Gap!.RecallAt1 + study.Rows[0].First.Gap.RecallAt1) / 2, rows[0].Cross!.Gap!.RecallAt1, 1e-12);
        Assert.InRange(rows[0].Gap!.RecallAt1, rows[0].Intervals!["R@1"].Low, rows[0].Intervals!["R@1"].High);
        Assert.True(rows[1].Intervals!["change of CIDEr"].High < 0);

        var file = Path.Combine(Directory.CreateTempSubdirectory("unsupclipcap-alignment-").FullName, "rows.json");
        AlignmentFile.Write(file, "coco500", rows);
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var first = json.RootElement.GetProperty("methods")[0];
        foreach (var key in new[] { "method", "gap_before", "gap", "cos_paired", "cos_unpaired", "R@1", "R@5", "scores", "cross" }) Assert.True(first.TryGetProperty(key, out _), key);
        Assert.Equal("coco500", json.RootElement.GetProperty("preset").GetString());
    }

    [Fact]
    public void Rows_with_gaps_are_read_back_as_they_were_written()
    {
        var row = new MethodScores("none", new Dictionary<string, double> { ["CIDEr"] = 0.5 })
        {
            Gap = new(0.9, 0.8, 0.3, 0.1, 0.6, 0.7),
            Cross = new("none", new Dictionary<string, double> { ["CIDEr"] = 0.4 }),
            Intervals = new Dictionary<string, Interval> { ["R@1"] = new(0.5, 0.7) },
        };
        var path = Path.Combine(Directory.CreateTempSubdirectory("unsupclipcap-results-").FullName, "results.json");
        new Results { Preset = "mini", Seed = 1, Seconds = 1, Alignment = [row] }.Save(path);
        var read = Results.Load(path).Alignment.Single();
        Assert.Equal(row.Gap, read.Gap);
        Assert.Equal(0.4, read.Cross!.Scores["CIDEr"]);
        Assert.Equal(row.Intervals["R@1"], read.Intervals!["R@1"]);
    }
}
