using System.Runtime.InteropServices;

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

    private const int Modules = 3;                          // that match single words; the paraphrases' comes after them

    private readonly List<MeteorMatch>?[] _at;
    private readonly int[] _covers, _referenceCovers;       // how many matches a word is in
    private readonly int[] _firstFrom;                      // the reference's words + 1

    public MeteorMatches(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var (mine, theirs) = (candidate.Words, reference.Words);
        _at = new List<MeteorMatch>?[theirs.Length];
        (_covers, _referenceCovers) = (new int[mine.Length], new int[theirs.Length]);
        for (var module = 0; module < Modules; module++)
            for (var i = 0; i < mine.Length; i++)
                for (var (j, to) = Reach(i); j < to; j++)
                    if (Match(module, mine[i], theirs[j])) Add(new(i, 1, j, 1, module));
        if (table is not null)
        {
            AddParaphrases((phrase, other) => table.Has(other, phrase));
            AddParaphrases(table.Has);
        }
        _firstFrom = new int[theirs.Length + 1];
        _firstFrom[^1] = mine.Length;
        for (var j = theirs.Length - 1; j >= 0; j--)
        {
            _firstFrom[j] = _firstFrom[j + 1];
            foreach (var match in this[j]) _firstFrom[j] = Math.Min(_firstFrom[j], match.Start);
        }

        (int From, int To) Reach(int i)
        {
            if ((long)mine.Length * theirs.Length <= MostPairs) return (0, theirs.Length);
            var reach = Math.Max(1, MostPairs / (2 * mine.Length));
            var place = (int)((long)i * theirs.Length / mine.Length);
            return (Math.Max(0, place - reach), Math.Min(theirs.Length, place + reach));
        }

        // A pair that the table has both ways is two matches.
        void AddParaphrases(Func<int, int, bool> has)
        {
            for (var i = 0; i < mine.Length; i++)
                foreach (var (length, phrase) in candidate.PhrasesAt(i))
                    for (var (j, to) = Reach(i); j < to; j++)
                        foreach (var (referenceLength, other) in reference.PhrasesAt(j))
                            if (phrase != other && has(phrase, other)) Add(new(i, length, j, referenceLength, Modules));
        }
    }

    /// <summary>
    /// The matches that begin at a word of the reference; in the order of the modules (paraphrases of the reference's phrases before those of the candidate's), then of the
    /// candidate, then the shortest first.
    /// </summary>
    public ReadOnlySpan<MeteorMatch> this[int word] => CollectionsMarshal.AsSpan(_at[word]);

    /// <summary>The first word of the candidate that is in a match of this word of the reference or a later one; as many as there are words if there is none.</summary>
    public int FirstFrom(int word) => _firstFrom[word];

    /// <summary>Whether the words of a match, in both sentences, are in no other.</summary>
    public bool IsSole(MeteorMatch match)
    {
        for (var i = match.Start; i < match.Start + match.Length; i++)
            if (_covers[i] > 1) return false;
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++)
            if (_referenceCovers[j] > 1) return false;
        return true;
    }

    private static bool Match(int module, MeteorWord mine, MeteorWord theirs) => module switch
    {
        0 => ReferenceEquals(mine, theirs),
        1 => !ReferenceEquals(mine, theirs) && ReferenceEquals(mine.Stem, theirs.Stem),
        _ => !ReferenceEquals(mine, theirs) && mine.SharesSynset(theirs),
    };

    private void Add(MeteorMatch match)
    {
        (_at[match.ReferenceStart] ??= []).Add(match);
        for (var i = match.Start; i < match.Start + match.Length; i++) _covers[i]++;
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++) _referenceCovers[j]++;
    }
}
