using System.Text.Json;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class MetricParityTests(ITestOutputHelper output)
{
    // Goldens give images' scores to ten decimals, so half a unit of the last one is added to the 1e-9 that is asked.
    private const double PerImage = 1e-9 + 5e-11, PerCorpus = 1e-9;

    private static readonly string[] Keys = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"];

    [Fact]
    public void Tokens_have_parity_with_PTBTokenizer()
    {
        var compared = 0;
        var faults = new List<string>();
        foreach (var golden in MetricGolden.All())
        {
            var pairs = new List<(string Text, string Expected, string Found)>();
            Compare(pairs, [.. golden.Candidates], [.. golden.CandidateTokens]);
            Compare(pairs, [.. golden.References.SelectMany(r => r)], Flat(golden));
            if (pairs.Count == 0)
            {
                output.WriteLine($"{golden.Name}: not found: candidate_tokens, reference_tokens");
                continue;
            }
            compared += pairs.Count;
            var differ = pairs.Where(p => p.Expected != p.Found).ToList();
            output.WriteLine($"{golden.Name}: {pairs.Count} captions, {differ.Count} differ");
            // Real captions agree to the last token; of odd strings 95 % must.
            if (differ.Count > (golden.IsTricky ? pairs.Count / 20 : 0))
                faults.AddRange(differ.Take(10).Select(d => $"{golden.Name}: '{d.Text}' should be '{d.Expected}', is '{d.Found}'"));
        }
        if (compared == 0) Assert.Skip($"No golden in {Goldens.Folder("metrics")} holds candidate_tokens or reference_tokens.");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Scores_have_parity_with_coco_caption()
    {
        var compared = 0;
        var faults = new List<string>();
        foreach (var golden in MetricGolden.All())
        {
            if (golden.IsTricky && !SameTokens(golden))
            {
                // Odd strings need not all agree in their tokens; the static functions' test scores the golden tokens instead.
                output.WriteLine($"{golden.Name}: not compared: some tokens differ");
                continue;
            }
            var scores = new CaptionEvaluator(new CaptionReferences(golden.References)).Score(golden.Candidates);
            Assert.Equal(golden.Candidates.Count, scores.ImageCount);
            Assert.Equal(golden.References.Sum(r => r.Length), scores.ReferenceCount);
            foreach (var key in Keys)
                compared += Compare(golden, key, scores.Corpus[key], scores.PerImage[key], faults);
        }
        Assert.True(compared > 0, $"No golden in {Goldens.Folder("metrics")} holds scores, of images or corpus: there is nothing to check.");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
    }

    [Fact]
    public void Static_functions_on_golden_tokens_have_parity_with_coco_caption()
    {
        var compared = 0;
        var faults = new List<string>();
        foreach (var golden in MetricGolden.All())
        {
            if (golden.CandidateTokens.Contains(null) || golden.ReferenceTokens.Contains(null))
            {
                output.WriteLine($"{golden.Name}: not found: candidate_tokens or reference_tokens of some images");
                continue;
            }
            string[][] candidates = [.. golden.CandidateTokens!];
            string[][][] references = [.. golden.ReferenceTokens!];
            var bleu = Bleu.Compute(candidates, references);
            for (var n = 0; n < 4; n++) compared += Compare(golden, $"Bleu_{n + 1}", bleu.Corpus[n], bleu.PerImage[n], faults);
            var rouge = RougeL.Compute(candidates, references);
            compared += Compare(golden, "ROUGE_L", rouge.Corpus, rouge.PerImage, faults);
            var cider = CiderD.Compute(candidates, references);
            compared += Compare(golden, "CIDEr", cider.Corpus, cider.PerImage, faults);
        }
        if (compared == 0) Assert.Skip($"No golden in {Goldens.Folder("metrics")} holds both tokens and scores.");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
    }

    [Fact]
    public void The_published_scores_of_coco_captions_demo_have_parity()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Goldens.Data("metrics/coco_caption_demo.json")));
        var images = json.RootElement.EnumerateArray().ToList();
        var references = new CaptionReferences([.. images.Select(i => i.GetProperty("refs").EnumerateArray().Select(r => r.GetString()!).ToArray())]);
        var scores = new CaptionEvaluator(references).Score([.. images.Select(i => i.GetProperty("test").GetString()!)]);

        Assert.Equal(9893, scores.Bleu!.TestLength);
        Assert.Equal(9855, scores.Bleu!.ReferenceLength);
        Assert.Equal([5732, 2510, 1043, 423], scores.Bleu!.Correct);
        double[] published = [.579, .404, .279, .191, .396, .600];
        for (var k = 0; k < Keys.Length; k++) Assert.Equal(published[k], scores.Corpus[Keys[k]], 5e-4);
    }

    private static bool SameTokens(MetricGolden golden)
    {
        var pairs = new List<(string Text, string Expected, string Found)>();
        Compare(pairs, [.. golden.Candidates], [.. golden.CandidateTokens]);
        Compare(pairs, [.. golden.References.SelectMany(r => r)], Flat(golden));
        return pairs.All(p => p.Expected == p.Found);
    }

    private static string[]?[] Flat(MetricGolden golden) =>
        [.. golden.References.Zip(golden.ReferenceTokens).SelectMany(p => p.Second ?? new string[]?[p.First.Length])];

    private static void Compare(List<(string, string, string)> pairs, string[] texts, string[]?[] expected)
    {
        // Coco-caption's document has a line a caption, so a line break inside one is a space there.
        var tokens = PtbTokenizer.TokenizeAll([.. texts.Select(t => t.Replace('\n', ' '))]);
        for (var i = 0; i < texts.Length; i++)
            if (expected[i] is { } golden) pairs.Add((texts[i], string.Join(' ', golden), string.Join(' ', tokens[i])));
    }

    private int Compare(MetricGolden golden, string key, double corpus, double[] perImage, List<string> faults)
    {
        var (compared, worst) = (0, 0.0);
        for (var i = 0; i < perImage.Length; i++)
        {
            if (!golden.Scores[i].TryGetValue(key, out var expected)) continue;
            compared++;
            worst = Math.Max(worst, Math.Abs(expected - perImage[i]));
            if (!(Math.Abs(expected - perImage[i]) <= PerImage)) faults.Add($"{golden.Name}, image {i}, {key}: {perImage[i]:R} should be {expected:R} ('{golden.Candidates[i]}')");
        }
        if (compared == 0) output.WriteLine($"{golden.Name}: not found: {key} of the images");
        if (golden.Corpus.TryGetValue(key, out var whole))
        {
            compared++;
            worst = Math.Max(worst, Math.Abs(whole - corpus));
            if (!(Math.Abs(whole - corpus) <= PerCorpus)) faults.Add($"{golden.Name}, corpus, {key}: {corpus:R} should be {whole:R}");
        }
        else output.WriteLine($"{golden.Name}: not found: {key} of the corpus");
        output.WriteLine($"{golden.Name}: {key}: {compared} figures, largest difference {worst:E1}");
        return compared;
    }
}
