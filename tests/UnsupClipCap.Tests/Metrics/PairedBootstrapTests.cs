using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class PairedBootstrapTests
{
    [Fact]
    public void A_system_does_not_differ_from_itself()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(40, seed: 1);
        var scores = new CaptionEvaluator(new CaptionReferences(references)).Score(candidates);
        foreach (var (_, interval) in PairedBootstrap.Compare(scores, scores, resamples: 50))
            Assert.Equal(new DifferenceInterval(0, 0, 0, 0), interval);
    }

    [Fact]
    public void A_much_better_system_is_above_zero_in_every_score()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(200, seed: 2);
        var evaluator = new CaptionEvaluator(new CaptionReferences(references));
        var better = evaluator.Score([.. references.Select(r => r[0])]);
        var worse = evaluator.Score(candidates);
        var intervals = PairedBootstrap.Compare(better, worse);
        Assert.Equal([.. better.Corpus.Keys, "Average6"], intervals.Keys);
        foreach (var interval in intervals.Values)
        {
            Assert.InRange(interval.Low, 1e-6, interval.Difference);
            Assert.True(interval.High >= interval.Difference);
            Assert.Equal(1, interval.ShareAbove);
        }
        Assert.Equal(better.Average6!.Value - worse.Average6!.Value, intervals["Average6"].Difference, 1e-12);
    }

    [Fact]
    public void The_seed_decides_the_interval_and_the_other_way_round_mirrors_it()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(60, seed: 3);
        var (others, _) = CaptionEvaluatorTests.Captions(60, seed: 4);
        var evaluator = new CaptionEvaluator(new CaptionReferences(references));
        var (a, b) = (evaluator.Score(candidates), evaluator.Score(others));
        var forth = PairedBootstrap.Compare(a, b, seed: 5)["Bleu_4"];
        var back = PairedBootstrap.Compare(b, a, seed: 5)["Bleu_4"];
        Assert.Equal(forth, PairedBootstrap.Compare(a, b, seed: 5)["Bleu_4"]);
        Assert.NotEqual(forth, PairedBootstrap.Compare(a, b, seed: 6)["Bleu_4"]);
        Assert.Equal(-forth.Low, back.High, 1e-12);
    }

    [Fact]
    public void Resampling_tells_how_far_it_is_and_stops_when_cancelled()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(10, seed: 5);
        var scores = new CaptionEvaluator(new CaptionReferences(references)).Score(candidates);
        using var stop = new CancellationTokenSource();
        var heard = new Until(0.25, stop);
        Assert.ThrowsAny<OperationCanceledException>(() => PairedBootstrap.Compare(scores, scores, 100_000, progress: heard, cancellation: stop.Token));
        Assert.InRange(heard.Last, 0.25, 0.5);
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Compare(scores, scores, PairedBootstrap.MostResamples + 1));
    }

    private sealed class Until(double share, CancellationTokenSource stop) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Assert.True(value > Last);
            Last = value;
            if (value >= share) stop.Cancel();
        }
    }

    [Fact]
    public void The_interval_of_a_mean_has_the_width_of_its_standard_error()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(400, seed: 7);
        var (others, _) = CaptionEvaluatorTests.Captions(400, seed: 8);
        var evaluator = new CaptionEvaluator(new CaptionReferences(references));
        var (a, b) = (evaluator.Score(candidates), evaluator.Score(others));
        var differences = a.PerImage["ROUGE_L"].Zip(b.PerImage["ROUGE_L"], (x, y) => x - y).ToArray();
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / differences.Length / differences.Length);
        var interval = PairedBootstrap.Compare(a, b, resamples: 4000)["ROUGE_L"];
        Assert.InRange((interval.High - interval.Low) / (2 * 1.96 * error), .92, 1.08);
    }

    [Fact]
    public void Systems_scored_against_different_references_are_not_compared()
    {
        var (candidates, references) = CaptionEvaluatorTests.Captions(10, seed: 9);
        var a = new CaptionEvaluator(new CaptionReferences(references)).Score(candidates);
        string[][] others = [.. references.Select(r => r.ToArray())];
        var same = new CaptionEvaluator(new CaptionReferences(others)).Score(candidates);
        Assert.Equal(0, PairedBootstrap.Compare(a, same)["CIDEr"].High);
        others[7][^1] += " again";
        var b = new CaptionEvaluator(new CaptionReferences(others)).Score(candidates);
        Assert.Contains("different references", Assert.Throws<MetricInputException>(() => PairedBootstrap.Compare(a, b)).Message);
    }
}
