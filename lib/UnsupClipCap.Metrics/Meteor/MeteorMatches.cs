namespace UnsupClipCap.Metrics;

/// <summary>A match of METEOR: words of the candidate with words of the reference.</summary>
/// <param name="Start">First word in the candidate.</param>
/// <param name="Length">Words there; 1 but for paraphrases.</param>
/// <param name="ReferenceStart">First word in the reference.</param>
/// <param name="ReferenceLength">Words there.</param>
/// <param name="Module">Which module found it: 0 exact, 1 stem, 2 synonym, 3 paraphrase.</param>
internal readonly record struct MeteorMatch(int Start, int Length, int ReferenceStart, int ReferenceLength, int Module)
{
    /// <summary>Whether this match goes on, in both sentences, where another ends.</summary>
    public bool Continues(MeteorMatch other) => Start == other.Start + other.Length && ReferenceStart == other.ReferenceStart + other.ReferenceLength;
}

/// <summary>All matches of two sentences by all modules. Words that are the same match exactly and in no other way; others can match by several modules at once.</summary>
internal sealed class MeteorMatches
{
    // Beyond this many pairs of words, only words at like places of their sentences are compared: captions of a thousand words and more on both sides.
    private const int MostPairs = 1_000_000;

    private readonly List<MeteorMatch>?[] _at;
    private readonly int[] _covers, _referenceCovers;       // how many matches a word is in

    public MeteorMatches(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var (mine, theirs) = (candidate.Words, reference.Words);
        _at = new List<MeteorMatch>?[theirs.Length];
        (_covers, _referenceCovers) = (new int[mine.Length], new int[theirs.Length]);
        var all = (long)mine.Length * theirs.Length <= MostPairs;
        var reach = all ? theirs.Length : Math.Max(1, MostPairs / (2 * mine.Length));
        for (var i = 0; i < mine.Length; i++)
        {
            var place = all ? 0 : (int)((long)i * theirs.Length / mine.Length);
            int from = Math.Max(0, place - reach), to = Math.Min(theirs.Length, place + reach);
            for (var j = from; j < to; j++)
            {
                if (ReferenceEquals(mine[i], theirs[j]))
                {
                    Add(new(i, 1, j, 1, 0));
                    continue;
                }
                if (ReferenceEquals(mine[i].Stem, theirs[j].Stem)) Add(new(i, 1, j, 1, 1));
                if (mine[i].SharesSynset(theirs[j])) Add(new(i, 1, j, 1, 2));
            }
            if (table is not null) AddParaphrases(candidate, reference, table, i, from, to);
        }
    }

    /// <summary>The matches that begin at a word of the reference, or null; in the order of the candidate, then of the modules, then the shortest of the candidate and the longest of the reference first.</summary>
    public IReadOnlyList<MeteorMatch>? this[int word] => _at[word];

    /// <summary>Whether the words of a match, in both sentences, are in no other.</summary>
    public bool IsSole(MeteorMatch match)
    {
        for (var i = match.Start; i < match.Start + match.Length; i++)
            if (_covers[i] > 1) return false;
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++)
            if (_referenceCovers[j] > 1) return false;
        return true;
    }

    // A pair that the table has both ways is two matches.
    private void AddParaphrases(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable table, int i, int from, int to)
    {
        foreach (var (length, phrase) in candidate.PhrasesAt(i).Reverse())
            for (var j = from; j < to; j++)
                foreach (var (referenceLength, other) in reference.PhrasesAt(j))
                {
                    if (phrase == other) continue;
                    if (table.Has(phrase, other)) Add(new(i, length, j, referenceLength, 3));
                    if (table.Has(other, phrase)) Add(new(i, length, j, referenceLength, 3));
                }
    }

    private void Add(MeteorMatch match)
    {
        (_at[match.ReferenceStart] ??= []).Add(match);
        for (var i = match.Start; i < match.Start + match.Length; i++) _covers[i]++;
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++) _referenceCovers[j]++;
    }
}
