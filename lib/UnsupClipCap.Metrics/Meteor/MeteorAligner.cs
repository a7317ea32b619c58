namespace UnsupClipCap.Metrics;

/// <summary>A match of METEOR: words of the candidate with words of the reference.</summary>
/// <param name="Start">First word in the candidate.</param>
/// <param name="Length">Words there; 1 but for paraphrases.</param>
/// <param name="ReferenceStart">First word in the reference.</param>
/// <param name="ReferenceLength">Words there.</param>
/// <param name="Module">Which module found it: 0 exact, 1 stem, 2 synonym, 3 paraphrase.</param>
internal readonly record struct MeteorMatch(int Start, int Length, int ReferenceStart, int ReferenceLength, int Module);

/// <summary>
/// METEOR's alignment (Denkowski &amp; Lavie, 2011, section 2): of all matches of all modules a set in which every word takes part at most once, with, in this order, the most
/// words covered in both sentences, the fewest chunks, and the least sum of distances between the starts of matches; found by a beam of 40.
/// </summary>
internal static class MeteorAligner
{
    private const int Beam = 40;

    // Beyond this many pairs of words, only words at like places of their sentences are compared: captions of a thousand words and more on both sides.
    private const int MostPairs = 1_000_000;

    /// <summary>A part of an alignment: the matches chosen for the words before <see cref="Next"/>.</summary>
    private sealed class Path(Path? before, MeteorMatch last, int next, int chunks, int distance, int covered, ulong[] used)
    {
        public readonly Path? Before = before;
        public readonly MeteorMatch Last = last;
        public readonly int Next = next, Chunks = chunks, Distance = distance, Covered = covered;
        public readonly ulong[] Used = used;            // words of the reference, a bit each

        public int CompareTo(Path other) =>
            Covered != other.Covered ? other.Covered.CompareTo(Covered) : Chunks != other.Chunks ? Chunks.CompareTo(other.Chunks) : Distance.CompareTo(other.Distance);
    }

    /// <summary>The alignment's matches, in the candidate's order, and their chunks.</summary>
    public static (List<MeteorMatch> Matches, int Chunks) Align(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var matches = Matches(candidate, reference, table);
        var paths = new List<Path> { new(null, new(-1, 0, -1, 0, 0), 0, 0, 0, 0, new ulong[(reference.Words.Length + 63) / 64]) };
        for (var i = 0; i < candidate.Words.Length; i++)
        {
            if (matches[i] is not { } here)
            {
                for (var p = 0; p < paths.Count; p++)
                    if (paths[p].Next == i) paths[p] = Skip(paths[p]);
                continue;
            }
            var next = new List<Path>();
            foreach (var path in paths)
            {
                if (path.Next > i)
                {
                    next.Add(path);
                    continue;
                }
                foreach (var match in here)
                    if (IsFree(path.Used, match)) next.Add(Take(path, match));
                next.Add(Skip(path));
            }
            if (next.Count > 1) next = Best(next);
            paths = next;
        }
        var best = paths[0];
        foreach (var path in paths)
            if (path.CompareTo(best) < 0) best = path;
        var chosen = new List<MeteorMatch>();
        for (var path = best; path.Before is not null; path = path.Before)
            if (path.Last.Length > 0) chosen.Add(path.Last);
        chosen.Reverse();
        return (chosen, best.Chunks);
    }

    private static List<MeteorMatch>?[] Matches(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var (mine, theirs) = (candidate.Words, reference.Words);
        var matches = new List<MeteorMatch>?[mine.Length];
        var all = (long)mine.Length * theirs.Length <= MostPairs;
        var reach = all ? theirs.Length : Math.Max(1, MostPairs / (2 * mine.Length));
        for (var i = 0; i < mine.Length; i++)
        {
            var place = all ? 0 : (int)((long)i * theirs.Length / mine.Length);
            int from = Math.Max(0, place - reach), to = Math.Min(theirs.Length, all ? theirs.Length : place + reach);
            for (var j = from; j < to; j++)
            {
                var module = ReferenceEquals(mine[i], theirs[j]) ? 0
                    : ReferenceEquals(mine[i].Stem, theirs[j].Stem) ? 1
                    : mine[i].SharesSynset(theirs[j]) ? 2 : -1;
                if (module >= 0) (matches[i] ??= []).Add(new(i, 1, j, 1, module));
            }
            if (table is null) continue;
            foreach (var (length, phrase) in candidate.PhrasesAt(i))
                for (var j = from; j < to; j++)
                    foreach (var (referenceLength, other) in reference.PhrasesAt(j))
                        if (phrase != other && (table.Has(phrase, other) || table.Has(other, phrase))) (matches[i] ??= []).Add(new(i, length, j, referenceLength, 3));
        }
        return matches;
    }

    private static bool IsFree(ulong[] used, MeteorMatch match)
    {
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++)
            if ((used[j >> 6] >> j & 1) != 0) return false;
        return true;
    }

    private static Path Take(Path path, MeteorMatch match)
    {
        var used = (ulong[])path.Used.Clone();
        for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++) used[j >> 6] |= 1UL << j;
        var goesOn = path.Last.Length > 0 && path.Last.Start + path.Last.Length == match.Start && path.Last.ReferenceStart + path.Last.ReferenceLength == match.ReferenceStart;
        return new(path, match, match.Start + match.Length, path.Chunks + (goesOn ? 0 : 1), path.Distance + Math.Abs(match.Start - match.ReferenceStart),
            path.Covered + match.Length + match.ReferenceLength, used);
    }

    // No match is kept as the last one: what follows begins a new chunk, since a word lies between.
    private static Path Skip(Path path) => new(path, new(path.Next, 0, -1, 0, 0), path.Next + 1, path.Chunks, path.Distance, path.Covered, path.Used);

    private static List<Path> Best(List<Path> paths)
    {
        var ordered = paths.Select((path, at) => (path, at)).ToList();
        ordered.Sort((a, b) => a.path.CompareTo(b.path) is not 0 and var order ? order : a.at.CompareTo(b.at));
        return [.. ordered.Take(Beam).Select(o => o.path)];
    }
}
