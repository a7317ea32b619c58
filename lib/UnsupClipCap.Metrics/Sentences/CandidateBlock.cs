namespace UnsupClipCap.Metrics;

/// <summary>Candidates of neighbouring images, to be measured together.</summary>
/// <param name="Set">The references of all images.</param>
/// <param name="First">The first candidate's image.</param>
/// <param name="Candidates">The candidates, one an image.</param>
internal sealed record CandidateBlock(CaptionReferences Set, int First, Sentence[] Candidates)
{
    /// <summary>The references of the candidate at a place of <see cref="Candidates"/>.</summary>
    public ImageReferences References(int place) => Set.Images[First + place];
}
