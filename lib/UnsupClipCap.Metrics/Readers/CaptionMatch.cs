namespace UnsupClipCap.Metrics;

/// <summary>The references and the candidates of one or more systems for the images that are scored.</summary>
/// <param name="References">The references, in the order of their file's images, prepared; its notes tell what was left out.</param>
/// <param name="Candidates">Of each system, one caption an image.</param>
internal sealed record CaptionMatch(CaptionReferences References, IReadOnlyList<string[]> Candidates)
{
    private const int Shown = 5;

    public static CaptionMatch Of(CaptionFile references, IReadOnlyList<CaptionFile> systems, bool partial, CancellationToken cancellation)
    {
        var numbers = new Dictionary<ImageId, int>(references.Ids.Count);
        foreach (var id in references.Ids) numbers.Add(id, numbers.Count);
        var captions = systems.Select(system => CaptionsOf(system, references, numbers)).ToList();
        var images = Enumerable.Range(0, references.Ids.Count).ToList();
        var notes = new List<string>();

        var bare = images.Where(i => references.Captions[i].Count == 0).ToList();
        if (bare.Count > 0)
        {
            var found = $"{bare.Count} of {images.Count} images of {references.Path} have no reference caption: {List(bare.Select(i => references.Ids[i]))}";
            if (!partial) throw new MetricInputException($"{found}. Expected one or more each. Give them captions, leave them out, or score only images with captions of both kinds (--partial).");
            var lost = captions.Sum(c => bare.Count(i => c[i] is not null));
            notes.Add($"{found}. They were left out{(lost > 0 ? $", and with them {lost} {(lost == 1 ? "candidate" : "candidates")}" : "")}.");
            images.RemoveAll(i => references.Captions[i].Count == 0);
        }
        for (var s = 0; s < systems.Count; s++)
        {
            var missing = images.Where(i => captions[s][i] is null).ToList();
            if (missing.Count == 0) continue;
            var found = $"{missing.Count} of {images.Count} images of {references.Path} have no candidate in {systems[s].Path}: {List(missing.Select(i => references.Ids[i]))}";
            if (!partial) throw new MetricInputException($"{found}. Expected a candidate each. Give them a caption, an empty one where the system produced none, or score only images that have one (--partial).");
            notes.Add($"{found}. They were left out.");
        }
        images.RemoveAll(i => captions.Any(c => c[i] is null));
        if (images.Count == 0) throw new MetricInputException($"No image of {references.Path} has both a reference and a candidate{(systems.Count > 1 ? " of each system" : "")}; expected one at least. Give files of the same images.");
        return new(
            CaptionReferences.OfFiles([.. images.Select(i => references.Captions[i])], [.. images.Select(i => references.Ids[i])], notes, cancellation),
            [.. captions.Select(c => images.Select(i => c[i]!).ToArray())]);
    }

    /// <summary>The candidate of each image of the references, null where there is none.</summary>
    private static string?[] CaptionsOf(CaptionFile system, CaptionFile references, Dictionary<ImageId, int> numbers)
    {
        var captions = new string?[numbers.Count];
        var strays = new List<ImageId>();
        for (var i = 0; i < system.Ids.Count; i++)
        {
            var own = system.Captions[i];
            if (own.Count > 1)
                throw new MetricInputException($"{system.Path}: image '{system.Ids[i]}' has {own.Count} candidates, at {system.PlaceOf(i, 0)} and {system.PlaceOf(i, 1)}{(own.Count > 2 ? " and after" : "")}; expected one. Leave the others out.");
            if (own.Count == 0) throw new MetricInputException($"{system.Path}: image '{system.Ids[i]}' has no candidate; expected one. Give it a caption, an empty one where the system produced none, or leave the image out.");
            if (numbers.TryGetValue(system.Ids[i], out var image)) captions[image] = own[0];
            else strays.Add(system.Ids[i]);
        }
        if (strays.Count > 0)
            throw new MetricInputException($"{strays.Count} of {system.Ids.Count} candidates of {system.Path} are of images that {references.Path} does not have: {List(strays)}. " +
                $"Expected images of it, whose ids are like '{references.Ids[0]}'. Leave these candidates out, or give the references they belong to.");
        return captions;
    }

    private static string List(IEnumerable<ImageId> ids)
    {
        var first = ids.Take(Shown + 1).Select(id => $"'{id}'").ToList();
        return first.Count <= Shown ? string.Join(", ", first) : $"{string.Join(", ", first.Take(Shown))}, …";
    }
}
