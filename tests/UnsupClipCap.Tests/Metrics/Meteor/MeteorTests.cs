using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public sealed class MeteorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meteor").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Score(string candidate, params string[] references) => Score(MeteorData.Shipped, candidate, references);

    private static double Score(MeteorData data, string candidate, params string[] references) =>
        Meteor.Compute([candidate.Split(' ', StringSplitOptions.RemoveEmptyEntries)], [[.. references.Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries))]], data).Corpus;

    [Fact]
    public void A_caption_equal_to_its_reference_scores_one() => Assert.Equal(1, Score("two brown dogs run on the beach", "two brown dogs run on the beach"), 1e-12);

    [Fact]
    public void A_caption_without_a_common_word_scores_nothing_and_so_does_an_empty_one()
    {
        Assert.Equal(0, Score("zebras graze", "a red bus"));
        Assert.Equal(0, Score("", "a red bus"));
    }

    [Fact]
    public void Words_out_of_order_cost_chunks() => Assert.True(Score("beach the on run dogs brown two", "two brown dogs run on the beach") < 0.8);

    [Fact]
    public void Stems_and_synonyms_count_less_than_the_word_itself_and_more_than_another()
    {
        const string Reference = "a man rides a bicycle on the road";
        var same = Score("a man rides a bicycle on the road", Reference);
        var stem = Score("a man rides a bicycles on the road", Reference);
        var synonym = Score("a man rides a bike on the road", Reference);
        var other = Score("a man rides a giraffe on the road", Reference);
        Assert.True(same > stem && same > synonym && stem > other && synonym > other, $"{same} {stem} {synonym} {other}");
    }

    [Fact]
    public void The_best_reference_counts() =>
        Assert.Equal(Score("a cat on a sofa", "a cat lies on a sofa"), Score("a cat on a sofa", "three boats at sea", "a cat lies on a sofa"), 1e-12);

    [Fact]
    public void An_image_s_score_needs_no_other_image_and_the_corpus_is_no_mean()
    {
        string[][] candidates = [["a", "dog"], ["a", "large", "brown", "horse", "in", "a", "green", "field", "of", "grass"]];
        string[][][] references = [[["a", "small", "dog"]], [["a", "horse", "in", "a", "field"]]];
        var both = Meteor.Compute(candidates, references, MeteorData.Shipped);
        for (var i = 0; i < 2; i++) Assert.Equal(Meteor.Compute([candidates[i]], [references[i]], MeteorData.Shipped).Corpus, both.PerImage[i], 1e-12);
        Assert.NotEqual(both.PerImage.Average(), both.Corpus, 1e-4);
        Assert.InRange(both.Corpus, both.PerImage.Min(), both.PerImage.Max());
    }

    [Theory]
    [InlineData("running", "run")]
    [InlineData("runs", "run")]
    [InlineData("happily", "happili")]
    [InlineData("relational", "relat")]
    [InlineData("consistency", "consist")]
    [InlineData("knightly", "knight")]
    [InlineData("skies", "sky")]
    [InlineData("generously", "generous")]
    [InlineData("hopping", "hop")]
    [InlineData("hoping", "hope")]
    [InlineData("sky", "sky")]
    public void Stems_are_Porter2_s(string word, string stem) => Assert.Equal(stem, EnglishStemmer.Stem(word));

    [Theory]
    [InlineData("upside-down", "upside down")]
    [InlineData("bear 's", "bear ' s")]
    [InlineData("is n't 're", "is n 't ' re")]
    [InlineData("jack-o-lantern", "jack o-lantern")]
    [InlineData("at main st.", "at main st .")]
    [InlineData("at main st. corner", "at main st. corner")]
    [InlineData("cafe\u0301", "cafe \u0301")]
    [InlineData("nice !!!", "nice ! ! !")]
    [InlineData("u.s.a. 5.00 1,000", "u.s.a. 5.00 1,000")]
    [InlineData("-lrb- a", "-lrb- a")]
    [InlineData("y_1 日本語", "y _ 1 日 本 語")]
    public void Tokens_are_normalised(string tokens, string normalised) => Assert.Equal(normalised, string.Join(' ', MeteorNormalizer.Normalize(tokens.Split(' '))));

    [Fact]
    public void Paraphrases_of_a_table_raise_the_score_and_the_packed_table_is_found_again()
    {
        Table("0.5", "in front of", "before", "0.4", "guy", "man");
        var data = Open();
        Assert.True(data.HasParaphrases);
        Assert.Empty(new Meteor(data).Notes);
        Assert.True(Score(data, "a guy before a house", "a man in front of a house") > Score("a guy before a house", "a man in front of a house"));
        var written = File.GetLastWriteTimeUtc(Packed);
        Open();
        Assert.Equal(written, File.GetLastWriteTimeUtc(Packed));
    }

    // Seen in METEOR's scores: distances of matches that were not taken count, so off the diagonal the matches tried first win.
    [Theory]
    [InlineData("picture of dogs", new[] { 3, 0 })]
    [InlineData("one two picture of dogs", new[] { 2, 0, 0 })]
    public void A_phrase_is_taken_whole_on_the_diagonal_and_word_by_word_off_it(string candidate, int[] modules)
    {
        Table("0.5", "picture of", "photo of");
        var data = Open();
        var (matches, chunks) = MeteorAligner.Align(new(candidate.Split(' '), data.Words), new("photo of dogs".Split(' '), data.Words), data.Table);
        Assert.Equal(modules, matches.Select(m => m.Module));
        Assert.Equal(1, chunks);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void A_packed_table_with_a_flipped_bit_or_cut_short_is_packed_anew(double where)
    {
        Table("0.5", "in front of", "before", "0.4", "guy", "man");
        Open();
        var whole = File.ReadAllBytes(Packed);
        var flipped = (byte[])whole.Clone();
        flipped[(int)(whole.Length * where)] ^= 4;
        foreach (var damaged in new[] { flipped, whole[..(int)(whole.Length * where)], [] })
        {
            var copy = Packed + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(copy, damaged);
            Assert.True(MeteorData.Open(_folder, copy).HasParaphrases);
            Assert.Equal(whole, File.ReadAllBytes(copy));
        }
    }

    [Fact]
    public void A_changed_source_is_packed_anew()
    {
        Table("0.5", "in front of", "before");
        var before = Score(Open(), "a guy sits", "a man sits");
        Table("0.5", "in front of", "before", "0.4", "guy", "man");
        Assert.True(Score(MeteorData.Open(_folder, Packed + "2"), "a guy sits", "a man sits") > before);
    }

    [Theory]
    [InlineData("line 4", "0.5", "a", "b", "x", "c", "d")]
    [InlineData("line 3", "0.5", "a")]
    public void A_damaged_source_is_named_with_its_line(string line, params string[] lines)
    {
        Table(lines);
        var error = Assert.Throws<MetricInputException>(Open);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains("paraphrase-en.gz", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Packed));
    }

    [Fact]
    public void A_source_that_was_cut_off_is_an_error_even_behind_a_whole_entry()
    {
        Table("0.5", "in front of", "before", "0.4", "guy", "man");
        var source = Path.Combine(_folder, "paraphrase-en.gz");
        var whole = File.ReadAllBytes(source);
        byte[] start;
        using (var packed = new MemoryStream())
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Fastest);
            gzip.Write("0.5\nin front of\nbefore\n"u8);
            gzip.Flush();
            start = packed.ToArray();
        }
        foreach (var cut in new[] { start, whole[..^8], whole[..^4], whole[..^1] })
        {
            File.WriteAllBytes(source, cut);
            Complaint.Fails(() => Open(), source, "cut off or changed", "expected METEOR's paraphrase table", "Fetch the file again");
            Assert.False(File.Exists(Packed));
        }
        File.WriteAllBytes(source, whole);
        Assert.True(Open().HasParaphrases);
    }

    [Fact]
    public void Without_paraphrases_the_scores_say_so_wherever_they_are_shown()
    {
        var scores = new CaptionEvaluator(new CaptionReferences([["a man"], ["a dog"]]), [new Meteor(MeteorData.Shipped), new RougeL()]).Score(["a guy", "a dog"]);
        Assert.Contains(scores.Notes, n => n.Contains("without paraphrases", StringComparison.Ordinal));
        var comparison = Comparison.Of(["a", "b"], [scores, scores], 10);
        string[] shown =
        [
            $"{scores}", scores.ToHtml(), $"{comparison}", comparison.ToHtml(), $"{scores.Image(0)}", $"{scores.Worst(1, "METEOR")}", ((IHtml)scores.Worst(1, "METEOR")).ToHtml(),
            $"{scores.Against(scores, 10)}", ((IHtml)scores.Against(scores, 10)).ToHtml(),
        ];
        Assert.All(shown, text => Assert.Contains("METEOR (without paraphrases)", text));
        Assert.All(shown, text => Assert.DoesNotContain("ROUGE_L (", text));
    }

    [Fact]
    public void A_caption_of_20_000_words_is_scored_against_one_as_long()
    {
        var words = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"w{i % 3000}"));
        Assert.Equal(1, Score(words, words), 0.05);
    }

    [Fact]
    public void No_word_is_matched_twice_and_all_that_can_be_are_matched_however_long_the_captions()
    {
        var (random, data) = (new Random(1), MeteorData.Shipped.Words);
        for (var round = 0; round < 30; round++)
        {
            string[] Words() => [.. Enumerable.Range(0, random.Next(50, 1500)).Select(_ => $"w{random.Next(3)}")];
            MeteorSentence candidate = new(Words(), data), reference = new(Words(), data);
            var (matches, _) = MeteorAligner.Align(candidate, reference, null);
            Assert.Equal(matches.Count, matches.Select(m => m.Start).Distinct().Count());
            Assert.Equal(matches.Count, matches.Select(m => m.ReferenceStart).Distinct().Count());
            Assert.All(matches, m => Assert.Same(candidate.Words[m.Start], reference.Words[m.ReferenceStart]));
            if (candidate.Words.Length * reference.Words.Length > 1_000_000) continue;          // of these only words at like places match
            var most = candidate.Words.GroupBy(w => w).Sum(g => Math.Min(g.Count(), reference.Words.Count(w => w == g.Key)));
            Assert.Equal(most, matches.Count);
        }
    }

    [Fact]
    public void Words_without_end_are_given_up_and_score_as_before()
    {
        Table("0.5", "in front of", "before");
        var data = Open();
        double Scored(string word) => Score(data, $"{word}s before a dog", $"a {word} in front of dogs");
        var (before, words) = (Scored("xyz"), data.Words);
        Assert.Same(words, data.Words);
        for (var i = 0; i < 200_000 && ReferenceEquals(words, data.Words); i += 20_000)
            Score(data, string.Join(' ', Enumerable.Range(i, 20_000).Select(k => $"w{k}")), "a dog");
        Assert.NotSame(words, data.Words);
        Assert.Equal(before, Scored("xyz"));
        Assert.Equal(before, Scored("zyx"));
    }

    // 100 KB on the longer side.
    [Theory]
    [InlineData("a", 50_000, "a", 50_000)]
    [InlineData("a", 50_000, "a", 20)]
    [InlineData("a", 1000, "a", 50_000)]
    [InlineData("run", 25_000, "running", 12_500)]
    public void Long_captions_take_little_time_and_memory(string word, int words, string other, int others)
    {
        var data = MeteorData.Shipped.Words;
        MeteorSentence candidate = new([.. Enumerable.Repeat(word, words)], data), reference = new([.. Enumerable.Repeat(other, others)], data);
        var (watch, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        MeteorAligner.Align(candidate, reference, null);
        var megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) >> 20;
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5) && megabytes < 500, $"{words} times '{word}' against {others} times '{other}' took {watch.Elapsed} and {megabytes} MB.");
    }

    private string Packed => Path.Combine(_folder, "packed");

    private MeteorData Open() => MeteorData.Open(_folder, Packed);

    private void Table(params string[] lines)
    {
        File.WriteAllText(Path.Combine(_folder, "function-english.words"), "a\nthe\nof\nin\n");
        using var gzip = new GZipStream(File.Create(Path.Combine(_folder, "paraphrase-en.gz")), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }
}
