namespace UnsupClipCap;

/// <summary>The files of a study on photographs, all found, or one error that lists all that is missing.</summary>
/// <param name="Splits">The images that the preset uses.</param>
/// <param name="Clip">The CLIP's folder or file.</param>
/// <param name="Gpt2">The GPT-2's name, or null where none is started from.</param>
/// <param name="Tokenizer">GPT-2's.</param>
/// <param name="Pictures">Folder of pictures under the data set's ("train2014") to where it lies.</param>
internal sealed record PhotoFiles(CaptionSplits Splits, string Clip, string? Gpt2, ITokenizer Tokenizer, IReadOnlyDictionary<string, string> Pictures)
{
    private const int Shown = 3;

    /// <summary>The picture's file.</summary>
    public string PathOf(CaptionedImage image) => Path.Combine(Pictures[image.File![..image.File!.IndexOf('/')]], image.File![(image.File!.IndexOf('/') + 1)..]);

    /// <summary>Finds everything that a preset names, before any work.</summary>
    /// <exception cref="UserException">Something is missing: everything that is, with the commands that fetch it. Or the data set is of another size.</exception>
    public static PhotoFiles Find(Preset preset)
    {
        var set = preset.Photos!;
        var missing = new List<string>();
        CaptionSplits? splits = null;
        try
        {
            splits = set.Read();
        }
        catch (UserException e)
        {
            missing.Add($"captions: {e.Message}");
        }
        var clip = set.FindClip();
        if (clip is null) missing.Add($"CLIP: {string.Join(" or ", set.Clip)} ('./run fetch {set.ClipFetch}')");
        if (preset.Recipe.InitialGpt2 is { } gpt2 && Gpt2Folder.Missing(gpt2) is { Count: > 0 } weights) missing.Add($"GPT-2: {string.Join(", ", weights)} ('./run fetch gpt2')");
        Gpt2Tokenizer? tokenizer = null;
        try
        {
            tokenizer = Gpt2Tokenizer.Load();
        }
        catch (UserException e)
        {
            missing.Add($"GPT-2's vocabulary: gpt2/vocab.json and gpt2/merges.txt ('./run fetch gpt2'); {e.Message}");
        }

        var folders = set.PictureFolders.ToDictionary(f => f, f => Locations.Find(Path.Combine(set.Name, f)));
        var absent = folders.Where(f => f.Value is null).Select(f => $"{set.Name}/{f.Key}").ToList();
        var files = new PhotoFiles(splits is null ? new([], [], []) : Used(splits, preset), clip ?? "", preset.Recipe.InitialGpt2, tokenizer!,
            folders.ToDictionary(f => f.Key, f => f.Value ?? Path.Combine(Locations.DataFolders[0], set.Name, f.Key)));
        if (absent.Count > 0) missing.Add($"photographs: the folder {string.Join(" and ", absent)} ('./run fetch {set.PicturesFetch}')");
        var without = files.Splits.All.Where(i => folders[i.File![..i.File!.IndexOf('/')]] is not null && !File.Exists(files.PathOf(i))).ToList();
        if (without.Count > 0)
            missing.Add($"photographs: {without.Count:n0} of {files.Splits.All.Count():n0}, such as {string.Join(", ", without.Take(Shown).Select(i => $"{set.Name}/{i.File}"))} ('./run fetch {set.PicturesFetch}')");
        if (missing.Count > 0)
            throw new UserException($"The preset '{preset.Name}' needs what is not here. Looked in {string.Join(" and ", Locations.DataFolders)} (UNSUPCLIPCAP_DATA names another folder); missing:\n  - {string.Join("\n  - ", missing)}");
        set.Sizes?.Check(set.Title, splits!.Sizes, $"Fetch the captions again ('./run fetch {(set.Name == Coco2014.FolderName ? Coco2014.Fetch : Flickr30k.Fetch)}'); --quick takes what there is.");
        return files;
    }

    private static CaptionSplits Used(CaptionSplits splits, Preset preset) =>
        new(First(splits.Train, preset.TrainImages), First(splits.Validation, preset.TestImages), First(splits.Test, preset.TestImages));

    private static IReadOnlyList<CaptionedImage> First(IReadOnlyList<CaptionedImage> part, int count) => count > 0 ? [.. part.Take(count)] : part;
}
