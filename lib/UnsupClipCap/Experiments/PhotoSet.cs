namespace UnsupClipCap;

/// <summary>What a study on photographs with CLIP and GPT-2 stands on; all paths are under a data folder.</summary>
/// <param name="Name">The data set: "coco" (<see cref="Coco2014"/>) or "flickr30k" (<see cref="Flickr30k"/>); its photographs lie in the folder of that name.</param>
public sealed record PhotoSet(string Name)
{
    /// <summary>Where the CLIP is looked for, in order: a folder, or a file of OpenAI's.</summary>
    public IReadOnlyList<string> Clip { get; init; } = ["clip-vit-b32", "clip/ViT-B-32.pt"];
    /// <summary>The CLIP's name for <c>./run fetch</c>.</summary>
    public string ClipFetch { get; init; } = "clip-vit-b32";
    /// <summary>How much the data set must hold, or null for whatever there is.</summary>
    public SplitSizes? Sizes { get; init; }

    /// <summary>MS-COCO 2014 in Karpathy's split.</summary>
    public static PhotoSet Coco { get; } = new("coco") { Sizes = SplitSizes.KarpathyCoco };

    /// <summary>Flickr30k in Karpathy's split.</summary>
    public static PhotoSet Flickr30k { get; } = new("flickr30k") { Sizes = SplitSizes.KarpathyFlickr30k };

    /// <summary>The CLIP's folder or file, or null where none of <see cref="Clip"/> is there.</summary>
    internal string? FindClip() => Clip.Select(c => Locations.Find(c.Replace('/', Path.DirectorySeparatorChar))).FirstOrDefault(c => c is not null);

    /// <summary>As it is called in reports.</summary>
    internal string Title => Name == Coco2014.FolderName ? "COCO 2014" : "Flickr30k";

    /// <summary>The photographs' name for <c>./run fetch</c>.</summary>
    internal string PicturesFetch => $"{Name}-images";

    /// <summary>The folders that hold the photographs, under the data set's.</summary>
    internal IReadOnlyList<string> PictureFolders => Name == Coco2014.FolderName ? ["train2014", "val2014"] : ["images"];

    internal CaptionSplits Read() => Name switch
    {
        Coco2014.FolderName => Coco2014.Read(),
        UnsupClipCap.Flickr30k.FolderName => UnsupClipCap.Flickr30k.Read(),
        _ => throw new UserException($"The set of photographs '{Name}' is not known; there are '{Coco2014.FolderName}' and '{UnsupClipCap.Flickr30k.FolderName}'."),
    };
}
