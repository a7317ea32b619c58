using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Any folder of pictures, with captions or without: images only, or both.</summary>
public static class PictureFolder
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    /// <summary>The pictures of a folder, by letter, without captions; folders inside are not looked through.</summary>
    /// <exception cref="UserException">There is no such folder, or no picture in it.</exception>
    public static IReadOnlyList<CaptionedImage> Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new UserException($"{folder} {(File.Exists(folder) ? "is a file" : "does not exist")}; expected a folder of pictures.");
        string[] names = [.. Directory.EnumerateFiles(folder).Where(f => Endings.Contains(Path.GetExtension(f).ToLowerInvariant())).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        return names.Length > 0 ? [.. names.Select(n => new CaptionedImage(n, []) { File = n })]
            : throw new UserException($"{folder} holds no pictures: no file there ends in {string.Join(", ", Endings)}. Name the folder that they lie in.");
    }

    /// <summary>
    /// The pictures of a folder with the captions of a file: a Flickr token file, COCO's annotations or <c>{"name": [captions]}</c>, packed or not. An id of the file is a picture's
    /// file name, that name without its ending, or the number that it ends in, as in <c>COCO_val2014_000000391895.jpg</c>. In the file's order.
    /// </summary>
    /// <param name="folder">The pictures.</param>
    /// <param name="captions">The captions.</param>
    /// <param name="every">Whether each picture must have a caption; else those without one are left out.</param>
    /// <exception cref="UserException">An id has no picture or several, has no caption, or a picture has no caption where each must: names the first and how many.</exception>
    public static IReadOnlyList<CaptionedImage> Read(string folder, string captions, bool every = true)
    {
        var pictures = Read(folder);
        var file = DataFiles.Read(() => CaptionFile.Read(captions));
        var byName = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var picture in pictures)
            foreach (var name in Names(picture.Id).Distinct())
                byName[name] = byName.ContainsKey(name) ? null : picture.Id;        // null: several pictures are called this
        foreach (var picture in pictures) byName[picture.Id] = picture.Id;          // a whole name is always one picture's
        var images = new List<CaptionedImage>();
        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < file.Ids.Count; i++)
        {
            var id = file.Ids[i].Text;
            if (!byName.TryGetValue(id, out var name)) throw new UserException($"{captions} has captions of '{id}', and {folder} has no picture of that name or number. Put it there, or leave it out of the captions.");
            if (name is null) throw new UserException($"{captions} has captions of '{id}', and several pictures in {folder} are called that. Use the whole file names as ids.");
            if (file.Captions[i].Count == 0) throw new UserException($"{captions}: '{id}' has no caption; expected one or more.");
            if (!used.TryAdd(name, id)) throw new UserException($"{captions}: '{used[name]}' and '{id}' are both the picture {name}; expected each picture once.");
            images.Add(new(name, [.. file.Captions[i].Select(c => c.Trim())]) { File = name });
        }
        var without = pictures.Where(p => !used.ContainsKey(p.Id)).ToList();
        return without.Count == 0 || !every ? images
            : throw new UserException($"{without.Count} of {pictures.Count} pictures in {folder} have no caption in {captions}; the first is {without[0].Id}. Add captions, or ask for captioned pictures only.");
    }

    private static IEnumerable<string> Names(string file)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        yield return file;
        yield return stem;
        var digits = stem[(stem.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) yield return number.ToString(CultureInfo.InvariantCulture);
    }
}
