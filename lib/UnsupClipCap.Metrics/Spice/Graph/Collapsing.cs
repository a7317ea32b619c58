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
                if (graph[e].Relation is not (Relation.Nmod or Relation.Acl or Relation.Advcl)) continue;
                if (graph[e].Relation == Relation.Nmod && preposition == "by" && graph.Has(graph[e].Head, Relation.Auxpass)) graph.Rename(e, Relation.NmodAgent, null);
                else graph.Rename(e, graph[e].Relation, preposition);
            }
        }
    }

    private static string? Preposition(DependencyGraph graph, int node)
    {
        var last = 0;
        for (var e = graph.FirstOut(node); e >= 0; e = graph.NextOut(e))
            if (graph[e].Relation == Relation.Case && graph[e].Dependent > last) last = graph[e].Dependent;
        if (last == 0) return null;
        var words = graph.Word(last);
        for (var e = graph.FirstOut(last); e >= 0; e = graph.NextOut(e))
            if (graph[e].Relation == Relation.Mwe) words = $"{words} {graph.Word(graph[e].Dependent)}";
        return words;
    }
}
