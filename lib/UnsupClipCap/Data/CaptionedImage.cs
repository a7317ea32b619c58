namespace UnsupClipCap;

/// <summary>An image and what people say of it.</summary>
/// <param name="Id">As its data set calls it: a number or a file name.</param>
/// <param name="Captions">One or more captions, in the data set's order.</param>
public sealed record CaptionedImage(string Id, IReadOnlyList<string> Captions);

/// <summary>A data set of captioned images in three parts.</summary>
/// <param name="Train">To train captioners on.</param>
/// <param name="Validation">To choose settings on.</param>
/// <param name="Test">To report on.</param>
public sealed record CaptionSplits(IReadOnlyList<CaptionedImage> Train, IReadOnlyList<CaptionedImage> Validation, IReadOnlyList<CaptionedImage> Test);
