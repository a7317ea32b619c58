namespace UnsupClipCap;

/// <summary>A study's test images as pairs, for what measures pairs.</summary>
public static class StudyPairs
{
    /// <summary>The first test images and the first caption of each, by the study's encoder.</summary>
    /// <param name="study">Data.</param>
    /// <param name="limit">Test images to use; 0 for all.</param>
    public static ClipPairs Pairs(this Study study, int limit = 0)
    {
        var test = study.Test.Take(limit);
        return new(FormattableString.Invariant($"{test.Images.Count:n0} test images of {study.Preset.Name} and the first caption of each, {study.Encoder}"), AlignmentInput.Unit(test.ImageRows), AlignmentInput.Unit(test.FirstTexts()),
            [.. test.Images.Select(i => i.Captions[0])], [.. Enumerable.Range(0, test.Images.Count)], test.Images);
    }
}
