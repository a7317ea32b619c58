namespace UnsupClipCap.Metrics;

/// <summary>What BLEU's corpus score is computed from; coco-caption prints the same figures.</summary>
/// <param name="TestLength">Number of words of the candidates.</param>
/// <param name="ReferenceLength">Sum over images of the reference length closest to the candidate's.</param>
/// <param name="Correct">Number of 1-, 2-, 3- and 4-grams of the candidates found in a reference, clipped.</param>
/// <param name="Guessed">Number of 1-, 2-, 3- and 4-grams of the candidates.</param>
public sealed record BleuCounts(int TestLength, int ReferenceLength, IReadOnlyList<int> Correct, IReadOnlyList<int> Guessed);
