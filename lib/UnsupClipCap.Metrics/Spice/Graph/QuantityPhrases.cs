using System.Collections.Frozen;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Quantities said with a noun: in "a couple of dogs" SPICE takes the dogs for the head, and the words before them for one quantity of
/// them: the first word, with the others tied to it. The commoner words of the lists are borne out by the original's graphs, the rarer ones are not.
/// </summary>
internal static class QuantityPhrases
{
    // "a lot of": these need an article.
    private static readonly FrozenSet<string> WithArticle = FrozenSet.Create(StringComparer.Ordinal,
        "array", "assortment", "bit", "bunch", "couple", "dozen", "form", "handful", "heap", "kind", "lot", "mountain", "multitude", "number",
        "pair", "plethora", "range", "series", "slew", "sort", "string", "ton", "triple", "type", "variety", "version", "wad", "wave");

    // "lots of": these stand alone.
    private static readonly FrozenSet<string> Alone = FrozenSet.Create(StringComparer.Ordinal,
        "billions", "dozens", "hundreds", "loads", "lots", "many", "millions", "mountains", "multitudes", "pairs", "plenty", "several", "tens",
        "thousands", "tons", "trillions");

    // "one of the", "some of them": these need the noun to be determined, or a pronoun.
    private static readonly FrozenSet<string> OfSome = FrozenSet.Create(StringComparer.Ordinal,
        "all", "both", "eight", "everyone", "five", "four", "hundred", "million", "neither", "nine", "nobody", "one", "seven", "six", "some", "ten",
        "thousand", "three", "two");

    /// <summary>Folds the quantities of a graph, from left to right, so that "a couple of pairs of scissors" folds twice.</summary>
    public static void Fold(DependencyGraph graph)
    {
        for (var position = 2; position < graph.Sentence.Length; position++)
        {
            if (graph.Sentence.Words[position - 1] != "of") continue;
            var quantity = position - 1;
            for (var e = graph.FirstOut(quantity); e >= 0; e = graph.NextOut(e))
            {
                if (graph[e].Relation != Relation.Nmod) continue;
                var preposition = CaseAt(graph, graph[e].Dependent, position);
                var start = preposition < 0 ? -1 : Start(graph, quantity, graph[e].Dependent);
                if (start < 0) continue;
                Fold(graph, quantity, e, preposition, start);
                break;
            }
        }
    }

    private static int CaseAt(DependencyGraph graph, int noun, int position)
    {
        for (var e = graph.FirstOut(noun); e >= 0; e = graph.NextOut(e))
            if (graph[e].Relation == Relation.Case && graph[e].Dependent == position) return e;
        return -1;
    }

    /// <summary>The position from which words before a quantity belong to it, or -1 where it is none.</summary>
    private static int Start(DependencyGraph graph, int quantity, int noun)
    {
        var word = graph.Word(quantity);
        if (!graph.IsNoun(noun)) return graph.IsPronoun(noun) && (word == "many" || OfSome.Contains(word)) ? 0 : -1;
        if (WithArticle.Contains(word))
        {
            var article = graph.Find(quantity, Relation.Det);
            return article >= 0 && graph.Word(graph[article].Dependent) is "a" or "an" ? graph[article].Dependent : -1;
        }
        return Alone.Contains(word) || (OfSome.Contains(word) && graph.Has(noun, Relation.Det)) ? 0 : -1;
    }

    private static void Fold(DependencyGraph graph, int quantity, int ofNoun, int ofCase, int start)
    {
        var noun = graph[ofNoun].Dependent;
        var preposition = graph[ofCase].Dependent;
        graph.Remove(ofNoun);
        graph.Remove(ofCase);
        MoveHead(graph, quantity, noun);

        var first = quantity;
        var before = new List<int>();
        for (var e = graph.FirstOut(quantity); e >= 0; e = graph.NextOut(e))
        {
            var word = graph[e].Dependent;
            if (graph.Position(word) >= quantity || graph.Position(word) < start || (start > 0 && graph[e].Relation == Relation.Advmod)) continue;
            graph.Remove(e);
            if (graph.Position(word) < graph.Position(first)) first = word;
            before.Add(word);
        }
        graph.Add(noun, first, Relation.Quantity);
        foreach (var word in before)
            if (word != first) graph.Add(first, word, Relation.Mwe);
        if (quantity != first) graph.Add(first, quantity, Relation.Mwe);
        graph.Add(first, preposition, Relation.Mwe);
    }

    /// <summary>The noun takes the quantity's place below the first of its heads; the other heads are forgotten.</summary>
    private static void MoveHead(DependencyGraph graph, int quantity, int noun)
    {
        var first = -1;
        for (var e = graph.FirstIn(quantity); e >= 0; e = graph.NextIn(e))
            if (first < 0 || graph[e].Head < graph[first].Head) first = e;
        if (first < 0) return;
        var (head, relation, link) = (graph[first].Head, graph[first].Relation, graph[first].Link);
        for (var e = graph.FirstIn(quantity); e >= 0; e = graph.NextIn(e)) graph.Remove(e);
        graph.Add(head, noun, relation, link);
    }
}
