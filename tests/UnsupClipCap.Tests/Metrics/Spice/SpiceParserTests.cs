using UnsupClipCap.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests.Metrics;

public class SpiceParserTests
{
    private static readonly ParserSizes Small = new(Width: 48, Layers: 3, Heads: 3, Hidden: 64, TagLayer: 1, Arc: 32, Relation: 16, Reach: 4, TreeLayers: 2);

    private static readonly string[] Vocabulary = ["a", "man", "is", "riding", "the", "brown", "horse", "on", "sandy", "beaches", "with", "two", "dogs"];

    [Fact]
    public void The_network_finds_what_its_TorchSharp_twin_finds()
    {
        using var scope = NewDisposeScope();
        var (tagger, tree, file, inventory) = Made(seed: 3);
        var network = new ParserNetwork(ParserWeights.Read(file, File.ReadAllBytes(file)));
        var sentences = Sentences(40, seed: 4);
        var parses = network.Run(sentences);
        tagger.eval();
        tree.eval();
        for (var s = 0; s < sentences.Length; s++)
        {
            var (words, n) = (sentences[s], sentences[s].Length);
            var rows = new long[(n + 1) * WordFeatures.Count];
            rows[0] = WordFeatures.Root;
            var own = new int[WordFeatures.Count];
            for (var i = 0; i < n; i++)
            {
                inventory.Features.Rows(words[i], own);
                for (var f = 0; f < own.Length; f++) rows[(i + 1) * WordFeatures.Count + f] = own[f];
            }
            var tags = tagger.Tags(tensor(rows, [1, n + 1, WordFeatures.Count])).Tags.argmax(-1);
            Assert.Equal(tags[0].data<long>().ToArray(), parses[s].Tags.Select(t => (long)t));
            var functionWords = Array.ConvertAll(words, w => (long)(Array.IndexOf(inventory.FunctionWords, w) + 1));
            var (arcs, x) = tree.Arcs(tags, tensor(functionWords, [1, n]));

            // The heads make a tree of the best sum; the relations are those of these heads.
            var free = arcs[0].clone();
            for (var i = 0; i < n; i++) free[i, i + 1] = float.NegativeInfinity;
            var scores = free.log_softmax(-1).data<float>().ToArray();
            double Sum(int[] heads) => heads.Select((h, i) => (double)scores[i * (n + 1) + h]).Sum();
            Assert.Equal(AllProjectiveTrees(n).Max(Sum), Sum(parses[s].Heads), 1e-3);
            var relations = tree.Relations(x, tensor(parses[s].Heads.Select(h => (long)h).ToArray(), [1, n]))[0].argmax(-1).data<long>().ToArray();
            for (var i = 0; i < n; i++)
                if (parses[s].Heads[i] != 0 && inventory.Relations[relations[i]] != "root") Assert.Equal(relations[i], parses[s].Relations[i]);
                else Assert.Equal(parses[s].Heads[i] == 0, inventory.Relations[parses[s].Relations[i]] == "root");
        }
        File.Delete(file);
    }

    [Fact]
    public void A_sentence_is_parsed_alike_alone_and_among_others()
    {
        using var scope = NewDisposeScope();
        var (_, _, file, _) = Made(seed: 5);
        var network = new ParserNetwork(ParserWeights.Read(file, File.ReadAllBytes(file)));
        var sentences = Sentences(30, seed: 6);
        var together = network.Run(sentences);
        for (var s = 0; s < sentences.Length; s++)
        {
            var alone = network.Run([sentences[s]])[0];
            Assert.Equal(together[s].Tags, alone.Tags);
            Assert.Equal(together[s].Heads, alone.Heads);
            Assert.Equal(together[s].Relations, alone.Relations);
        }
        File.Delete(file);
    }

    [Fact]
    public void The_tree_of_the_best_sum_is_found_among_all_projective_trees()
    {
        var random = new SeededRandom(1, "trees");
        for (var trial = 0; trial < 300; trial++)
        {
            var n = 1 + trial % 5;
            var scores = new float[(n + 1) * (n + 1)];
            for (var i = 0; i < scores.Length; i++) scores[i] = (float)random.NextDouble();
            for (var i = 0; i <= n; i++) scores[i * (n + 1) + i] = float.NegativeInfinity;
            double Sum(int[] heads) => heads.Select((h, i) => (double)scores[(i + 1) * (n + 1) + h]).Sum();
            var best = ProjectiveTree.Best(scores, n);
            Assert.Contains(AllProjectiveTrees(n), t => t.SequenceEqual(best));
            Assert.Equal(AllProjectiveTrees(n).Max(Sum), Sum(best), 1e-5);
        }
    }

