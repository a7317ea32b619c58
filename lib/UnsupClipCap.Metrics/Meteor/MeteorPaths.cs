namespace UnsupClipCap.Metrics;

/// <summary>The beam of METEOR's search: the best parts of an alignment so far, the best first.</summary>
/// <remarks>
/// Which words of the candidate a path uses is written down for the paths of the beam alone, in room that is used again at every second word of the reference. A path keeps no more than
/// its last match and those before it, which most paths have in common; so memory grows as the sentences do, not as their product.
/// </remarks>
internal sealed class MeteorPaths
{
    private const int Most = 40;

    // What a match of a module covers of so many words: see MeteorAligner.
    private static readonly int[][] Covers = [.. Meteor.Weights.Select(w => Enumerable.Range(0, ParaphraseTable.LongestPhrase + 1).Select(n => (int)(w * n + 1e-9)).ToArray())];

    private readonly int _width;                // 64-bit parts that hold a bit for each word of the candidate
    private Path[] _paths = new Path[Most], _next = new Path[Most];
    private ulong[] _used, _nextUsed;           // for each path the words of the candidate that its matches hold
    private int _count = 1, _nextCount, _written;

    private struct Path
    {
        public Taken? Last;
        public bool IsOpen;                     // no word of the reference was passed over since the last match
        public int Next, Covered, Distance;     // Next: the first word of the reference that is not decided
        public int Ended;                       // chunks, without the one that the next match may still continue
        public int Before;                      // the place, in the beam before, of the path that this one goes on from

        /// <summary>All chunks.</summary>
        public readonly int Chunks => Ended + (IsOpen ? 1 : 0);
    }

    private sealed record Taken(MeteorMatch Match, Taken? Before);

    public MeteorPaths(int words)
    {
        _width = (words + 63) / 64;
        (_used, _nextUsed) = (new ulong[Most * _width], new ulong[Most * _width]);
    }

    /// <summary>The matches of the best path, in the order of the reference, and its chunks.</summary>
    public (List<MeteorMatch> Matches, int Chunks) Best
    {
        get
        {
            var matches = new List<MeteorMatch>();
            for (var taken = _paths[0].Last; taken is not null; taken = taken.Before) matches.Add(taken.Match);
            matches.Reverse();
            return (matches, _paths[0].Chunks);
        }
    }

    /// <summary>Goes over a word of the reference: a path takes one of the matches that begin there or passes the word over, and the best of all stay.</summary>
    /// <param name="word">The word.</param>
    /// <param name="here">Its matches.</param>
    /// <param name="isGiven">Whether these are one that every path takes.</param>
    /// <param name="needed">The first word of the candidate that a match further on holds; those before need not be known any more.</param>
    /// <param name="isLast">Whether no word follows, so that the last chunk counts too.</param>
    public void GoOver(int word, ReadOnlySpan<MeteorMatch> here, bool isGiven, int needed, bool isLast)
    {
        _nextCount = 0;
        for (var p = 0; p < _count; p++)
        {
            ref readonly var path = ref _paths[p];
            var used = _used.AsSpan(p * _width, _width);
            var next = path with { Before = p };
            if (path.Next <= word)
            {
                foreach (ref readonly var match in here)
                {
                    if (!isGiven && !IsFree(match, used)) continue;
                    Take(next, match, isLast);
                    next.Distance += Math.Abs(match.Start - match.ReferenceStart);      // counts in those tried later, not in the one that took it
                }
                if (isGiven) continue;
                (next.Ended, next.IsOpen, next.Next) = (path.Chunks, false, path.Next + 1);
            }
            if (PlaceOf(next.Covered, isLast ? next.Chunks : next.Ended, next.Distance, isLast) is >= 0 and var place) Insert(place, next);
        }
        WriteUsed(needed / 64);
        (_paths, _next, _count, _used, _nextUsed) = (_next, _paths, _nextCount, _nextUsed, _used);
    }

    private static bool IsFree(in MeteorMatch match, ReadOnlySpan<ulong> used)
    {
        for (var i = match.Start; i < match.Start + match.Length; i++)
            if ((used[i >> 6] >> i & 1) != 0) return false;
        return true;
    }

    private void Take(in Path path, in MeteorMatch match, bool isLast)
    {
        var covers = Covers[match.Module];
        var covered = path.Covered + covers[match.Length] + covers[match.ReferenceLength];
        var ended = path.IsOpen && match.Continues(path.Last!.Match) ? path.Ended : path.Chunks;
        if (PlaceOf(covered, isLast ? ended + 1 : ended, path.Distance, isLast) is not (>= 0 and var place)) return;
        Insert(place, path with { Last = new(match, path.Last), IsOpen = true, Next = match.ReferenceStart + match.ReferenceLength, Covered = covered, Ended = ended });
    }

    // Where a path belongs in the next beam, behind those as good as it; -1 if it is not among the best.
    private int PlaceOf(int covered, int chunks, int distance, bool isLast)
    {
        var place = _nextCount;
        for (; place > 0; place--)
        {
            ref readonly var other = ref _next[place - 1];
            var theirs = isLast ? other.Chunks : other.Ended;
            var isBetter = covered != other.Covered ? covered > other.Covered : chunks != theirs ? chunks < theirs : distance < other.Distance;
            if (!isBetter) break;
        }
        return place < Most ? place : -1;
    }

    private void Insert(int place, in Path path)
    {
        if (_nextCount < Most) _nextCount++;
        _next.AsSpan(place, _nextCount - 1 - place).CopyTo(_next.AsSpan(place + 1));
        _next[place] = path;
    }

    // The words used by the paths of the next beam, from a 64-bit part on; behind the last part written so far all bits are 0, whatever the room was used for.
    private void WriteUsed(int from)
    {
        var written = _written;
        for (var p = 0; p < _nextCount; p++)
        {
            ref readonly var path = ref _next[p];
            var used = _nextUsed.AsSpan(p * _width, _width);
            if (from < written) _used.AsSpan(path.Before * _width + from, written - from).CopyTo(used[from..]);
            if (!path.IsOpen) continue;
            var match = path.Last!.Match;
            for (var i = match.Start; i < match.Start + match.Length; i++) used[i >> 6] |= 1UL << i;
            _written = Math.Max(_written, (match.Start + match.Length + 63) / 64);
        }
    }
}
