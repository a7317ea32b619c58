namespace UnsupClipCap.Metrics;

/// <summary>
/// Numbers for words and n-grams. An n-gram is an edge from the number of its first n - 1 words, so no strings are joined.
/// After <see cref="Freeze"/> it is only read, by any number of threads; what a candidate holds beyond the references
/// gets numbers of that candidate's own.
/// </summary>
internal sealed class NGramIndex
{
    private const int Root = -1;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _edges = [];
    private bool _frozen;

    /// <summary>Number of n-grams known.</summary>
    public int Count => _edges.Count;

    /// <summary>Ends the learning of references.</summary>
    public void Freeze() => _frozen = true;

    public Sentence Read(string[] tokens)
    {
        Dictionary<string, int>? ownWords = _frozen ? null : _words;
        Dictionary<long, int>? ownEdges = _frozen ? null : _edges;

        var ids = new int[tokens.Length];
        var split = false;
        for (var i = 0; i < tokens.Length; i++)
        {
            ids[i] = Word(tokens[i], ref ownWords);
            split |= HasWhiteSpace(tokens[i]);
        }
        var words = ids;
        if (split)
        {
            var parts = new List<int>(tokens.Length + 1);
            for (var i = 0; i < tokens.Length; i++)
            {
                if (!HasWhiteSpace(tokens[i])) parts.Add(ids[i]);
                else
                    foreach (var part in tokens[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) parts.Add(Word(part, ref ownWords));
            }
            words = [.. parts];
        }

        var grams = new int[NGramCount(words.Length)];
        var at = 0;
        for (var i = 0; i < words.Length; i++)
        {
            var node = Root;
            for (var n = 0; n < NGramCounts.MaxN && i + n < words.Length; n++)
            {
                node = Edge(node, words[i + n], ref ownEdges);
                grams[at++] = (node << 2) | n;
            }
        }
        return new(tokens, ids, NGramCounts.Of(grams, words.Length));
    }

    private static bool HasWhiteSpace(string token)
    {
        foreach (var c in token)
            if (char.IsWhiteSpace(c)) return true;
        return false;
    }

    private static int NGramCount(int words)
    {
        var count = 0;
        for (var n = 0; n < NGramCounts.MaxN; n++) count += Math.Max(0, words - n);
        return count;
    }

    private int Word(string word, ref Dictionary<string, int>? own)
    {
        if (_words.TryGetValue(word, out var id)) return id;
        own ??= new(StringComparer.Ordinal);
        if (own.TryGetValue(word, out id)) return id;
        id = ReferenceEquals(own, _words) ? own.Count : _words.Count + own.Count;
        own.Add(word, id);
        return id;
    }

    private int Edge(int node, int word, ref Dictionary<long, int>? own)
    {
        var key = ((long)node << 32) | (uint)word;
        if (_edges.TryGetValue(key, out var id)) return id;
        own ??= [];
        if (own.TryGetValue(key, out id)) return id;
        id = ReferenceEquals(own, _edges) ? own.Count : _edges.Count + own.Count;
        own.Add(key, id);
        return id;
    }
}
