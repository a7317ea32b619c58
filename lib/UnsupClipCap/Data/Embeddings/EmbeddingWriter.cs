using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Writes a store shard by shard in the list's order, or goes on with one that was stopped. A shard is there once the index lists it: after a kill at
/// any moment the store holds the shards that were finished and nothing of the one in hand.
/// </summary>
public sealed class EmbeddingWriter : IDisposable
{
    private const string LockName = "writing.lock";
    private readonly string _folder;
    private readonly FileStream _lock;

    private EmbeddingWriter(string folder, FileStream held, EmbeddingIndex index) => (_folder, _lock, Index) = (folder, held, index);

    /// <summary>What is finished.</summary>
    public EmbeddingIndex Index { get; private set; }

    /// <summary>Place of the next item in the whole list.</summary>
    public int Next => Index.Next;

    /// <summary>Makes a store, or takes up one of the same settings.</summary>
    /// <param name="folder">The store; may exist.</param>
    /// <param name="settings">What decides its content.</param>
    /// <param name="overwrite">Whether a store of other settings, or a finished one, is replaced.</param>
    /// <exception cref="UserException">The folder holds a store of other settings or other files, is being written by another process, or cannot be written.</exception>
    public static EmbeddingWriter Open(string folder, EmbeddingSettings settings, bool overwrite = false)
    {
        if (File.Exists(folder)) throw new UserException($"{folder} is a file; expected a folder for a store of embeddings. Choose another place.");
        var exists = File.Exists(Path.Combine(folder, EmbeddingIndex.FileName));
        if (!exists && Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(f => Path.GetFileName(f) is var name && name != LockName && !name.EndsWith(".tmp", StringComparison.Ordinal)))
            throw new UserException($"{folder} holds files and no store of embeddings. Choose an empty or new folder.");
        var held = Hold(folder);
        try
        {
            if (exists && !overwrite)
            {
                var index = EmbeddingIndex.Read(folder);
                if (index.Settings.Difference(settings) is { Length: > 0 } difference)
                    throw new UserException($"The rows in {folder} are {difference}. Choose another --out, or replace them with --overwrite.");
                RemoveHalves(folder);
                return new(folder, held, index);
            }
            if (exists)
            {
                File.Delete(Path.Combine(folder, EmbeddingIndex.FileName));
                if (Directory.Exists(Path.Combine(folder, "shards"))) Directory.Delete(Path.Combine(folder, "shards"), recursive: true);
            }
            RemoveHalves(folder);
            var fresh = new EmbeddingIndex(settings, [], false, [], []);
            fresh.Write(folder);
            return new(folder, held, fresh);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Adds a shard for the next items of the list.</summary>
    /// <param name="rows">(n, d) of any float type.</param>
    /// <param name="names">n names.</param>
    /// <param name="leftOut">The items between them that have no row.</param>
    /// <exception cref="UserException">The disk is full, or a value is not finite in the store's type.</exception>
    public void Add(Tensor rows, IReadOnlyList<string> names, IReadOnlyList<EmbeddingLeftOut> leftOut)
    {
        if (!rows.shape.SequenceEqual([names.Count, Index.Settings.Width]))
            throw new ArgumentException($"Rows of shape [{string.Join(", ", rows.shape)}] came with {names.Count} names; expected [{names.Count}, {Index.Settings.Width}].");
        using var scope = NewDisposeScope();
        var stored = rows.to(Index.Settings.Type);
        if (!isfinite(stored).all().item<bool>())
        {
            var row = isfinite(stored).all(1).logical_not().to(ScalarType.Int32).argmax().item<long>();
            throw new UserException($"The embedding of {names[(int)row]} is not finite in {EmbeddingSettings.Word(Index.Settings.Type)}. " +
                (isfinite(rows).all().item<bool>() ? "Store float32 (--dtype float32) or unit rows (--normalize)." : "The encoder's weights are damaged, or it is no CLIP; fetch it again."));
        }
        var shard = EmbeddingShardFile.Write(_folder, Index.Shards.Count, Next, stored, names, leftOut, Index.Settings.Encoder);
        Take(shard);
    }

    /// <summary>Lists a shard whose file is in place.</summary>
    internal void Take(EmbeddingShard shard)
    {
        var index = Index with { Shards = [.. Index.Shards, shard] };
        index.Write(_folder);
        Index = index;
    }

    /// <summary>Writes the names into the index and opens the store.</summary>
    public EmbeddingStore Finish()
    {
        if (!Index.IsComplete)
        {
            if (Next != Index.Settings.Part.Range(Index.Settings.Items).End) throw new InvalidOperationException($"The store ends at item {Next}; it is not all there.");
            var read = Index.Shards.Select(s => EmbeddingShardFile.ReadNames(_folder, s)).ToList();
            var index = Index with { IsComplete = true, Names = [.. read.SelectMany(r => r.Names)], LeftOut = [.. read.SelectMany(r => r.LeftOut)] };
            index.Write(_folder);
            Index = index;
        }
        return EmbeddingStore.Open(_folder);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Keeps other writers away; the system lets go of it when the process ends, however it ends.</summary>
    private static FileStream Hold(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserException($"{folder} cannot be written: {e.Message} Choose another place.", e);
        }
        catch (IOException e)
        {
            throw new UserException($"{folder} is being written by another process, or cannot be written: {e.Message} Wait for it, or choose another place.", e);
        }
    }

    /// <summary>Removes what a killed process left half written.</summary>
    private static void RemoveHalves(string folder)
    {
        foreach (var place in new[] { folder, Path.Combine(folder, "shards") })
            if (Directory.Exists(place))
                foreach (var file in Directory.EnumerateFiles(place, "*.tmp").ToList()) File.Delete(file);
    }
}
