using System.Runtime.CompilerServices;

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
    private readonly List<string> _spellings = [];
    private readonly NumberTable _edges = new(1 << 12);
    private bool _frozen;

    /// <summary>Number of n-grams known.</summary>
    public int Count => _edges.Count;

    /// <summary>Ends the learning of references.</summary>
    public void Freeze() => _frozen = true;

    /// <summary>
    /// The numbers of a sentence's words and n-grams, the latter in the order of the text. Of equal words one string is kept:
    /// <paramref name="tokens"/> afterwards holds those of the references.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public NumberedSentence Number(string[] tokens)
    {
        Dictionary<string, int>? ownWords = null;
        var ids = new int[tokens.Length];
        var split = false;
        for (var i = 0; i < tokens.Length; i++)
        {
            ids[i] = Word(tokens[i], ref ownWords);
            if (ids[i] < _spellings.Count) tokens[i] = _spellings[ids[i]];
            split |= HasWhiteSpace(tokens[i]);
        }
        var words = split ? Split(tokens, ids, ref ownWords) : ids;

        var grams = new int[NGramCount(words.Length)];
        var own = _frozen ? null : _edges;
        var at = 0;
        for (var i = 0; i < words.Length; i++)
        {
            var node = Root;
            for (var n = 0; n < NGramCounts.MaxN && i + n < words.Length; n++)
            {
                node = Edge(((long)node << 32) | (uint)words[i + n], ref own);
                grams[at++] = (node << 2) | n;
            }
        }
        return new(tokens, ids, grams, words.Length);
    }

    private int[] Split(string[] tokens, int[] ids, ref Dictionary<string, int>? own)
    {
        var parts = new List<int>(tokens.Length + 1);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!HasWhiteSpace(tokens[i])) parts.Add(ids[i]);
            else
                foreach (var part in tokens[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) parts.Add(Word(part, ref own));
        }
        return [.. parts];
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
        if (!_frozen)
        {
            _words.Add(word, _spellings.Count);
            _spellings.Add(word);
            return _spellings.Count - 1;
        }
        own ??= new(StringComparer.Ordinal);
        if (own.TryGetValue(word, out id)) return id;
        id = _words.Count + own.Count;
        own.Add(word, id);
        return id;
    }

    private int Edge(long key, ref NumberTable? own)
    {
        if (own == _edges) return own.Number(key, 0);
        var id = _edges.Find(key);
        return id >= 0 ? id : (own ??= new()).Number(key, _edges.Count);
    }
}

/// <summary>A tokenised caption whose words and n-grams have numbers, not yet sorted and counted.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="TokenIds">A number for each token.</param>
/// <param name="NGrams">A number for each n-gram, in the order of the text.</param>
/// <param name="Words">Number of words that the n-grams run over.</param>
internal readonly record struct NumberedSentence(string[] Tokens, int[] TokenIds, int[] NGrams, int Words)
{
    /// <summary>The sentence with its n-grams counted. Takes over <see cref="NGrams"/>.</summary>
    public Sentence Count() => new(Tokens, TokenIds, NGramCounts.Of(NGrams, Words));
}
