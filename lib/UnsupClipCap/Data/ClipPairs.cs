using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Real embeddings of a published CLIP, images and captions, with the captions' words: small sets on which the modality gap can be measured where no weights are to be had.
/// </summary>
/// <param name="Name">What it is, in words.</param>
/// <param name="Images">(N, d), unit rows, float32: one an image.</param>
/// <param name="Texts">(R, d), unit rows, float32: one a caption that was encoded.</param>
/// <param name="Captions">The R captions that were encoded.</param>
/// <param name="ImageOf">Of each of the R captions, its image's row.</param>
/// <param name="Captioned">The N images with all captions that people gave them.</param>
public sealed record ClipPairs(string Name, Tensor Images, Tensor Texts, IReadOnlyList<string> Captions, IReadOnlyList<int> ImageOf, IReadOnlyList<CaptionedImage> Captioned)
{
    /// <summary>Folder of <see cref="Coco500"/> under a data folder.</summary>
    public const string Coco500Folder = "clip_vitb16_coco500";

    /// <summary>Folder of <see cref="Flickr100"/> under a data folder.</summary>
    public const string Flickr100Folder = "clip_vitb32_flickr8k100";

    private const int Coco500Count = 500;

    /// <summary>
    /// 500 images of COCO val2017 and one caption of each by CLIP ViT-B/16: <c>features_clip.npy</c>, (2, 500, 512), images then texts. The images are the first 500 that
    /// <c>annotations</c> of <c>captions_val2017.json</c> names, and the caption encoded is the last one of each there.
    /// </summary>
    /// <exception cref="UserException">A file is not here or not as described.</exception>
    public static ClipPairs Coco500()
    {
        var features = Find(Path.Combine(Coco500Folder, "features_clip.npy"), "coco500");
        var captions = Find(Path.Combine("coco", "captions_val2017.json"), "coco500");
        var rows = Npy.Read(features).to(ScalarType.Float32);
        if (rows.dim() != 3 || rows.shape[0] != 2 || rows.shape[1] != Coco500Count) throw new UserException($"{features}: the array is of shape [{string.Join(", ", rows.shape)}]; expected (2, {Coco500Count}, d), images then texts.");
        var byImage = new OrderedDictionary<long, List<string>>();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(captions));
            foreach (var annotation in json.RootElement.GetProperty("annotations").EnumerateArray())
            {
                var id = annotation.GetProperty("image_id").GetInt64();
                if (!byImage.TryGetValue(id, out var list)) byImage.Add(id, list = []);
                list.Add(annotation.GetProperty("caption").GetString()!.Trim());
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UserException($"{captions} is not COCO's caption file: {e.Message.TrimEnd('.')}. Fetch it again: ./run fetch coco500 --force.", e);
        }
        if (byImage.Count < Coco500Count) throw new UserException($"{captions}: there are captions of {byImage.Count} images; expected val2017's 5,000. Fetch it again: ./run fetch coco500 --force.");
        var images = byImage.Take(Coco500Count).Select(p => new CaptionedImage($"{p.Key}", p.Value)).ToList();
        return new("500 images of COCO val2017, one caption of each encoded, CLIP ViT-B/16", rows[0].contiguous(), rows[1].contiguous(),
            [.. images.Select(i => i.Captions[^1])], [.. Enumerable.Range(0, Coco500Count)], images);
    }

    /// <summary>
    /// 100 photographs of Flickr8k with all five captions of each by CLIP ViT-B/32: <c>image_embeddings.npy</c> and <c>text_embeddings.npy</c>, (500, 512) both, a row a caption,
    /// and <c>metadata.csv</c> (image_id, image_path, caption). An image's row is there once for each of its captions; it is kept once.
    /// </summary>
    /// <exception cref="UserException">A file is not here or not as described.</exception>
    public static ClipPairs Flickr100()
    {
        string File(string name) => Find(Path.Combine(Flickr100Folder, name), "coco500");
        var (images, texts, table) = (Npy.Read(File("image_embeddings.npy")).to(ScalarType.Float32), Npy.Read(File("text_embeddings.npy")).to(ScalarType.Float32), File("metadata.csv"));
        var lines = System.IO.File.ReadAllLines(table).Skip(1).Where(l => l.Length > 0).Select((line, i) =>
        {
            // The caption is the last field, quoted where it holds a comma.
            var first = line.IndexOf(',');
            var second = first < 0 ? -1 : line.IndexOf(',', first + 1);
            if (second < 0) throw new UserException($"{table}, line {i + 2}: found '{line}'; expected image_id,image_path,caption.");
            var caption = line[(second + 1)..];
            return (Id: line[..first], Caption: caption is ['"', .., '"'] ? caption[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : caption);
        }).ToList();
        if (images.dim() != 2 || texts.dim() != 2 || images.shape[0] != lines.Count || texts.shape[0] != lines.Count)
            throw new UserException($"{table} has {lines.Count} captions; the embeddings are of shapes [{string.Join(", ", images.shape)}] and [{string.Join(", ", texts.shape)}]; expected a row a caption in both.");
        var groups = lines.Select((l, row) => (l.Id, l.Caption, Row: row)).GroupBy(l => l.Id).ToList();
        var imageOf = new int[lines.Count];
        for (var g = 0; g < groups.Count; g++)
            foreach (var line in groups[g]) imageOf[line.Row] = g;
        var rows = tensor(groups.Select(g => (long)g.First().Row).ToArray());
        return new("100 photographs of Flickr8k, five captions of each encoded, CLIP ViT-B/32", images.index_select(0, rows), texts,
            [.. lines.Select(l => l.Caption)], imageOf, [.. groups.Select(g => new CaptionedImage(g.Key, [.. g.Select(l => l.Caption)]))]);
    }

    private static string Find(string name, string fetch) => Locations.Find(name) ?? throw new UserException(
        $"No file {name} in {string.Join(" or ", Locations.DataFolders)}. './run fetch {fetch}' brings it; or set UNSUPCLIPCAP_DATA to a folder that holds it.");
}
