namespace UnsupClipCap;

/// <summary>A picture with what the models said of it.</summary>
/// <param name="Id">Id of the image, shown and used as anchor.</param>
/// <param name="Image">The encoded image file; it goes into the page as it is, so keep it small.</param>
/// <param name="MimeType">"image/jpeg", "image/png", "image/webp", "image/gif" or "image/svg+xml".</param>
/// <param name="Captions">One caption a method, with its own CIDEr on coco-caption's scale (0 to 10) where known.</param>
/// <param name="References">The captions people wrote.</param>
public sealed record ReportPicture(
    string Id, byte[] Image, string MimeType, IReadOnlyList<(string Method, string Caption, double? Cider)> Captions,
    IReadOnlyList<string> References);

/// <summary>A caption of the one picture that the mixup curve follows.</summary>
/// <param name="Lambda">Share of the text embedding, 0 to 1.</param>
/// <param name="Method">The method that wrote it.</param>
/// <param name="Caption">The caption at that lambda.</param>
public sealed record MixupExample(double Lambda, string Method, string Caption);

/// <summary>All that a report shows.</summary>
public sealed record ReportInput
{
    /// <summary>Title of the page.</summary>
    public required string Title { get; init; }

    /// <summary>The paragraph below the title: what was run and what came out. Plain text.</summary>
    public required string Lead { get; init; }

    /// <summary>The results; sections without data are left out.</summary>
    public required Results Results { get; init; }

    /// <summary>Pictures with captions, in the order to show; the first <see cref="PicturesShown"/> are open.</summary>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>How many pictures are shown before "show all".</summary>
    public int PicturesShown { get; init; } = 24;

    /// <summary>Captions of one picture along the mixup curve; shown in the curve's tooltip.</summary>
    public IReadOnlyList<MixupExample> MixupExamples { get; init; } = [];

    /// <summary>Id of the picture of <see cref="MixupExamples"/>, where it is one of <see cref="Pictures"/>; null otherwise.</summary>
    public string? MixupPicture { get; init; }

    /// <summary>The table of the paper to set beside the run's: <see cref="Paper.Table1"/> or <see cref="Paper.Table2"/>.</summary>
    public PaperTable PaperTable { get; init; } = Paper.Table1;

    /// <summary>What was run, as label and value: command, seeds, encoder, sizes, times, versions.</summary>
    public IReadOnlyList<(string Label, string Value)> Facts { get; init; } = [];

    /// <summary>Loss curves of the captioners, drawn below the facts.</summary>
    public IReadOnlyList<(string Method, LossCurve Loss)> Losses { get; init; } = [];

    /// <summary>Remarks, one a paragraph. Plain text.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
