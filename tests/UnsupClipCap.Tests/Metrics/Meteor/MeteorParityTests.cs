using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class MeteorParityTests(ITestOutputHelper output)
{
    private const double PerImage = 1e-9, PerCorpus = 1e-9;

    [Fact]
    public void Scores_have_parity_with_METEOR_in_the_measure_the_documentation_states()
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
            output.WriteLine($"{golden.Name}: {apart.Count} images, {within:0.0%} within {PerImage}, furthest {apart.Max():0.0000}; corpus {corpus:0.000000}, METEOR's {golden.Corpus["METEOR"]:0.000000}");
            compared += apart.Count;
            Assert.True(Math.Abs(corpus - golden.Corpus["METEOR"]) <= PerCorpus, $"{golden.Name}: corpus {corpus} against {golden.Corpus["METEOR"]}");
            Assert.True(apart.Max() <= PerImage, $"{golden.Name}: {within:0.0%} of images within {PerImage}, furthest {apart.Max()}");
        }
        if (compared == 0) Assert.Skip($"No golden in {Goldens.Folder("metrics")} holds tokens and METEOR's scores.");
    }
}
