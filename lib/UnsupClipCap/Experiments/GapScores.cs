namespace UnsupClipCap;

/// <summary>What an alignment did to the embeddings, as results files hold it.</summary>
/// <param name="GapBefore">|mean of images - mean of texts| before.</param>
/// <param name="Gap">The same after, of the rows as the method gives them.</param>
/// <param name="CosinePaired">Mean cosine of an aligned image and its text.</param>
/// <param name="CosineUnpaired">Mean cosine of an aligned image and another's text; not a number for one image.</param>
/// <param name="RecallAt1">Share of images whose text is the nearest, 0..1.</param>
/// <param name="RecallAt5">Share of images whose text is among the five nearest.</param>
public sealed record GapScores(double GapBefore, double Gap, double CosinePaired, double CosineUnpaired, double RecallAt1, double RecallAt5)
{
    /// <summary>Of a measured gap.</summary>
    public static GapScores Of(double before, ModalityGap after) => new(before, after.Gap, after.CosinePaired, after.CosineUnpaired, after.RecallAt1, after.RecallAt5);

    /// <summary>Means of several.</summary>
    public static GapScores MeanOf(IReadOnlyCollection<GapScores> all) => new(
        all.Average(g => g.GapBefore), all.Average(g => g.Gap), all.Average(g => g.CosinePaired), all.Average(g => g.CosineUnpaired), all.Average(g => g.RecallAt1), all.Average(g => g.RecallAt5));
}
