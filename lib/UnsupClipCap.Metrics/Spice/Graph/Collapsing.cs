namespace UnsupClipCap.Metrics;

internal static class Collapsing
{
    public static DependencyGraph Collapse(ParsedSentence sentence)
    {
        var graph = new DependencyGraph(sentence);
        for (var i = 0; i < sentence.Length; i++)
        {
            var (r, l) = RelationNames.Parse(sentence.Relations[i]);
            graph.Add(sentence.Heads[i], i + 1, r, l);
        }
        return graph;
    }
}
