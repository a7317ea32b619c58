using System.Diagnostics;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class SpiceTests
{
    [Fact]
    public void A_subject_and_an_object_are_tied_by_their_verb() => Proposes(
        "a/DT/2/det man/NN/3/nsubj rides/VBZ/0/root a/DT/6/det brown/JJ/6/amod horse/NN/3/dobj",
        "man | horse | ride", "horse | brown", "horse", "man");

    [Fact]
    public void A_preposition_of_three_words_is_one_relation() => Proposes(
        "cat/NN/0/root in/IN/3/case front/NN/1/nmod of/IN/6/case a/DT/6/det house/NN/3/nmod",
        "cat | house | in front of", "cat", "house", "front");

    [Fact]
    public void Conjoined_nouns_share_their_preposition() => Proposes(
        "man/NN/0/root with/IN/3/case dog/NN/1/nmod and/CC/3/cc cat/NN/3/conj",
        "man | dog | with", "man | cat | with", "man", "dog", "cat");

    [Fact]
    public void A_quantity_is_an_attribute_of_what_it_counts() => Proposes(
        "a/DT/2/det couple/NN/0/root of/IN/4/case dogs/NNS/2/nmod",
        "dog | a", "dog", "couple");

    [Fact]
    public void A_pronoun_is_the_first_noun() => Proposes(
        "a/DT/2/det boy/NN/3/nsubj holds/VBZ/0/root his/PRP$/5/nmod:poss hat/NN/3/dobj",
        "boy | hat | hold", "boy | hat | have", "hat", "boy");

    [Fact]
    public void A_sentence_of_no_words_proposes_nothing() => Assert.Empty(SceneGraphTuples.Of(Parsed("")));

    [Fact]
    public void A_single_noun_proposes_itself() => Proposes("dog/NN/0/root", "dog");

    [Theory]
    [InlineData("and/CC/1/cc dog/NN/1/conj")]
    [InlineData("next/JJ/{0}/advmod to/TO/{2}/case")]
    [InlineData("he/PRP/1/nsubj runs/VBZ/1/conj")]
    [InlineData("of/IN/{2}/case lot/NN/{0}/nmod")]
    [InlineData("man/NN/1/nsubj hat/NN/1/dobj")]
    public void Nonsense_of_20000_words_ends_soon(string pattern)
    {
        var words = new List<string> { "dog/NN/0/root" };
        while (words.Count < 20000)
            words.AddRange(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, words.Count, words.Count + 1, words.Count + 2).Split(' '));
        var sentence = Parsed(string.Join(' ', words.Take(20000)));
        for (var i = 0; i < sentence.Length; i++) sentence.Heads[i] = Math.Min(sentence.Heads[i], sentence.Length);
        var clock = Stopwatch.StartNew();
        var graph = new SceneGraph(ConceptIndex.Shipped);
        graph.Add(SceneGraphTuples.Of(sentence));
        SceneComparison.Compare(graph, graph);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public void A_graph_is_all_like_itself()
    {
        string[] tuples = ["dog", "dog | brown", "dog | two", "couch", "dog | on | couch"];
        var count = SpiceTuples.Compare(tuples, tuples);
        Assert.Equal(new(5, 5, 5), count[SpiceCategory.All]);
        Assert.Equal(1, count[SpiceCategory.All].F1);
        Assert.Equal(new(1, 1, 1), count[SpiceCategory.Color]);
        Assert.Equal(new(1, 1, 1), count[SpiceCategory.Cardinality]);
        Assert.Equal(new(0, 0, 0), count[SpiceCategory.Size]);
    }

    [Fact]
    public void Nothing_in_common_and_nothing_at_all_give_0()
    {
        Assert.Equal(0, SpiceTuples.Compare(["dog"], ["table"])[SpiceCategory.All].F1);
        Assert.Equal(0, SpiceTuples.Compare([], ["table"])[SpiceCategory.All].F1);
        Assert.Equal(0, SpiceTuples.Compare([], [])[SpiceCategory.All].F1);
    }

    [Fact]
    public void The_order_of_tuples_does_not_matter_to_their_counts()
    {
        string[] candidate = ["dog", "couch", "dog | brown", "dog | on | couch", "man"];
        string[] references = ["puppy", "dog", "sofa", "dog | on | sofa", "dog | black"];
        var straight = SpiceTuples.Compare(candidate, references);
        var turned = SpiceTuples.Compare(candidate.Reverse(), references.Reverse());
        Assert.All(Enum.GetValues<SpiceCategory>(), c => Assert.Equal(straight[c], turned[c]));
        Assert.Equal(new(1, 1, 1), straight[SpiceCategory.Relation]);
    }

    [Fact]
    public void Synonyms_are_one_object()
    {
        var graph = new SceneGraph(ConceptIndex.Shipped);
        graph.Add([new("photo"), new("picture"), new("picture", "black"), new("photo", "man", "of"), new("picture", "man", "be of")]);
        Assert.Equal(["man", "photo/picture", "photo/picture | black", "photo/picture | of | man"], graph.Tuples.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Words_that_are_not_kept_are_alike_too()
    {
        var concepts = new ConceptIndex(WordNet.Shipped);
        string[] Objects(params string[] words)
        {
            var graph = new SceneGraph(concepts);
            graph.Add([.. words.Select(w => new SpiceTuple(w)), .. words.Select(w => new SpiceTuple(w, w))]);
            Assert.Equal(1, SceneComparison.Compare(graph, SceneGraph.Read(concepts, graph.Tuples))[(int)SpiceCategory.All].F1);
            return [.. graph.Tuples];
        }
        string[] words = ["photo", "xyz", "picture", "xyz", "dog", new('x', 1000), new('x', 1000)];
        var before = Objects(words);
        Assert.Same(concepts["dog"], concepts["dog"]);
        Assert.Equal(["photo/picture", "xyz", "dog", words[^1]], before[..4]);
        for (var i = 0; i < 200_000; i++) _ = concepts[$"w{i}"];
        Assert.InRange(concepts.Kept, 50_000, 70_000);
        Assert.NotSame(concepts["puppy"], concepts["puppy"]);
        Assert.Equal([.. before, "puppy", "puppy | puppy"], [.. before, .. Objects("puppy", "puppy")]);
        Assert.Equal(before, Objects(words));
    }

    [Fact]
    public void What_is_there_already_adds_nothing()
    {
        List<SpiceTuple> tuples = [new("dog"), new("dog", "big"), new("dog", "couch", "on"), new("couch")];
        var graph = new SceneGraph(ConceptIndex.Shipped);
        graph.Add(tuples);
        string[] once = [.. graph.Tuples];
        graph.Add(tuples);
        Assert.Equal(once, graph.Tuples);
    }

    [Theory]
    [InlineData("dog | on | couch", "names 'dog'")]
    [InlineData("a | b | c | d", "4 parts")]
    public void A_tuple_of_another_form_is_an_error(string tuple, string part) =>
        Assert.Contains(part, Assert.Throws<MetricInputException>(() => SpiceTuples.Compare([tuple], [])).Message);

    private static void Proposes(string sentence, params string[] tuples) =>
        Assert.Equal(tuples, SceneGraphTuples.Of(Parsed(sentence)).Select(SpiceGolden.Spell));

    /// <summary>A sentence of words spelled word/tag/head/relation; a plural or an inflected verb gives up its ending as its lemma.</summary>
    private static ParsedSentence Parsed(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Split('/')).ToArray();
        return new(
            [.. words.Select(w => w[0])], [.. words.Select(w => w[1])], [.. words.Select(w => w[1] is "NNS" or "VBZ" ? w[0][..^1] : w[0])],
            [.. words.Select(w => int.Parse(w[2]))], [.. words.Select(w => w[3])]);
    }
}
