namespace UnsupClipCap.Metrics;

/// <summary>
/// METEOR's alignment: of all matches a set in which every word takes part at most once, found by a beam of 40 (Denkowski &amp; Lavie, 2011, section 2).
/// </summary>
/// <remarks>
/// The paper names the criteria (most words covered, fewest chunks, least distance); which alignment METEOR 1.5 really chooses was learnt from its scores: matches whose words are in no
/// other match are taken beforehand; the others are chosen by, in this order, the words covered, each side's number times the module's weight rounded down for each match (so that a
/// stem, synonym or paraphrase of single words counts nothing), the fewest chunks, the most matches, the least sum of distances.
/// </remarks>
internal static class MeteorAligner
{
    private const int Beam = 40;

    /// <summary>A part of an alignment: the matches chosen for the words before <see cref="Next"/>.</summary>
    private sealed class Path
    {
        public Path? Before;
        public MeteorMatch Last;                        // of length 0 where the last word was passed over
        public int Next, Covered, Chunks, Matches, Distance;
        public ulong[] Used = [];                       // words of the reference, a bit each

        public int CompareTo(Path other) =>
            Covered != other.Covered ? other.Covered.CompareTo(Covered)
            : Chunks != other.Chunks ? Chunks.CompareTo(other.Chunks)
            : Matches != other.Matches ? other.Matches.CompareTo(Matches)
            : Distance.CompareTo(other.Distance);

        public bool IsFree(MeteorMatch match)
        {
            for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++)
                if ((Used[j >> 6] >> j & 1) != 0) return false;
            return true;
        }

        public Path Take(MeteorMatch match)
        {
            var used = (ulong[])Used.Clone();
            for (var j = match.ReferenceStart; j < match.ReferenceStart + match.ReferenceLength; j++) used[j >> 6] |= 1UL << j;
            var weight = Meteor.Weights[match.Module];
            return new()
            {
                Before = this,
                Last = match,
                Next = match.Start + match.Length,
                Covered = Covered + Whole(weight * match.Length) + Whole(weight * match.ReferenceLength),
                Chunks = Chunks + (Last.Length > 0 && match.Continues(Last) ? 0 : 1),
                Matches = Matches + 1,
                Distance = Distance + Math.Abs(match.Start - match.ReferenceStart),
                Used = used,
            };
        }

        // What follows begins a new chunk, since a word lies between.
        public Path Skip() => new() { Before = this, Next = Next + 1, Covered = Covered, Chunks = Chunks, Matches = Matches, Distance = Distance, Used = Used };

        private static int Whole(double words) => (int)(words + 1e-9);
    }

    /// <summary>The alignment's matches, in the candidate's order, and their chunks.</summary>
    public static (List<MeteorMatch> Matches, int Chunks) Align(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var matches = new MeteorMatches(candidate, reference, table);
        List<Path> paths = [new() { Used = new ulong[(reference.Words.Length + 63) / 64] }];
        var next = new List<Path>();
        for (var i = 0; i < candidate.Words.Length; i++)
        {
            var here = matches[i];
            if (here is null || here.Count == 1 && matches.IsSole(here[0]))
            {
                for (var p = 0; p < paths.Count; p++)
                    if (paths[p].Next == i) paths[p] = here is null ? paths[p].Skip() : paths[p].Take(here[0]);
                continue;
            }
            next.Clear();
            foreach (var path in paths)
            {
                if (path.Next > i)
                {
                    next.Add(path);
                    continue;
                }
                foreach (var match in here)
                    if (path.IsFree(match)) next.Add(path.Take(match));
                next.Add(path.Skip());
            }
            (paths, next) = (Best(next), paths);
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

    // Ties stay in the order they were made in, so that the choice is the same everywhere.
    private static List<Path> Best(List<Path> paths)
    {
        var order = new int[paths.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => paths[a].CompareTo(paths[b]) is not 0 and var c ? c : a.CompareTo(b));
        var best = new List<Path>(Beam);
        for (var i = 0; i < order.Length && i < Beam; i++) best.Add(paths[order[i]]);
        return best;
    }
}
