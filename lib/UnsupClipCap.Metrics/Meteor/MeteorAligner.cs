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
/// over. So, of two paths that cover as much in as many chunks, the one that takes more of the matches far from the diagonal is preferred.</item>
/// <item>Paths are sorted before every word; ties stay in the order that the paths were found in.</item>
/// </list>
/// </remarks>
internal static class MeteorAligner
{
    /// <summary>The alignment's matches and their chunks.</summary>
    public static (List<MeteorMatch> Matches, int Chunks) Align(MeteorSentence candidate, MeteorSentence reference, ParaphraseTable? table)
    {
        var matches = new MeteorMatches(candidate, reference, table);
        var paths = new MeteorPaths(candidate.Words.Length);
        var words = reference.Words.Length;
        for (var j = 0; j < words; j++)
        {
            var here = matches[j];
            paths.GoOver(j, here, isGiven: here.Length == 1 && matches.IsSole(here[0]), matches.FirstFrom(j + 1), isLast: j + 1 == words);
        }
        return paths.Best;
    }
}
