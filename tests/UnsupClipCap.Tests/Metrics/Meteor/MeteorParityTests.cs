using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class MeteorParityTests(ITestOutputHelper output)
{
    // Every image of the goldens beside the project agrees to 1e-9; another folder's may hold strings that its normaliser treats in a way not seen here.
    private const double PerImage = 1e-9, WithinShare = 0.995, Furthest = 0.02, PerCorpus = 1e-4;

    [Fact]
    public void Scores_have_parity_with_METEOR()
    {
        var folder = Path.GetDirectoryName(Goldens.Data("meteor/paraphrase-en.gz"))!;
        var data = MeteorData.Open(folder, Path.Combine(Locations.Cache, "meteor", "paraphrase-en.packed"));
        Assert.True(data.HasParaphrases);
        var compared = 0;
        foreach (var golden in MetricGolden.All())
        {
            if (golden.CandidateTokens.Contains(null) || golden.ReferenceTokens.Contains(null) || !golden.Scores.All(s => s.ContainsKey("METEOR"))) continue;
            var (corpus, perImage) = Meteor.Compute([.. golden.CandidateTokens!], [.. golden.ReferenceTokens!], data);
            var apart = perImage.Select((s, i) => Math.Abs(s - golden.Scores[i]["METEOR"])).ToList();
            var within = apart.Count(d => d <= PerImage) / (double)apart.Count;
            output.WriteLine($"{golden.Name}: {apart.Count} images, {within:0.0%} within {PerImage}, furthest {apart.Max():0.0e0}; corpus {Math.Abs(corpus - golden.Corpus["METEOR"]):0.0e0} apart");
            compared += apart.Count;
            Assert.True(Math.Abs(corpus - golden.Corpus["METEOR"]) <= PerCorpus, $"{golden.Name}: corpus {corpus} against {golden.Corpus["METEOR"]}");
            Assert.True(within >= WithinShare && apart.Max() <= Furthest, $"{golden.Name}: {within:0.0%} of images within {PerImage}, furthest {apart.Max()}");
        }
        if (compared == 0) Assert.Skip($"No golden in {Goldens.Folder("metrics")} holds tokens and METEOR's scores.");
    }
}