    [Fact]
    public void Learnt_lemmas_are_exact_on_what_was_seen_and_follow_endings_elsewhere()
    {
        (string, string, string)[] seen =
        [
            ("dogs", "NNS", "dog"), ("cats", "NNS", "cat"), ("buses", "NNS", "bus"), ("boxes", "NNS", "box"), ("men", "NNS", "man"), ("ladies", "NNS", "lady"), ("puppies", "NNS", "puppy"),
            ("riding", "VBG", "ride"), ("sitting", "VBG", "sit"), ("walking", "VBG", "walk"), ("talking", "VBG", "talk"), ("dog", "NN", "dog"), ("men", "NN", "men"),
        ];
        var rules = new LemmaRules(LemmaRules.Learn(seen));
        foreach (var (word, tag, lemma) in seen) Assert.Equal(lemma, rules.Lemma(word, tag));
        Assert.Equal("hat", rules.Lemma("hats", "NNS"));
        Assert.Equal("bunny", rules.Lemma("bunnies", "NNS"));
        Assert.Equal("jump", rules.Lemma("jumping", "VBG"));
        Assert.Equal("hats", rules.Lemma("hats", "NN"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(2000)]
    public void A_model_file_that_is_cut_is_refused(int bytes)
    {
        using var scope = NewDisposeScope();
        var (_, _, file, _) = Made(seed: 7);
        var whole = File.ReadAllBytes(file);
        File.Delete(file);
        var error = Assert.Throws<MetricInputException>(() => new ParserNetwork(ParserWeights.Read("model", whole[..bytes])));
        Assert.Contains("model", error.Message, StringComparison.Ordinal);
    }

    private static (SpiceTaggerModule Tagger, SpiceTreeModule Tree, string File, SpiceParserTraining.Inventory Inventory) Made(int seed)
    {
        manual_seed(seed);
        ParsedSentence[] sentences = [new(Vocabulary, [.. Vocabulary.Select((_, i) => $"T{i % 5}")], Vocabulary, new int[Vocabulary.Length], [.. Vocabulary.Select((_, i) => i == 0 ? "root" : $"r{i % 4}")])];
        var (inventory, _) = SpiceParserTraining.Count(sentences, leastSeen: 1);
        var tagger = new SpiceTaggerModule(Small, inventory.Features.RowCount, inventory.Tags.Length, inventory.Relations.Length, dropout: 0.1);
        var tree = new SpiceTreeModule(Small, inventory, dropout: 0.1);
        using (no_grad())
        {
            foreach (var p in tagger.parameters().Concat(tree.parameters())) p.mul_(2).add_(randn_like(p), alpha: 0.05).copy_(p.half().@float());        // as the file will hold them
            tagger.get_parameter("words.weight")![WordFeatures.None] = zeros(Small.Width);                                   // rows that training leaves at zero: no feature,
            tree.get_parameter("function_words.weight")![0] = zeros(Small.Width);                                            // no function word
        }
        var file = Path.Combine(Path.GetTempPath(), $"spice-{Guid.NewGuid():N}.safetensors");
        SpiceTraining.Write(file, tagger, tree, Small, inventory, sentences);
        return (tagger, tree, file, inventory);
    }

    private static string[][] Sentences(int count, int seed)
    {
        var random = new SeededRandom(seed, "sentences");
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 1 + random.Next(5)).Select(_ => random.Next(8) == 0 ? "unknown" : Vocabulary[random.Next(Vocabulary.Length)]).ToArray())];
    }

    private static IEnumerable<int[]> AllProjectiveTrees(int n)
    {
        var heads = new int[n];
        IEnumerable<int[]> From(int at)
        {
            if (at == n)
            {
                if (IsTree() && heads.Count(h => h == 0) == 1) yield return [.. heads];
                yield break;
            }
            for (heads[at] = 0; heads[at] <= n; heads[at]++)
                if (heads[at] != at + 1)
                    foreach (var tree in From(at + 1)) yield return tree;
        }
        bool IsTree()
        {
            for (var i = 1; i <= n; i++)
            {
                var (at, steps) = (i, 0);
                while (at != 0 && steps++ <= n) at = heads[at - 1];
                if (at != 0) return false;
                for (var j = 1; j <= n; j++)
                {
                    int a = Math.Min(i, heads[i - 1]), b = Math.Max(i, heads[i - 1]), c = Math.Min(j, heads[j - 1]), d = Math.Max(j, heads[j - 1]);
                    if (heads[i - 1] != 0 && heads[j - 1] != 0 && a < c && c < b && b < d) return false;
                    if (heads[j - 1] == 0 && heads[i - 1] != 0 && a < j && j < b) return false;
                }
            }
            return true;
        }
        return From(0);
    }
}
