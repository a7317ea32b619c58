namespace UnsupClipCap.Metrics;

/// <summary>
/// METEOR's alignment: of all matches a set in which every word takes part at most once, found by a beam of 40 (Denkowski &amp; Lavie, 2011, section 2).
/// </summary>
/// <remarks>
/// The paper names the criteria (most words covered, fewest chunks, least distance); which alignment METEOR 1.5 really chooses was learnt from its scores. The search goes over the
/// reference. Matches whose words are in no other match are taken beforehand; the others are chosen by, in this order, the words covered, each side's number times the module's weight
/// rounded down for each match (so that a stem, synonym or paraphrase of single words counts nothing), the fewest chunks (on the way, those that have ended: a chunk has when another
/// begins or when a match is passed over, not yet when a word without matches lies between), the <em>greatest</em> distance (<see cref="Path.DistanceOf"/>), and what was found first. The
/// beam is cut where there is something to choose, before the choice.
/// </remarks>
internal static class MeteorAligner
{
    private const int Beam = 40, FarthestJump = 3;

    /// <summary>A part of an alignment: the matches chosen for the reference's words before <see cref="Next"/>.</summary>
    private sealed class Path
    {
        public Path? Before;
        public MeteorMatch Last;                        // of length 0 where the last word was passed over
        public int Next, Covered, Distance;
        public int Ended, Running;                      // chunks that count already; one, or none, that does not yet
        public bool IsGiven;                            // whether the last match was taken beforehand
        public ulong[] Used = [];                       // words of the candidate, a bit each

        public int Chunks => Ended + Running;

        /// <summary>Whether the last word was matched, so that a match can continue its chunk.</summary>
        public bool IsOpen => Last.Length > 0;

        public int CompareTo(Path other, bool atEnd = false)
        {
            var (mine, theirs) = atEnd ? (Chunks, other.Chunks) : (Ended, other.Ended);
            return Covered != other.Covered ? other.Covered.CompareTo(Covered)
                : mine != theirs ? mine.CompareTo(theirs)
                : other.Distance.CompareTo(Distance);
        }

        public bool IsFree(MeteorMatch match)
        {
            for (var i = match.Start; i < match.Start + match.Length; i++)
                if ((Used[i >> 6] >> i & 1) != 0) return false;
            return true;
        }

        public Path Take(MeteorMatch match, bool isChosen)
        {
            var used = (ulong[])Used.Clone();
            for (var i = match.Start; i < match.Start + match.Length; i++) used[i >> 6] |= 1UL << i;
            var weight = Meteor.Weights[match.Module];
            return new()
            {
                Before = this,
                Last = match,
                Next = match.ReferenceStart + match.ReferenceLength,
                Covered = Covered + Whole(weight * match.Length) + Whole(weight * match.ReferenceLength),
                Ended = IsOpen && match.Continues(Last) ? Ended : Chunks,
                Running = 1,
                IsGiven = !isChosen,
                Distance = Distance + (isChosen ? DistanceOf(match) : 0),
                Used = used,
            };
        }

        /// <summary>Passes over a word, which matches may begin at or none.</summary>
        public Path Skip(bool hasMatches) => new()
        {
            Before = this,
            Next = Next + 1,
            Covered = Covered,
            Ended = hasMatches ? Chunks : Ended,
            Running = hasMatches ? 0 : Running,
            Distance = Distance,
            Used = Used,
        };

        /// <summary>
        /// What a match chosen right after another adds: after one taken beforehand, how far it lies from it in the candidate, up to 3; after another that it continues, how far apart its
        /// words are in the two sentences.
        /// </summary>
        public int DistanceOf(MeteorMatch match) =>
            !IsOpen ? 0
            : IsGiven ? Math.Min(FarthestJump, Math.Abs(match.Start - Last.Start - Last.Length))
            : match.Continues(Last) ? Math.Abs(match.Start - match.ReferenceStart)
            : 0;

        private static int Whole(double words) => (int)(words + 1e-9);
    }

    /// <summary>The alignment's matches and their chunks.</summary>
    public static (List<MeteorMatch> Matches, int Chunks) Align(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var matches = new MeteorMatches(candidate, reference, table);
        List<Path> paths = [new() { Used = new ulong[(candidate.Words.Length + 63) / 64] }];
        var next = new List<Path>();
        for (var j = 0; j < reference.Words.Length; j++)
        {
            var here = matches[j];
            if (here is null || here.Count == 1 && matches.IsSole(here[0]))
            {
                for (var p = 0; p < paths.Count; p++)
                    if (paths[p].Next == j) paths[p] = here is null ? paths[p].Skip(hasMatches: false) : paths[p].Take(here[0], isChosen: false);
                continue;
            }
            next.Clear();
            foreach (var path in Best(paths))
            {
                if (path.Next > j)
                {
                    next.Add(path);
                    continue;
                }
                foreach (var match in here)
                    if (path.IsFree(match)) next.Add(path.Take(match, isChosen: true));
                next.Add(path.Skip(hasMatches: true));
            }
            (paths, next) = (next, paths);
        }
        var best = paths[0];
        foreach (var path in paths)
            if (path.CompareTo(best, atEnd: true) < 0) best = path;
        var chosen = new List<MeteorMatch>();
        for (var path = best; path.Before is not null; path = path.Before)
            if (path.IsOpen) chosen.Add(path.Last);
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
