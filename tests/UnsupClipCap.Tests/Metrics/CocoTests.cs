using System.Text.Json;
using UnsupClipCap.Metrics;
using Xunit;
using static UnsupClipCap.Tests.Metrics.Complaint;

namespace UnsupClipCap.Tests.Metrics;

public sealed class CocoTests : IDisposable
{
    private readonly FileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parity_published_scores_of_the_coco_caption_demo_come_out_of_files()
    {
        var (references, candidates) = Demo();
        var scores = Coco.Score(references, candidates);
        double[] published = [.579, .404, .279, .191, .396, .600];
        string[] keys = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"];
        Assert.All(keys.Zip(published), p => Assert.Equal(p.Second, scores.Corpus[p.First], 5e-4));
        Assert.Equal((9893, 9855), (scores.Bleu!.TestLength, scores.Bleu.ReferenceLength));
        Assert.Equal([5732, 2510, 1043, 423], scores.Bleu.Correct);
        Assert.Equal((1000, 1000, 5005), (scores.ImageCount, scores.CandidateCount, scores.ReferenceCount));
    }

    [Fact]
    public void The_format_of_the_files_does_not_change_the_scores()
    {
        var coco = Coco.Score(References("""{"id": 1}, {"id": 2}""", (1, "A dog runs."), (2, "a cat sleeps"), (1, "the dog is running")), Candidates("""{"1": "a dog", "2": ["a cat"]}"""));
        string[] others =
        [
            _folder.Write("map", """{"1": ["A dog runs.", "the dog is running"], "2": ["a cat sleeps"]}"""),
            _folder.Write("token", "1#0\tA dog runs.\n2#0\ta cat sleeps\n1#1\tthe dog is running\n"),
            _folder.Write("results", """[{"image_id": 1, "caption": "A dog runs."}, {"image_id": 2, "caption": "a cat sleeps"}, {"image_id": "1", "caption": "the dog is running"}]"""),
            _folder.WriteGzipped("karpathy", """{"images": [{"split": "test", "cocoid": 1, "sentences": [{"raw": "A dog runs."}, {"raw": "the dog is running"}]}, {"split": "test", "cocoid": 2, "sentences": [{"raw": "a cat sleeps"}]}]}"""),
        ];
        foreach (var references in others)
        {
            var scores = Coco.Score(references, Candidates("""[{"image_id": 2, "caption": "a cat"}, {"image_id": 1, "caption": "a dog"}]"""));
            Assert.Equal(coco.Corpus, scores.Corpus);
            Assert.Equal(["1", "2"], scores.ImageIds!.Select(i => i.Text));
        }
    }

    [Fact]
    public void Images_are_scored_in_the_order_of_the_references_and_named_by_their_ids()
    {
        var scores = Coco.Score(References("""{"id": 30}, {"id": 10}, {"id": 20}""", (10, "a dog"), (20, "a cat"), (30, "a bus")),
            Candidates("""{"10": "a dog", "30": "nothing right", "20": "a hat"}"""));
        Assert.Equal(["30", "10", "20"], scores.ImageIds!.Select(i => i.Text));
        Assert.Equal(["nothing right", "a dog", "a hat"], scores.Candidates);
        Assert.Equal(0, scores.PerImage["ROUGE_L"][0]);
        Assert.Equal(1, scores.PerImage["ROUGE_L"][1]);
        Assert.Equal(["30", "20"], scores.Worst(2, "ROUGE_L").Select(i => i.Name!));
        Assert.Equal("a hat", scores.Worst(9, "ROUGE_L")[1].Candidate);
        Assert.Equal(scores.PerImage["CIDEr"][2], scores.Worst(9, "ROUGE_L")[1].Scores["CIDEr"]);
        Assert.Equal(3, scores.Worst(9).Count);
        Fails(() => scores.Worst(1, "METEOR3"), "METEOR3", "CIDEr");
    }

