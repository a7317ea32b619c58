using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>The cells that a user types, one after another in one kernel: the calls that the notebooks and the documentation name.</summary>
[Collection("kernel")]
public sealed class WalkthroughTests
{
    private static string Root => Locations.Root;

    [Fact]
    public void A_researchers_cells_run_as_they_are_typed()
    {
        using var kernel = KernelClient.Start(SharedKernel.Dll, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, Path.Combine(Root, "notebooks"));
        Run("""
            #r "../lib/bin/UnsupClipCap.dll"
            using UnsupClipCap;
            using UnsupClipCap.Metrics;
            using static UnsupClipCap.Mixup;
            """);
        // The miniature world made tiny: the calls are looked at here, not what comes of them.
        Run("""
            var seed = 1; var device = "cpu"; var limit = 10;
            var lambdas = Steps(0, 1, 0.5);
            var preset = Preset.Mini with { TrainImages = 200, TestImages = 12, Recipe = Preset.Mini.Recipe with { Steps = 4, WarmupSteps = 1, BatchSize = 32, Gpt2 = new() { Width = 32, Layers = 1, Heads = 2, Positions = 64 } } };
            """);
        Shows("text/html", "var study = Study.Open(preset, seed, device);\nstudy");
        Run("""
            var clipcap = study.Captioner(Source.Images);               // p(y | h(f_v(x)))
            var unsup   = study.Captioner(Source.OtherCaption);         // p(y | h(f_t(y'))), eq. (2)
            """);
        Shows("application/vnd.plotly.v1+json", "var curve = MixupCurve.Run(study, [clipcap, unsup], lambdas, limit);\ncurve.Chart()");
        Shows("text/html", "curve.Against(Paper.Table1)");
        Shows("text/html", "curve.Claims()");
        Shows("text/html", """
            var text = study.Train.Unpaired(seed);
            var rows = AlignmentStudy.Run(study, unsup, [
                new None(), new MeanShift(), new Rotation(), new OptimalTransport(),                    // as the paper writes them
                new Rotation { Signs = Signs.ThirdMoment }, new Barycentric(), new GaussianMap(ridge: .1), new NearestCaptions(5) ], limit, text);
            rows
            """);
        Shows("application/vnd.plotly.v1+json", "Sweep.Run(study, unsup, step => new MeanShift(step), Steps(0, 1.5, 0.75)).Chart()");
        Shows("text/html", "rows.Add(Align.By(\"shrink then shift\", (image, text) => x => .9 * x + (text.mean([0]) - .9 * image.mean([0]))))");
        Shows("text/html", "rows.Changed(\"none\", \"mean shift\", images: 12)");
        Run("var noisy = study.Captioner(Source.SameCaption, study.Recipe with { Noise = new GaussianNoise(variance: .016), Steps = 3 });   // CapDec");
        Shows("application/vnd.plotly.v1+json", "noisy.Loss.Chart()");
        Run("var picture = System.IO.Path.GetTempFileName(); System.IO.File.WriteAllBytes(picture, study.Picture(study.Test.Images[0].Id).Value.Content);");
        Shows("text/html", "noisy.Caption(picture)");
        Run("""
            string Save(IEnumerable<string> captions)
            {
                var path = System.IO.Path.GetTempFileName() + ".json";
                System.IO.File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize(captions.Select((c, i) => (c, i)).ToDictionary(p => study.Test.Images[p.i].Id, p => new[] { p.c })));
                return path;
            }
            var (references, candidates) = (Save(study.Test.Images.Select(i => i.Captions[1])), Save(study.Test.Images.Select(i => i.Captions[0])));
            var other = Coco.Score(references, Save(study.Test.Images.Select(i => i.Captions[2])));
            """);
        Shows("text/html", "var scores = Coco.Score(references: references, candidates: candidates);    // eight metrics\nscores");
        Shows("text/html", "scores.Worst(10)");
        Shows("text/html", "scores.Against(other)");
        Assert.Equal("12", kernel.Run("scores.PerImage[\"CIDEr\"].Length").Result);

        void Run(string cell)
        {
            var answer = kernel.Run(cell);
            Assert.True(answer.IsOk, $"{cell}\n{answer.Error}");
        }

        void Shows(string mime, string cell)
        {
            var answer = kernel.Run(cell);
            Assert.True(answer.IsOk, $"{cell}\n{answer.Error}");
            Assert.True(answer.Of("execute_result").Single()["data"]!.AsObject().ContainsKey(mime), cell);
        }
    }
}
