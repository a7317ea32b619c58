namespace UnsupClipCap.Metrics;

/// <summary>Where a caption stands in its file, as numbers that a format has words for.</summary>
internal readonly record struct CaptionPlace(int Outer, int Inner = 0);

/// <summary>Gathers captions in the order they come and sorts them by image.</summary>
internal sealed class CaptionFileBuilder
{
    private readonly Dictionary<ImageId, int> _images = [];
    private readonly List<ImageId> _ids = [];
    private readonly List<int> _imageOf = [];
    private readonly List<string> _captions = [];
    private readonly List<CaptionPlace> _places = [];

    public int ImageCount => _ids.Count;

    /// <summary>The ids, in the order in which images were first named.</summary>
    public IReadOnlyList<ImageId> Ids => _ids;

    /// <summary>The number of an image, and whether it is new.</summary>
    public (int Image, bool IsNew) Image(ImageId id)
    {
        var next = _ids.Count;
        if (!_images.TryAdd(id, next)) return (_images[id], false);
        _ids.Add(id);
        return (next, true);
    }

    public void Add(int image, string caption, CaptionPlace place)
    {
        _imageOf.Add(image);
        _captions.Add(caption);
        _places.Add(place);
    }

    /// <summary>The file of all that was added. <paramref name="place"/> gives the words for a place.</summary>
    public CaptionFile Build(string path, CaptionFileFormat format, Func<CaptionPlace, string> place, IReadOnlyList<int>? order = null)
    {
        if (_ids.Count == 0) throw new MetricInputException($"{path} is {CaptionFileFormats.Name(format)} without an image; expected captions of one image at least. Make the file anew.");
        var counts = new int[_ids.Count];
        foreach (var image in _imageOf) counts[image]++;
        var captions = Array.ConvertAll(counts, n => n == 0 ? [] : new string[n]);
        var places = Array.ConvertAll(counts, n => n == 0 ? [] : new CaptionPlace[n]);
        Array.Clear(counts);
        for (var i = 0; i < _imageOf.Count; i++)
        {
            var (image, k) = (_imageOf[i], counts[_imageOf[i]]++);
            captions[image][k] = _captions[i];
            places[image][k] = _places[i];
        }
        return order is null
            ? new(path, format, [.. _ids], captions, places, place)
            : new(path, format, [.. order.Select(i => _ids[i])], [.. order.Select(i => captions[i])], [.. order.Select(i => places[i])], place);
    }
}
