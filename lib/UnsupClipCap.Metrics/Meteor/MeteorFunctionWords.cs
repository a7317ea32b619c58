namespace UnsupClipCap.Metrics;

/// <summary>
/// English words of closed classes, for METEOR without its own list (which is made by frequency in newspapers): determiners, pronouns, prepositions, conjunctions,
/// auxiliaries, and what tokenisation parts from words.
/// </summary>
internal static class MeteorFunctionWords
{
    public static IReadOnlySet<string> Own { get; } = new HashSet<string>(
        """
        a an the this that these those each every some any no all both another other such
        i me my you your he him his she her hers it its we us our they them their who whom whose which what one
        of in on at by for with from to into onto over under above below between behind beside near next about around along across through during before after against among off out up down upon within without as than like
        and or but nor so if while when where because although
        is are was were be been being am has have had having do does did can could will would shall should may might must
        not n't 's 're 've 'll 'd 'm ' there here then very also just too more most much many only
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
