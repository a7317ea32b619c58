namespace UnsupClipCap.Metrics;

/// <summary>A tokenised caption with its tokens and n-grams as numbers.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="TokenIds">A number for each token.</param>
/// <param name="NGrams">
/// Its n-grams. They run over words: a token that holds a no-break space ("3 1/2") is two words, as in coco-caption, where
/// BLEU and CIDEr split on any white space and ROUGE-L on spaces only.
/// </param>
internal sealed record Sentence(string[] Tokens, int[] TokenIds, NGramCounts NGrams);
