namespace UnsupClipCap;

/// <summary>Joins the parts of one list that several machines encoded.</summary>
public static class EmbeddingMerge
{
    /// <summary>Joins all parts of a list to one store, in the list's order whatever order they are given in. Every shard is verified on the way.</summary>
    /// <param name="folder">The store to make; what a stopped merge had done is kept.</param>
    /// <param name="parts">Stores, or folders that hold such as <c>part-00001-of-00004</c>.</param>
    /// <param name="overwrite">Whether a store in <paramref name="folder"/> of other settings is replaced.</param>
    /// <param name="progress">Share done, 0..1.</param>
    /// <param name="cancel">Stops after the shard in hand.</param>
    /// <exception cref="UserException">A part is missing, there twice, unfinished, damaged, or of another encoder, list or form than the first.</exception>
    public static EmbeddingStore Run(string folder, IReadOnlyList<string> parts, bool overwrite = false, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        var stores = parts.SelectMany(Stores).Select(EmbeddingStore.Open).ToList();
        if (stores.Count == 0) throw new UserException("No parts were given; expected the stores that './run embed --shard' made.");
        if (stores.Any(s => Path.GetFullPath(s.Folder) == Path.GetFullPath(folder))) throw new UserException($"{folder} is one of the parts; choose another place for the merged store.");
        Check(stores);
        var settings = stores[0].Index.Settings with { Part = EmbeddingPart.Whole };
        var ordered = stores.OrderBy(s => s.Index.Settings.Part.Number).SelectMany(s => s.Index.Shards.Select(shard => (s.Folder, Shard: shard))).ToList();
        using var writer = EmbeddingWriter.Open(folder, settings, overwrite);
        foreach (var (from, shard) in ordered.SkipWhile(s => s.Shard.First < writer.Next))
        {
            cancel.ThrowIfCancellationRequested();
            EmbeddingShardFile.Verify(from, shard);
            var copy = shard with { File = EmbeddingShardFile.Name(writer.Index.Shards.Count) };
            AtomicFile.Write(Path.Combine(folder, copy.File), to =>
            {
                using var source = File.OpenRead(Path.Combine(from, shard.File));
                source.CopyTo(to);
            });
            writer.Take(copy);
            progress?.Report((double)writer.Next / settings.Items);
        }
        return writer.Finish();
    }

    private static IEnumerable<string> Stores(string path)
    {
        if (!Directory.Exists(path)) throw new UserException($"{path} does not exist; expected a store that './run embed --shard' made, or a folder of such.");
        var inside = Directory.EnumerateDirectories(path, "part-*-of-*").Where(d => File.Exists(Path.Combine(d, EmbeddingIndex.FileName))).Order(StringComparer.Ordinal).ToList();
        if (inside.Count > 0) return inside;
        return File.Exists(Path.Combine(path, EmbeddingIndex.FileName)) ? [path]
            : throw new UserException($"{path} is no store of embeddings and holds no folder 'part-…' that is one; expected what './run embed --shard' made.");
    }

    private static void Check(List<EmbeddingStore> stores)
    {
        var first = stores[0];
        foreach (var store in stores.Skip(1))
            if ((store.Index.Settings with { Part = EmbeddingPart.Whole }).Difference(first.Index.Settings with { Part = EmbeddingPart.Whole }) is { Length: > 0 } difference)
                throw new UserException($"The rows in {store.Folder} are {difference} as in {first.Folder}. Merge the parts of one run only.");
        var of = first.Index.Settings.Part.Of;
        if (stores.FirstOrDefault(s => s.Index.Settings.Part.Of != of) is { } other)
            throw new UserException($"{other.Folder} is part {other.Index.Settings.Part} and {first.Folder} part {first.Index.Settings.Part}: the list was split in different ways. Merge the parts of one split.");
        if (stores.GroupBy(s => s.Index.Settings.Part.Number).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new UserException($"Part {twice.Key}/{of} is there twice: {string.Join(" and ", twice.Select(s => s.Folder))}. Name each part once.");
        var missing = Enumerable.Range(1, of).Except(stores.Select(s => s.Index.Settings.Part.Number)).ToList();
        if (missing.Count > 0)
            throw new UserException($"{stores.Count} of {of} parts are there; missing: {string.Join(", ", missing.Select(m => $"{m}/{of}"))}. Make them with './run embed … --shard {missing[0]}/{of}', or name them too.");
    }
}
