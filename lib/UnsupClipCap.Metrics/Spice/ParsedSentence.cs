namespace UnsupClipCap.Metrics;

/// <summary>A sentence with its tags, lemmas and dependency tree.</summary>
/// <param name="Words">N words, lower case.</param>
/// <param name="Tags">N Penn Treebank tags.</param>
/// <param name="Lemmas">N lemmas.</param>
/// <param name="Heads">N heads: a word counted from 1, or 0 for the root.</param>
/// <param name="Relations">N relations, each of a word to its head (Stanford dependencies in their Universal form).</param>
internal sealed record ParsedSentence(string[] Words, string[] Tags, string[] Lemmas, int[] Heads, string[] Relations);
