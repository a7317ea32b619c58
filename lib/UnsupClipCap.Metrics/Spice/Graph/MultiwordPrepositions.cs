using System.Collections.Frozen;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Prepositions of two and three words ("next to", "in front of"), of which the tree makes heads: the noun after them takes their place,
/// and they become its preposition. Which are taken so, and in which of the three forms, is learnt from the original's graphs; those too rare to
/// show there are common English ones.
/// </summary>
internal static class MultiwordPrepositions
{
    // Those whose first word the noun may hang from, and those whose words both hang from the noun.
    private static readonly FrozenDictionary<string, string[]> Heads = Grouped(
        "away from", "close by", "close to", "contrary to", "far from", "near to", "next to", "out of", "outside of", "pursuant to", "regardless of");

    private static readonly FrozenDictionary<string, string[]> Modifiers = Grouped(
        "according to", "across from", "along with", "alongside of", "apart from", "as for", "as from", "as of", "as per", "aside from", "based on",
        "because of", "close to", "compared to", "compared with", "depending on", "due to", "except for", "far from", "followed by", "inside of",
        "instead of", "near to", "next to", "off of", "out of", "outside of", "owing to", "such as", "thanks to", "together with");

    private static readonly FrozenDictionary<string, string[]> OfThreeWords = Grouped(
        "by means of", "in accordance with", "in addition to", "in case of", "in front of", "in lieu of", "in place of", "in spite of",
        "on account of", "on behalf of", "on top of", "with regard to", "with respect to");

    /// <summary>Turns them from heads into prepositions.</summary>
    public static void Collapse(DependencyGraph graph)
    {
        var words = graph.Sentence.Words;
        for (var i = 0; i + 1 < words.Length && !graph.IsFull; i++)
        {
            if (i + 2 < words.Length && OfThreeWords.TryGetValue(words[i], out var rest) && FollowsAny(words, i + 1, rest)) OfThree(graph, i + 1);
            else if (Heads.TryGetValue(words[i], out rest) && rest.Contains(words[i + 1]) && Head(graph, i + 1)) continue;
            else if (Modifiers.TryGetValue(words[i], out rest) && rest.Contains(words[i + 1])) Modifier(graph, i + 1);
        }
    }

    private static FrozenDictionary<string, string[]> Grouped(params string[] prepositions) => prepositions
        .Select(p => p.Split(' ', 2))
        .GroupBy(p => p[0], p => p[1])
        .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static bool FollowsAny(string[] words, int at, string[] pairs)
    {
        foreach (var two in pairs)
        {
            var space = two.IndexOf(' ');
            if (two.AsSpan(0, space).SequenceEqual(words[at]) && two.AsSpan(space + 1).SequenceEqual(words[at + 1])) return true;
        }
        return false;
    }

    /// <summary>"in", the preposition of "front", to which the noun hangs by "of".</summary>
    private static void OfThree(DependencyGraph graph, int first)
    {
        var ofMiddle = EdgeTo(graph, first, first + 1);
        if (ofMiddle < 0 || graph[ofMiddle].Relation != Relation.Case) return;
        for (var n = graph.FirstOut(first + 1); n >= 0; n = graph.NextOut(n))
        {
            var noun = graph[n].Dependent;
            var ofLast = EdgeTo(graph, first + 2, noun);
            if (graph[n].Relation != Relation.Nmod || ofLast < 0 || graph[ofLast].Relation != Relation.Case) continue;
            graph.Remove(ofMiddle);
            graph.Remove(ofLast);
            TakePlace(graph, n, asNoun: false);
            graph.Add(noun, first, Relation.Case);
            graph.Add(first, first + 1, Relation.Mwe);
            graph.Add(first, first + 2, Relation.Mwe);
            return;
        }
    }

    /// <summary>"next", to which the noun hangs by "to".</summary>
    private static bool Head(DependencyGraph graph, int first)
    {
        for (var n = graph.FirstOut(first); n >= 0; n = graph.NextOut(n))
        {
            var noun = graph[n].Dependent;
            var ofLast = EdgeTo(graph, first + 1, noun);
            if (graph[n].Relation != Relation.Nmod || ofLast < 0 || graph[ofLast].Relation != Relation.Case) continue;
            graph.Remove(ofLast);
            TakePlace(graph, n, asNoun: true);
            graph.Add(noun, first, Relation.Case);
            graph.Add(first, first + 1, Relation.Mwe);
            return true;
        }
        return false;
    }

    /// <summary>"next", which hangs from the noun beside "to".</summary>
    private static void Modifier(DependencyGraph graph, int first)
    {
        if (graph.FirstOut(first) >= 0) return;
        for (var e = graph.FirstIn(first); e >= 0; e = graph.NextIn(e))
        {
            var ofLast = EdgeTo(graph, first + 1, graph[e].Head);
            if (graph[e].Relation is not (Relation.Case or Relation.Advmod) || ofLast < 0 || graph[ofLast].Relation != Relation.Case) continue;
            graph.Remove(ofLast);
            graph.Rename(e, Relation.Case, null);
            graph.Add(first, first + 1, Relation.Mwe);
            return;
        }
    }

    /// <summary>The dependent of an edge takes its head's place among the head's heads and dependents; as a noun, where the head was an adverb.</summary>
    private static void TakePlace(DependencyGraph graph, int edge, bool asNoun)
    {
        var (head, noun) = (graph[edge].Head, graph[edge].Dependent);
        graph.Remove(edge);
        for (var e = graph.FirstIn(head); e >= 0; e = graph.NextIn(e))
        {
            var stays = !asNoun || graph[e].Relation is Relation.Root or Relation.AclRelcl or Relation.Advcl or Relation.Ccomp;
            var relation = stays ? graph[e].Relation : Relation.Nmod;
            graph.Add(graph[e].Head, noun, relation, graph[e].Link);
            graph.Remove(e);
        }
        for (var e = graph.FirstOut(head); e >= 0; e = graph.NextOut(e))
        {
            graph.Add(noun, graph[e].Dependent, graph[e].Relation, graph[e].Link);
            graph.Remove(e);
        }
    }

    private static int EdgeTo(DependencyGraph graph, int dependent, int head)
    {
        for (var e = graph.FirstIn(dependent); e >= 0; e = graph.NextIn(e))
            if (graph[e].Head == head) return e;
        return -1;
    }
}
