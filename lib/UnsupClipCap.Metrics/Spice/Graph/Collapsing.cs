namespace UnsupClipCap.Metrics;

/// <summary>
/// From the parser's tree to the graph that SPICE reads: the "collapsed dependencies with propagation of conjunct dependencies" of the
/// Stanford typed dependencies manual, in the relations of 2014.
/// </summary>
internal static class Collapsing
{
    /// <summary>The graph of a sentence.</summary>
    public static DependencyGraph Collapse(ParsedSentence sentence)
    {
        var graph = new DependencyGraph(sentence);
        for (var i = 0; i < sentence.Length; i++) graph.Add(sentence.Heads[i], i + 1, RelationNames.Parse(sentence.Relations[i]).Relation);
        MultiwordPrepositions.Collapse(graph);
        Conjunctions.CopyHeads(graph);
        NamePrepositions(graph);
        Conjunctions.Name(graph);
        Conjunctions.Propagate(graph);
        return graph;
    }

    /// <summary>Folds prepositions into the relations they make: "nmod:in", and "nmod:agent" for "by" after a passive.</summary>
    private static void NamePrepositions(DependencyGraph graph)
    {
        for (var node = 1; node <= graph.NodeCount; node++)
        {
            var preposition = Preposition(graph, node);
            if (preposition is null) continue;
            for (var e = graph.FirstIn(node); e >= 0; e = graph.NextIn(e))
            {
                if (graph[e].Link is not null || graph[e].Relation is not (Relation.Nmod or Relation.Acl or Relation.Advcl)) continue;
                var agent = graph[e].Relation == Relation.Nmod && preposition == "by" && graph.Has(graph[e].Head, Relation.Auxpass);
                graph.Rename(e, agent ? Relation.NmodAgent : graph[e].Relation, agent ? null : preposition);
            }
        }
    }

    /// <summary>The preposition of a word: one of several words if there is one, else the last.</summary>
    private static string? Preposition(DependencyGraph graph, int node)
    {
        var chosen = 0;
        var several = false;
        for (var e = graph.FirstOut(node); e >= 0; e = graph.NextOut(e))
        {
            if (graph[e].Relation != Relation.Case) continue;
            var joined = graph.Has(graph[e].Dependent, Relation.Mwe);
            if (joined == several ? graph[e].Dependent < chosen : several) continue;
            (chosen, several) = (graph[e].Dependent, joined);
        }
        if (chosen == 0) return null;
        var words = graph.Word(chosen);
        if (several)
            for (var e = graph.FirstOut(chosen); e >= 0; e = graph.NextOut(e))
                if (graph[e].Relation == Relation.Mwe) words = $"{words} {graph.Word(graph[e].Dependent)}";
        return words;
    }
}
