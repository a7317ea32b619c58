namespace UnsupClipCap.Metrics;

/// <summary>
/// Pronouns, as SPICE resolves them: the first noun met from the root, level by level, takes the place of each later pronoun; for a
/// singular pronoun, the first singular noun. Where that noun does not precede it, the pronoun stays.
/// </summary>
internal static class Pronouns
{
    /// <summary>Replaces the pronouns of a graph, from left to right. A first word stays what it is.</summary>
    public static void Resolve(DependencyGraph graph)
    {
        bool anySingular = true, any = true;
        for (var node = 2; node <= graph.Sentence.Length && !graph.IsFull; node++)
        {
            if (!graph.IsPronoun(node)) continue;
            var singular = IsSingular(graph.Word(node));
            if (!(singular ? anySingular : any)) continue;
            var noun = First(graph, singular);
            if (noun > 0 && graph.Position(noun) < node && !IsRoot(graph, node)) Replace(graph, node, noun);
            else if (noun == 0 && singular) anySingular = false;
            else if (noun == 0) any = false;
        }
    }

    private static bool IsRoot(DependencyGraph graph, int node)
    {
        for (var e = graph.FirstIn(node); e >= 0; e = graph.NextIn(e))
            if (graph[e].Head == 0) return true;
        return false;
    }

    private static bool IsSingular(string pronoun) =>
        pronoun is "he" or "she" or "it" or "him" or "her" or "his" or "hers" or "its" or "himself" or "herself" or "itself" or "i" or "me" or "my" or "myself" or "one";

    private static int First(DependencyGraph graph, bool singular)
    {
        var seen = new bool[graph.NodeCount + 1];
        var queue = new List<int> { 0 };
        for (var at = 0; at < queue.Count; at++)
        {
            var node = queue[at];
            if (node > 0 && graph.IsNoun(node) && (!singular || !graph.Tag(node).EndsWith('S'))) return node;
            var start = queue.Count;
            for (var e = graph.FirstOut(node); e >= 0; e = graph.NextOut(e))
            {
                var next = graph[e].Dependent;
                if (seen[next]) continue;
                seen[next] = true;
                queue.Add(next);
            }
            queue.Sort(start, queue.Count - start, null);
        }
        return 0;
    }

    private static void Replace(DependencyGraph graph, int pronoun, int noun)
    {
        for (var e = graph.FirstIn(pronoun); e >= 0; e = graph.NextIn(e))
        {
            graph.Add(graph[e].Head, noun, graph[e].Relation, graph[e].Link);
            graph.Remove(e);
        }
        for (var e = graph.FirstOut(pronoun); e >= 0; e = graph.NextOut(e))
        {
            graph.Add(noun, graph[e].Dependent, graph[e].Relation, graph[e].Link);
            graph.Remove(e);
        }
    }
}
