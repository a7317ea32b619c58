namespace UnsupClipCap;

/// <summary>The parts of the miniature world; no composition of facts is in two of them, whatever the seeds.</summary>
public enum MiniSplit
{
    /// <summary>For training captioners; 20,000 scenes by default.</summary>
    Train,
    /// <summary>For choosing settings; 500 scenes by default.</summary>
    Validation,
    /// <summary>For reported scores; 1,000 scenes by default.</summary>
    Test,
    /// <summary>For training the miniature CLIP, apart from <see cref="Train"/>; 40,000 scenes by default.</summary>
    ClipTrain,
}

/// <summary>The manner in which captions are written, as two datasets differ.</summary>
public enum CaptionStyle
{
    /// <summary>Short and plain, about 9 words, of all things alike.</summary>
    Coco,
    /// <summary>Longer, about 12 words, and mostly of people; the scenes too are more of people.</summary>
    Flickr30k,
}

/// <summary>One scene of <see cref="MiniScenes"/>: its facts, the seed of its drawing and five captions.</summary>
public sealed record MiniScene
{
    /// <summary>Decided by split, seed, style and index; different for any two scenes of one seed.</summary>
    public required long Id { get; init; }

    /// <summary>What the scene shows.</summary>
    public required SceneFacts Facts { get; init; }

    /// <summary>Decides where things are drawn and how they look.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Five different captions, lower-case, of letters, spaces and commas only, without a full stop.</summary>
    public required IReadOnlyList<string> Captions { get; init; }
}
