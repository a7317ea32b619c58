using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Flickr8k (Hodosh et al., 2013) with precomputed embeddings: <c>captions.token</c> (lines <c>NAME#k TAB caption</c>), <c>images.txt</c> (a name a line),
/// <c>image_features.npy</c> (a row a name), <c>text_features.npy</c> (a row a line of captions.token), <c>{train,dev,test}_images.txt</c>.
/// </summary>
public sealed class Flickr8k
{
    /// <summary>Folder of the data set under a data folder.</summary>
    public const string FolderName = "flickr8k";

    private readonly Dictionary<string, int> _imageRow;
    private readonly Dictionary<string, List<(int Row, string Caption)>> _captions;

    private Flickr8k(string folder, Dictionary<string, int> imageRow, Dictionary<string, List<(int, string)>> captions, CaptionSplits splits) =>
        (Folder, _imageRow, _captions, Splits) = (folder, imageRow, captions, splits);

    /// <summary>Where it was read from.</summary>
    public string Folder { get; }

    /// <summary>Its three parts; ids are file names.</summary>
    public CaptionSplits Splits { get; }

    /// <summary>Reads the captions and lists; embeddings are read by <see cref="ReadEmbeddings"/>.</summary>
    /// <exception cref="UserException">The data set is not there, or a file is missing or does not fit the others.</exception>
    public static Flickr8k Read()
    {
        // Photographs that were fetched have no embeddings; a folder that has them comes first.
        var folder = Path.GetDirectoryName(Locations.Find(Path.Combine(FolderName, "image_features.npy"))) ?? Locations.Find(FolderName) ?? throw new UserException(
            $"Flickr8k is not here: no folder '{FolderName}' in {string.Join(" or ", Locations.DataFolders)}. " +
            "Set UNSUPCLIPCAP_DATA to a folder that holds it: captions.token, images.txt, image_features.npy, text_features.npy and {train,dev,test}_images.txt. " +
            "'./run fetch flickr8k' brings the photographs, the captions and the split, but no embeddings (images.txt and the two .npy files), which are not published. " +
            "The preset 'mini' needs nothing.");
        var imageRow = Lines(folder, "images.txt").Select((name, row) => (name, row)).ToDictionary(p => p.name, p => p.row);
        var captions = new Dictionary<string, List<(int, string)>>();
        var row = 0;
        foreach (var line in Lines(folder, "captions.token"))
        {
            var (hash, tab) = (line.IndexOf('#'), line.IndexOf('\t'));
            if (hash <= 0 || tab < hash) throw new UserException($"{Path.Combine(folder, "captions.token")}, line {row + 1}: found '{line}'; expected NAME#k, a tab and a caption.");
            var name = line[..hash];
            if (!captions.TryGetValue(name, out var list)) captions[name] = list = [];
            list.Add((row++, line[(tab + 1)..]));
        }
        IReadOnlyList<CaptionedImage> Part(string list) => [.. Lines(folder, list).Select(name =>
            imageRow.ContainsKey(name) && captions.TryGetValue(name, out var c) ? new CaptionedImage(name, [.. c.Select(x => x.Item2)])
            : throw new UserException($"{Path.Combine(folder, list)} names {name}, which {(imageRow.ContainsKey(name) ? "captions.token" : "images.txt")} does not hold."))];
        return new Flickr8k(folder, imageRow, captions, new(Part("train_images.txt"), Part("dev_images.txt"), Part("test_images.txt")));
    }

    /// <summary>Embeddings of a part: images (N, d), and its captions image by image (R, d), float32.</summary>
    public (Tensor Images, Tensor Texts) ReadEmbeddings(IReadOnlyList<CaptionedImage> part)
    {
        return (Rows("image_features.npy", _imageRow.Count, part.Select(i => (long)_imageRow[i.Id])),
            Rows("text_features.npy", _captions.Values.Sum(c => c.Count), part.SelectMany(i => _captions[i.Id].Select(c => (long)c.Row))));

        Tensor Rows(string name, int due, IEnumerable<long> rows)
        {
            using var scope = NewDisposeScope();
            var all = Npy.Read(Path.Combine(Folder, name));
            if (all.dim() != 2 || all.shape[0] != due)
                throw new UserException($"{Path.Combine(Folder, name)} is of shape [{string.Join(", ", all.shape)}]; expected {due} rows, as its list has.");
            return all.index_select(0, tensor(rows.ToArray())).to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The photograph's file, or null where only its embedding is there.</summary>
    public string? Photograph(string name) =>
        new[] { "test_images", "images" }.Select(f => Path.Combine(Folder, f, name)).FirstOrDefault(File.Exists);

    private static string[] Lines(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? [.. File.ReadLines(path).Where(l => l.Length > 0)]
            : throw new UserException($"{path} does not exist; Flickr8k's folder should hold it. {(name == "images.txt" ? "It lists the rows of image_features.npy, which is not published: './run fetch' does not bring it" : "'./run fetch flickr8k' brings it")}.");
    }
}
