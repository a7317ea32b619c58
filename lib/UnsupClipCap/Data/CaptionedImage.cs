namespace UnsupClipCap;

/// <summary>An image and what people say of it.</summary>
/// <param name="Id">As its data set calls it: a number or a file name.</param>
/// <param name="Captions">One or more captions, in the data set's order; none where only pictures are known.</param>
public sealed record CaptionedImage(string Id, IReadOnlyList<string> Captions)
{
    /// <summary>The picture's path inside its data set's folder, with <c>/</c>: <c>val2014/COCO_val2014_000000391895.jpg</c>; null where there is no picture.</summary>
    public string? File { get; init; }
}

/// <summary>A data set of captioned images in three parts.</summary>
/// <param name="Train">To train captioners on.</param>
/// <param name="Validation">To choose settings on.</param>
/// <param name="Test">To report on.</param>
public sealed record CaptionSplits(IReadOnlyList<CaptionedImage> Train, IReadOnlyList<CaptionedImage> Validation, IReadOnlyList<CaptionedImage> Test)
{
    /// <summary>Training, validation and test images together.</summary>
    public IEnumerable<CaptionedImage> All => Train.Concat(Validation).Concat(Test);

    /// <summary>How much is in each part.</summary>
    public SplitSizes Sizes => new(PartSize.Of(Train), PartSize.Of(Validation), PartSize.Of(Test));
}

/// <summary>How many images and captions a part holds.</summary>
/// <param name="Images">Images.</param>
/// <param name="Captions">Captions over all of them.</param>
public sealed record PartSize(int Images, int Captions)
{
    /// <summary>The size of a part.</summary>
    public static PartSize Of(IReadOnlyList<CaptionedImage> part) => new(part.Count, part.Sum(i => i.Captions.Count));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Images:n0} images with {Captions:n0} captions");
}

/// <summary>How much each part of a data set holds.</summary>
/// <param name="Train">Training.</param>
/// <param name="Validation">Validation.</param>
/// <param name="Test">Test.</param>
public sealed record SplitSizes(PartSize Train, PartSize Validation, PartSize Test)
{
    /// <summary>COCO 2014 in Karpathy's split: 566,747 / 25,010 / 25,010 captions.</summary>
    public static SplitSizes KarpathyCoco { get; } = new(new(113_287, 566_747), new(5_000, 25_010), new(5_000, 25_010));

    /// <summary>Flickr30k in Karpathy's split.</summary>
    public static SplitSizes KarpathyFlickr30k { get; } = new(new(29_000, 145_000), new(1_014, 5_070), new(1_000, 5_000));

    /// <summary>Fails where a data set is not of this size.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="found">The data set.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    /// <exception cref="UserException">A part holds more or less: names the part and both counts.</exception>
    public void Check(string name, SplitSizes found, string remedy)
    {
        foreach (var (part, mine, theirs) in new[] { ("training", Train, found.Train), ("validation", Validation, found.Validation), ("test", Test, found.Test) })
            if (mine != theirs) throw new UserException($"The {part} part of {name} holds {theirs}; expected {mine}. {remedy}");
    }
}
