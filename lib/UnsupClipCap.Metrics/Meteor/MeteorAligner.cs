namespace UnsupClipCap.Metrics;

/// <summary>
/// METEOR's alignment: of all matches a set in which every word takes part at most once, found by a beam of 40 (Denkowski &amp; Lavie, 2011, section 2).
/// </summary>
/// <remarks>
/// The paper names the criteria: most words covered, fewest chunks, least sum of the distances between the starts of matches. How METEOR 1.5 applies them was learnt from its scores:
/// <list type="bullet">
/// <item>The search goes over the words of the reference. A match whose words are in no other is taken beforehand.</item>
/// <item>A match covers, on each side, its words times the module's weight <em>rounded down</em>: a stem, synonym or paraphrase of single words covers nothing.</item>
/// <item>A chunk counts once it has ended, at a match that does not continue it or at a word passed over.</item>
/// <item>A match's distance does <em>not</em> count in the path that takes it, but in those that the same path goes on to afterwards: with the matches tried later and with the word passed
/// over (<see cref="Path.Try"/>). So, of two paths that cover as much in as many chunks, the one that takes more of the matches far from the diagonal is preferred.</item>
/// <item>Paths are sorted before every word; ties stay in the order that the paths were found in.</item>
/// </list>
/// </remarks>
internal static class MeteorAligner
{
    private const int Beam = 40;

    /// <summary>A part of an alignment: the matches taken for the reference's words before <see cref="Next"/>.</summary>
    private sealed class Path
    {
        public Path? Before;
        public MeteorMatch Last;                        // of length 0 where the last word was passed over
        public int Next, Covered, Distance;
        public int Ended;                               // chunks, without the one that the next match may still continue
        public ulong[] Used = [];                       // words of the candidate, a bit each

        private bool IsOpen => Last.Length > 0;

        /// <summary>All chunks.</summary>
        public int Chunks => Ended + (IsOpen ? 1 : 0);

        public int CompareTo(Path other, bool atEnd = false)
        {
            var (mine, theirs) = atEnd ? (Chunks, other.Chunks) : (Ended, other.Ended);
            return Covered != other.Covered ? other.Covered.CompareTo(Covered)
                : mine != theirs ? mine.CompareTo(theirs)
                : Distance.CompareTo(other.Distance);
        }

        public bool IsFree(MeteorMatch match)
        {
            for (var i = match.Start; i < match.Start + match.Length; i++)
                if ((Used[i >> 6] >> i & 1) != 0) return false;
            return true;
        }

        /// <summary>The path that takes one match of several; its distance is left with this one.</summary>
        public Path Try(MeteorMatch match)
        {
            var path = Take(match);
            Distance += Math.Abs(match.Start - match.ReferenceStart);
            return path;
        }

        public Path Take(MeteorMatch match)
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
                Distance = Distance,
                Used = used,
            };
        }

        public Path PassOver() => new() { Before = this, Next = Next + 1, Covered = Covered, Ended = Chunks, Distance = Distance, Used = Used };

        /// <summary>The matches taken, in the order of the reference.</summary>
        public List<MeteorMatch> Matches()
        {
            var matches = new List<MeteorMatch>();
            for (var path = this; path is not null; path = path.Before)
                if (path.IsOpen) matches.Add(path.Last);
            matches.Reverse();
            return matches;
        }

        private static int Whole(double words) => (int)(words + 1e-9);
    }

    /// <summary>The alignment's matches and their chunks.</summary>
    public static (List<MeteorMatch> Matches, int Chunks) Align(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var matches = new MeteorMatches(candidate, reference, table);
        List<Path> paths = [new() { Used = new ulong[(candidate.Words.Length + 63) / 64] }], next = [];
        for (var j = 0; j < reference.Words.Length; j++)
        {
            var here = matches[j];
            var given = here is [var only] && matches.IsSole(only);
            KeepBest(paths, Beam);
            next.Clear();
            foreach (var path in paths)
            {
                if (path.Next > j)
                {
                    next.Add(path);
                    continue;
                }
                if (given)
                {
                    next.Add(path.Take(here![0]));
                    continue;
                }
                foreach (var match in here ?? [])
                    if (path.IsFree(match)) next.Add(path.Try(match));
                next.Add(path.PassOver());
            }
            (paths, next) = (next, paths);
        }
        KeepBest(paths, 1, atEnd: true);
        return (paths[0].Matches(), paths[0].Chunks);
    }

    // The best so many, sorted by insertion; ties stay where they are.
    private static void KeepBest(List<Path> paths, int most, bool atEnd = false)
    {
        var kept = 0;
        for (var i = 0; i < paths.Count; i++)
        {
            var path = paths[i];
            var k = kept < most ? kept++ : most;
            for (; k > 0 && paths[k - 1].CompareTo(path, atEnd) > 0; k--)
                if (k < most) paths[k] = paths[k - 1];
            if (k < most) paths[k] = path;
        }
        paths.RemoveRange(kept, paths.Count - kept);
    }
}
