namespace UnsupClipCap.Metrics;

/// <summary>
/// Conjunctions: what is conjoined shares its heads, and conjoined predicates their subject ("collapsed dependencies with propagation of
/// conjunct dependencies" of the Stanford typed dependencies manual).
/// </summary>
internal static class Conjunctions
{
    /// <summary>Gives each conjunct its conjunction ("conj:and").</summary>
    public static void Name(DependencyGraph graph)
    {
        for (var node = 1; node <= graph.NodeCount; node++)
            for (var e = graph.FirstOut(node); e >= 0; e = graph.NextOut(e))
                if (graph[e] is { Relation: Relation.Conj, Link: null }) graph.Rename(e, Relation.Conj, Conjunction(graph, e));
    }

    /// <summary>
    /// "On the floor and by the wall": a conjunct with a preposition of its own, or a preposition conjoined with another, hangs from a copy
    /// of the head.
    /// </summary>
    public static void CopyHeads(DependencyGraph graph)
    {
        var edges = graph.EdgeCount;
        for (var c = 0; c < edges && !graph.IsFull; c++)
        {
            if (graph[c].Relation != Relation.Conj) continue;
            var (first, other) = (graph[c].Head, graph[c].Dependent);
            var phrase = OfPhrase(graph, first);
            if (phrase >= 0 && graph.Has(first, Relation.Case) && graph.Has(other, Relation.Case)) ConjoinedPhrases(graph, c, phrase);
            else if (Find(graph, first, Relation.Case) is var noun and > 0 && OfPhrase(graph, noun) is var of and >= 0) ConjoinedPrepositions(graph, c, of);
        }
    }

    /// <summary>Hands heads and subjects on.</summary>
    public static void Propagate(DependencyGraph graph)
    {
        var edges = graph.EdgeCount;
        for (var node = 1; node <= graph.NodeCount; node++)
            for (var c = graph.FirstOut(node); c >= 0 && c < edges && !graph.IsFull; c = graph.NextOut(c))
                if (graph[c] is { Relation: Relation.Conj, Link: not null }) Share(graph, node, graph[c].Dependent, edges);
    }

    private static void ConjoinedPhrases(DependencyGraph graph, int conjunct, int phrase)
    {
        if (Conjunction(graph, conjunct) is not { } word) return;
        var (first, other) = (graph[conjunct].Head, graph[conjunct].Dependent);
        var (head, relation) = (graph[phrase].Head, graph[phrase].Relation);
        graph.Remove(conjunct);
        graph.Add(Copy(graph, head, word), other, relation);
        for (var e = graph.FirstOut(first); e >= 0; e = graph.NextOut(e))
        {
            if (graph[e].Relation != Relation.Cc) continue;
            graph.Add(head, graph[e].Dependent, Relation.Cc);
            graph.Remove(e);
        }
    }

    private static void ConjoinedPrepositions(DependencyGraph graph, int conjunct, int phrase)
    {
        if (Conjunction(graph, conjunct) is not { } word) return;
        var (head, noun, relation) = (graph[phrase].Head, graph[phrase].Dependent, graph[phrase].Relation);
        graph.Add(Copy(graph, head, word), noun, relation, graph.Word(graph[conjunct].Dependent));
    }

    private static int Copy(DependencyGraph graph, int head, string word)
    {
        var copy = graph.Copy(head);
        graph.Add(head, copy, Relation.Conj, word);
        return copy;
    }

    private static int OfPhrase(DependencyGraph graph, int noun)
    {
        for (var e = graph.FirstIn(noun); e >= 0; e = graph.NextIn(e))
            if (graph[e].Relation is Relation.Nmod or Relation.Acl or Relation.Advcl) return e;
        return -1;
    }

    /// <summary>The head of which a node is a dependent of a relation, or 0.</summary>
    private static int Find(DependencyGraph graph, int node, Relation relation)
    {
        for (var e = graph.FirstIn(node); e >= 0; e = graph.NextIn(e))
            if (graph[e].Relation == relation) return graph[e].Head;
        return 0;
    }

    /// <summary>The conjunction of a conjunct: the last one before it, or else the first after it; null where there is none.</summary>
    private static string? Conjunction(DependencyGraph graph, int conjunct)
    {
        string? word = null;
        for (var e = graph.FirstOut(graph[conjunct].Head); e >= 0; e = graph.NextOut(e))
        {
            if (graph[e].Relation != Relation.Cc) continue;
            if (word is not null && graph[e].Dependent > graph[conjunct].Dependent) break;
            word = graph.Word(graph[e].Dependent) switch
            {
                "as" when graph.Has(graph[e].Dependent, Relation.Mwe) => "and",
                "instead" or "not" => "negcc",
                var other => other,
            };
        }
        return word;
    }

    /// <summary>Only what the words had before anything was shared is shared: what was added after the first edges is passed over.</summary>
    private static void Share(DependencyGraph graph, int first, int other, int edges)
    {
        for (var e = graph.FirstIn(first); e >= 0 && e < edges; e = graph.NextIn(e))
        {
            var (head, relation, link) = (graph[e].Head, graph[e].Relation, graph[e].Link);
            if (relation is not (Relation.Root or Relation.Case) && head != other) graph.Add(head, other, relation, link);
        }
        if (!graph.IsVerb(other) && !graph.IsAdjective(other)) return;
        if (graph.Has(other, Relation.Nsubj) || graph.Has(other, Relation.Nsubjpass) || graph.Has(other, Relation.Csubj)) return;
        var passive = graph.Has(other, Relation.Auxpass);
        var participle = graph.Tag(other) is "VBN" or "VBG" or "VBD" or "VB";
        for (var e = graph.FirstOut(first); e >= 0 && e < edges; e = graph.NextOut(e))
        {
            if (graph[e].Relation is not (Relation.Nsubj or Relation.Nsubjpass)) continue;
            var stays = passive || (graph[e].Relation == Relation.Nsubjpass && participle);
            graph.Add(other, graph[e].Dependent, stays ? Relation.Nsubjpass : Relation.Nsubj);
        }
    }
}