    [Fact]
    public void Images_without_a_candidate_are_an_error_or_left_out_where_that_is_asked_for()
    {
        var references = References("""{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}, {"id": 5}, {"id": 6}, {"id": 7}, {"id": 8}""",
            (1, "a dog"), (2, "a cat"), (3, "a bus"), (4, "a"), (5, "b"), (6, "c"), (7, "d"), (8, "e"));
        var candidates = Candidates("""[{"image_id": 3, "caption": "a bus"}, {"image_id": 2, "caption": "a hat"}]""");
        Fails(() => Coco.Score(references, candidates), "6 of 8 images", references, candidates, "'1', '4', '5', '6', '7', …", "--partial");
        var scores = Coco.Score(references, candidates, partial: true);
        Assert.Equal(["2", "3"], scores.ImageIds!.Select(i => i.Text));
        Assert.Equal((2, 2, 2), (scores.ImageCount, scores.CandidateCount, scores.ReferenceCount));
        Assert.Contains(scores.Notes, n => n.StartsWith("6 of 8 images", StringComparison.Ordinal) && n.EndsWith("They were left out.", StringComparison.Ordinal));

        // Document frequencies are those of the images scored, as if the file had no others.
        var alone = Coco.Score(References("""{"id": 2}, {"id": 3}""", (2, "a cat"), (3, "a bus")), candidates);
        Assert.Equal(alone.Corpus, scores.Corpus);
        Assert.True(scores.Corpus["CIDEr"] > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Candidates_of_unknown_images_are_an_error_always(bool partial) =>
        Fails(() => Coco.Score(References("""{"id": 1}""", (1, "a dog")), Candidates("""[{"image_id": 1, "caption": "a"}, {"image_id": "01", "caption": "a"}, {"image_id": 2, "caption": "a"}]"""), partial: partial),
            "2 of 3 candidates", "'01', '2'", "like '1'");

    [Fact]
    public void Images_without_a_reference_are_an_error_or_left_out_where_that_is_asked_for()
    {
        var references = References("""{"id": 1}, {"id": 2}, {"id": 3}""", (1, "a dog"), (2, "a cat"));
        var candidates = Candidates("""{"1": "a dog", "2": "a dog", "3": "a bus"}""");
        Fails(() => Coco.Score(references, candidates), "1 of 3 images", references, "'3'", "no reference", "--partial");
        var scores = Coco.Score(references, candidates, partial: true);
        Assert.Equal((2, 2, 2), (scores.ImageCount, scores.CandidateCount, scores.ReferenceCount));
        Assert.Contains(scores.Notes, n => n.Contains("They were left out, and with them 1 candidate.", StringComparison.Ordinal));
        Fails(() => Coco.Score(references, Candidates("""{"3": "a bus"}"""), partial: true), "No image", "both a reference and a candidate");
    }

    [Theory]
    [InlineData("""[{"image_id": 1, "caption": "a"}, {"image_id": 2, "caption": "a"}, {"image_id": "1", "caption": "b"}]""", "'1' has 2 candidates", "[0] and [2]")]
    [InlineData("""{"2": "a", "1": ["a", "b", "c"]}""", "'1' has 3 candidates", "\"1\"[0] and \"1\"[1] and after")]
    [InlineData("1#0\ta\n\n1#1\tb\n2#0\tc", "'1' has 2 candidates", "line 1 and line 3")]
    [InlineData("""{"images": [{"id": 1}, {"id": 2}], "annotations": [{"id": 1, "image_id": 2, "caption": "a"}, {"id": 2, "image_id": 1, "caption": "a"}, {"id": 3, "image_id": 2, "caption": "a"}]}""", "'2' has 2 candidates", "annotations[0] and annotations[2]")]
    [InlineData("""{"images": [{"split": "val", "cocoid": 1, "sentences": []}, {"split": "test", "cocoid": 1, "sentences": [{"raw": "a"}, {"raw": "b"}]}]}""", "'1' has 2 candidates", "images[1].sentences[0] and images[1].sentences[1]")]
    [InlineData("""{"1": [], "2": "a"}""", "'1' has no candidate")]
    public void Anything_but_one_candidate_an_image_is_an_error_that_names_the_places(string candidates, params string[] complaints) =>
        Fails(() => Coco.Score(References("""{"id": 1}, {"id": 2}""", (1, "a"), (2, "b")), Candidates(candidates)), complaints);

    [Fact]
    public void Empty_captions_and_one_image_score_and_are_noted()
    {
        var scores = Coco.Score(References("""{"id": 1}""", (1, "a dog"), (1, "")), Candidates("""{"1": ""}"""));
        Assert.Equal(0, scores.Corpus["Bleu_1"]);
        Assert.Equal(0, scores.Corpus["CIDEr"]);
        Assert.Contains(scores.Notes, n => n.Contains("CIDEr is 0 by definition", StringComparison.Ordinal));
        Assert.Contains(scores.Notes, n => n.StartsWith("1 of 1 candidate captions have no words", StringComparison.Ordinal));
        Assert.Contains(scores.Notes, n => n.StartsWith("1 of 2 references have no words", StringComparison.Ordinal));
    }

    [Fact]
    public void A_caption_of_100_KB_scores()
    {
        var caption = string.Join(' ', Enumerable.Range(0, 16_000).Select(i => $"word{i % 500}"));
        var scores = Coco.Score(References("""{"id": 1}, {"id": 2}""", (1, "word1 word2 word3"), (2, "a dog")), Candidates($$"""{"1": "{{caption}}", "2": "a dog"}"""));
        Assert.InRange(scores.PerImage["Bleu_1"][0], 1e-6, 0.01);
        Assert.Equal(1, scores.PerImage["ROUGE_L"][1]);
    }

    [Fact]
    public void Two_files_scored_apart_compare_as_two_scored_together()
    {
        var (references, candidates) = Demo();
        var other = _folder.Write("other.json", File.ReadAllText(candidates).Replace("with a", "with one", StringComparison.Ordinal));
        var together = Coco.ScoreAll(references, [candidates, other]);
        var apart = Coco.Score(references, candidates).Against(Coco.Score(references, other), resamples: 50);
        Assert.Equal(together[0].Against(together[1], resamples: 50), apart);
        Assert.True(apart["Bleu_1"].Low > 0);
        Assert.Equal(together[0].Corpus["CIDEr"] - together[1].Corpus["CIDEr"], apart["CIDEr"].Difference);
        var stranger = Coco.Score(References("""{"id": 1}""", (1, "a")), Candidates("""{"1": "a"}"""));
        Fails(() => stranger.Against(together[0]), "different references");
    }

    [Fact]
    public void A_partial_comparison_is_over_the_images_that_both_have()
    {
        var references = References("""{"id": 1}, {"id": 2}, {"id": 3}""", (1, "a dog"), (2, "a cat"), (3, "a bus"));
        var first = _folder.Write("first", """{"1": "a dog", "2": "a cat"}""");
        var second = _folder.Write("second", """{"2": "a cat", "3": "a bus"}""");
        Fails(() => Coco.ScoreAll(references, [first, second]), first, "'3'");
        var scores = Coco.ScoreAll(references, [first, second], partial: true);
        Assert.All(scores, s => Assert.Equal(["2"], s.ImageIds!.Select(i => i.Text)));
        Assert.Contains(scores[0].Notes, n => n.Contains(first, StringComparison.Ordinal) && n.Contains("'3'", StringComparison.Ordinal));
        Assert.Contains(scores[0].Notes, n => n.Contains(second, StringComparison.Ordinal) && n.Contains("'1'", StringComparison.Ordinal));
    }

    [Fact]
    public void Saved_scores_read_back_the_same_to_the_last_bit()
    {
        var (references, candidates) = Demo();
        var scores = Coco.Score(references, candidates);
        scores.Save(_folder.File("new/scores.json"));
        scores.SavePerImage(_folder.File("new/images.jsonl"));
        using var saved = JsonDocument.Parse(File.ReadAllBytes(_folder.File("new/scores.json")));
        foreach (var (key, score) in scores.Corpus) Assert.Equal(score, saved.RootElement.GetProperty(key).GetDouble());
        Assert.Equal((1000, 1000, 5005), (Count("images"), Count("candidates"), Count("references")));
        Assert.Equal(0, saved.RootElement.GetProperty("notes").GetArrayLength());
        var lines = File.ReadAllLines(_folder.File("new/images.jsonl"));
        Assert.Equal(1000, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            using var line = JsonDocument.Parse(lines[i]);
            Assert.Equal(scores.ImageIds![i].Text, line.RootElement.GetProperty("image_id").GetRawText());
            foreach (var (key, images) in scores.PerImage) Assert.Equal(images[i], line.RootElement.GetProperty("scores").GetProperty(key).GetDouble());
        }

        int Count(string field) => saved.RootElement.GetProperty(field).GetInt32();
    }

    [Fact]
    public void Ids_are_written_with_the_type_they_have_in_the_references()
    {
        var scores = Coco.Score(References("""{"id": 7}, {"id": "8"}, {"id": 9007199254740993}, {"id": "a\"b é"}""", (7, "a"), (8, "b"), (9007199254740993, "c"), ("a\\\"b é", "d")),
            Candidates("""{"7": "a", "8": "b", "9007199254740993": "c", "a\"b \u00e9": "d"}"""));
        scores.SavePerImage(_folder.File("out.jsonl"));
        Assert.Equal(["""{"image_id":7,""", """{"image_id":"8",""", """{"image_id":9007199254740993,""", """{"image_id":"a\"b é","""],
            File.ReadLines(_folder.File("out.jsonl")).Select(l => l[..l.IndexOf("\"scores", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named()
    {
        var scores = Coco.Score(References("""{"id": 1}""", (1, "a")), Candidates("""{"1": "a"}"""));
        Assert.Contains(_folder.Path, Assert.Throws<IOException>(() => scores.Save(_folder.Path)).Message);
        Assert.Contains("could not be written", Assert.Throws<IOException>(() => scores.Save(Path.Combine(_folder.File("candidates"), "x.json"))).Message);
    }

    [Fact]
    public void Metrics_are_known_by_name()
    {
        Assert.Equal(["CIDEr", "ROUGE_L"], CaptionMetrics.Named(["CIDER", "rouge", "cider"]).SelectMany(m => m.Keys).Order(StringComparer.Ordinal));
        Assert.Equal(CaptionMetrics.All().SelectMany(m => m.Keys), CaptionMetrics.Named(CaptionMetrics.Names.Reverse()).SelectMany(m => m.Keys));
        Fails(() => CaptionMetrics.Named(["bleu", "blue"]), "'blue'", string.Join(", ", CaptionMetrics.Names));
        Fails(() => CaptionMetrics.Named([]), string.Join(", ", CaptionMetrics.Names));
    }

    [Fact]
    public void A_cancelled_scoring_ends()
    {
        var (references, candidates) = (References("""{"id": 1}""", (1, "a")), Candidates("""{"1": "a"}"""));
        Assert.ThrowsAny<OperationCanceledException>(() => Coco.Score(references, candidates, cancellation: new(canceled: true)));
    }

    /// <summary>The coco-caption demo as COCO's files of references and results.</summary>
    private (string References, string Candidates) Demo() => DemoFiles.Write(_folder);

    private string References(string images, params (object Id, string Caption)[] captions) => _folder.Write("references",
        $$"""{"images": [{{images}}], "annotations": [{{string.Join(", ", captions.Select((c, i) => $$"""{"id": {{i}}, "image_id": "{{c.Id}}", "caption": "{{c.Caption}}"}"""))}}]}""");

    private string Candidates(string text) => _folder.Write("candidates", text);
}
