namespace UnsupClipCap.Metrics;

/// <summary>A sentence as the tagger and the parser leave it: n words, each with its tag, its lemma and its place in the tree.</summary>
/// <param name="Words">The words, lower case.</param>
/// <param name="Tags">Their Penn Treebank tags.</param>
/// <param name="Lemmas">Their lemmas.</param>
/// <param name="Heads">The word each hangs from, counted from 1; 0 is the root.</param>
/// <param name="Relations">The relation to that word, in the names of the Universal Dependencies of 2014 ("nsubj", "nmod:poss").</param>
internal sealed record ParsedSentence(string[] Words, string[] Tags, string[] Lemmas, int[] Heads, string[] Relations)
{
    /// <summary>Number of words.</summary>
    public int Length => Words.Length;
}
