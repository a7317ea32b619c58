using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class CaptionEvaluatorTests
{
    private static readonly string[] Vocabulary =
        ["a", "the", "man", "dog", "woman", "rides", "sits", "on", "red", "blue", "bench", "horse", "street", "with", "near", "two"];

    [Fact]
    public void A_caption_equal_to_its_reference_scores_one()
    {
        var (candidates, references) = Captions(20, seed: 1);
        for (var i = 0; i < candidates.Length; i++) candidates[i] = references[i][^1];
        var scores = Score(candidates, references);
        Assert.All(scores.PerImage["ROUGE_L"], s => Assert.Equal(1, s, 1e-12));
        Assert.All(scores.PerImage["Bleu_1"], s => Assert.Equal(1, s, 1e-8));
        Assert.All(scores.PerImage["Bleu_4"], s => Assert.Equal(1, s, 1e-8));
        Assert.Equal(1, scores.Corpus["Bleu_4"], 1e-8);
    }

    [Fact]
    public void A_caption_equal_to_its_only_reference_has_a_CIDEr_of_ten()
    {
        var (candidates, _) = Captions(20, seed: 2);
        var scores = Score(candidates, [.. candidates.Select(c => new[] { c })]);
        Assert.All(scores.PerImage["CIDEr"], s => Assert.Equal(10, s, 1e-9));
    }

    [Fact]
    public void The_order_of_images_does_not_change_corpus_scores()
    {
        var (candidates, references) = Captions(50, seed: 3);
        var order = Enumerable.Range(0, 50).ToArray();
        new Random(4).Shuffle(order);
        var straight = Score(candidates, references);
        var shuffled = Score([.. order.Select(i => candidates[i])], [.. order.Select(i => references[i])]);
        foreach (var key in straight.Corpus.Keys)
        {
            Assert.Equal(straight.Corpus[key], shuffled.Corpus[key], 1e-12);
            for (var i = 0; i < order.Length; i++) Assert.Equal(straight.PerImage[key][order[i]], shuffled.PerImage[key][i], 1e-12);
        }
    }

    [Fact]
    public void Scores_are_in_range_and_corpus_keys_in_order()
    {
        var (candidates, references) = Captions(60, seed: 5);
        var scores = Score(candidates, references);
        Assert.Equal(["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"], scores.Corpus.Keys);
        foreach (var (key, images) in scores.PerImage)
            Assert.All(images.Append(scores.Corpus[key]), s => Assert.InRange(s, 0, key == "CIDEr" ? 10 : 1 + 1e-9));
        Assert.Equal(scores.Corpus.Values.Average() * 100, scores.Average6!.Value, 1e-10);
        Assert.Equal((60, 60, references.Sum(r => r.Length)), (scores.ImageCount, scores.CandidateCount, scores.ReferenceCount));
        Assert.Empty(scores.Notes);
    }

    [Fact]
    public void Another_reference_never_lowers_ROUGE_L()
    {
        var (candidates, references) = Captions(200, seed: 6);
        var fewer = Score(candidates, [.. references.Select(r => r[..^1])]).PerImage["ROUGE_L"];
        var all = Score(candidates, references).PerImage["ROUGE_L"];
        for (var i = 0; i < all.Length; i++) Assert.True(all[i] >= fewer[i] - 1e-15);
    }

    [Fact]
    public void Two_runs_give_the_same_bits_and_progress_rises_to_one()
    {
        var (candidates, references) = Captions(1500, seed: 7);
        var evaluator = new CaptionEvaluator(new CaptionReferences(references));
        var heard = new Progress();
        var first = evaluator.Score(candidates, heard);
        var second = evaluator.Score(candidates);
        foreach (var key in first.Corpus.Keys)
        {
            Assert.Equal(first.Corpus[key], second.Corpus[key]);
            Assert.Equal(first.PerImage[key], second.PerImage[key]);
        }
        Assert.Equal(heard.Shares.Order(), heard.Shares);
        Assert.Equal(1, heard.Shares[^1]);
    }

    [Fact]
    public void Scoring_stops_when_cancelled()
    {
        var (candidates, references) = Captions(10, seed: 8);
        var evaluator = new CaptionEvaluator(new CaptionReferences(references));
        Assert.ThrowsAny<OperationCanceledException>(() => evaluator.Score(candidates, null, new CancellationToken(true)));
    }

    [Fact]
    public void Many_threads_score_against_the_same_references()
    {
        var (candidates, references) = Captions(300, seed: 10);
        ICaptionMetric[] metrics = [new Spice()];       // prepares references when it first meets them
        var alone = new CaptionEvaluator(new CaptionReferences(references), metrics).Score(candidates).PerImage["SPICE"];
        for (var round = 0; round < 50; round++)
        {
            var evaluator = new CaptionEvaluator(new CaptionReferences(references), metrics);
            var together = new CaptionScores[4];
            var threads = Enumerable.Range(0, together.Length).Select(t => new Thread(() => together[t] = evaluator.Score(candidates))).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.All(together, scores => Assert.Equal(alone, scores.PerImage["SPICE"]));
        }
    }

    [Fact]
    public void What_goes_wrong_in_a_metric_comes_out_as_it_was_thrown()
    {
        Complaint.Fails(() => Meteor.Compute([["a", ""]], [[["a"]]], MeteorData.Shipped), "Image 0", "candidate", "token 1 is empty", "expected a word");
        Complaint.Fails(() => RougeL.Compute([["a"]], [[["a"], [null!]]]), "Image 0", "reference", "token 0 is null");
        Assert.Throws<ArgumentNullException>(() => PtbTokenizer.TokenizeAll(["a", null!]));
        Complaint.Fails(() => new CaptionEvaluator(new CaptionReferences([["a"]]), [new Bleu(), new RougeL(), new Bleu()]), "Bleu_1", "twice");
    }

    [Fact]
    public void BLEU_of_two_images_is_what_counting_by_hand_gives()
    {
        // Closest reference lengths are 3 and 4, so no brevity penalty; 5 of 7 words and 3 of 5 pairs are right.
        var scores = Score(["a red dog", "the man sits here"], [["a red cat", "a very long red thing here"], ["the man sits down", "man"]]);
        Assert.Equal(5.0 / 7, scores.Corpus["Bleu_1"], 1e-8);
        Assert.Equal(Math.Sqrt(5.0 / 7 * 3 / 5), scores.Corpus["Bleu_2"], 1e-8);
        Assert.Equal((7, 7), (scores.Bleu!.TestLength, scores.Bleu.ReferenceLength));
        Assert.Equal([5, 3, 1, 0], scores.Bleu!.Correct);
    }

    [Fact]
    public void The_shorter_of_two_equally_close_references_counts()
    {
        var scores = Score(["a b c", "x"], [["a b", "a b c d"], ["x"]]);
        Assert.Equal(3, scores.Bleu!.ReferenceLength);
    }

    [Fact]
    public void An_empty_caption_scores_zero_and_is_noted()
    {
        var (candidates, references) = Captions(5, seed: 9);
        candidates[2] = " . ";
        var scores = Score(candidates, references);
        Assert.All(scores.PerImage.Values, images => Assert.Equal(0, images[2]));
        Assert.Contains(scores.Notes, n => n.StartsWith("1 of 5 candidate captions", StringComparison.Ordinal) && n.EndsWith("they score 0.", StringComparison.Ordinal));
        var all = Score(["", "", ""], references[..3]);
        Assert.All(all.Corpus.Values, s => Assert.Equal(0, s));
        var alike = Score(["", "a dog"], [["", "a cat"], ["a dog"]]);
        Assert.Equal(1, alike.PerImage["ROUGE_L"][0]);
        Assert.Contains(alike.Notes, n => n.Contains("or a ROUGE-L of 1 where a reference has none either", StringComparison.Ordinal));
    }

    [Fact]
    public void One_image_alone_has_a_CIDEr_of_zero_and_a_note_says_why()
    {
        var scores = Score(["a man on a horse"], [["a man on a horse"]]);
        Assert.Equal(0, scores.Corpus["CIDEr"]);
        Assert.Equal(1, scores.Corpus["ROUGE_L"], 1e-12);
        Assert.Contains(scores.Notes, n => n.Contains("CIDEr is 0 by definition", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_captions_are_errors_that_name_the_image()
    {
        var references = new CaptionReferences([["a dog"], ["a cat"]], ["dog.jpg", "cat.jpg"]);
        var evaluator = new CaptionEvaluator(references);
        Assert.Contains("no candidate captions", Message(() => evaluator.Score([])));
        Assert.Contains("cat.jpg", Message(() => evaluator.Score(["a dog"])));
        Assert.Contains("dog.jpg", Message(() => evaluator.Score([null!, "a cat"])));
        Assert.Contains("3 candidate captions for 2 images", Message(() => evaluator.Score(["a", "b", "c"])));
        Assert.Contains("cat.jpg", Message(() => _ = new CaptionReferences([["a dog"], []], ["dog.jpg", "cat.jpg"])));
        Assert.Contains("Image 1", Message(() => _ = new CaptionReferences([["a dog"], [null!]])));
        Assert.Contains("no images", Message(() => _ = new CaptionReferences([])));
        Assert.Contains("1 image names", Message(() => _ = new CaptionReferences([["a"], ["b"]], ["one"])));
        Assert.Contains("Image 0", Message(() => Bleu.Compute([["a"]], [[]])));
        Assert.Contains("no candidate captions", Message(() => RougeL.Compute([], [[["a"]]])));

        static string Message(Action act) => Assert.Throws<MetricInputException>(act).Message;
    }

    [Fact]
    public void A_caption_of_100_KB_is_scored()
    {
        var text = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => Vocabulary[i * i % 16]));
        var scores = Score([text, "a dog"], [["a dog on the street"], ["a dog"]]);
        Assert.InRange(scores.PerImage["Bleu_1"][0], 0, .01);
        Assert.Equal(text.Split(' ').Length + 2, scores.Bleu!.TestLength);
    }

    internal static (string[] Candidates, string[][] References) Captions(int images, int seed)
    {
        var random = new Random(seed);
        string Caption() => string.Join(' ', random.GetItems(Vocabulary, random.Next(5, 12)));
        return ([.. Enumerable.Range(0, images).Select(_ => Caption())],
            [.. Enumerable.Range(0, images).Select(_ => Enumerable.Range(0, random.Next(2, 6)).Select(_ => Caption()).ToArray())]);
    }

    private static CaptionScores Score(string[] candidates, string[][] references) =>
        new CaptionEvaluator(new CaptionReferences(references)).Score(candidates);

    private sealed class Progress : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value) => Shares.Add(value);
    }
}
