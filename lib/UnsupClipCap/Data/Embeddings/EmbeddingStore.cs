using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// A folder of embeddings: <c>index.json</c> and shards of rows in safetensors. A shard is read when its rows are asked for, and the first time
/// its SHA-256 is compared with the index.
/// </summary>
public sealed class EmbeddingStore
{
    private readonly bool[] _verified;
    private readonly int[] _firstRow;

    private EmbeddingStore(string folder, EmbeddingIndex index)
    {
        (Folder, Index) = (folder, index);
        _verified = new bool[index.Shards.Count];
        _firstRow = new int[index.Shards.Count + 1];
        for (var i = 0; i < index.Shards.Count; i++) _firstRow[i + 1] = _firstRow[i] + index.Shards[i].Rows;
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>What it holds.</summary>
    public EmbeddingIndex Index { get; }

    /// <summary>Number of rows, N.</summary>
    public int Count => _firstRow[^1];

    /// <summary>Numbers a row, d.</summary>
    public int Width => Index.Settings.Width;

    /// <summary>The N rows' names.</summary>
    public IReadOnlyList<string> Names => Index.Names;

    /// <summary>What of the list has no row, and why.</summary>
    public IReadOnlyList<EmbeddingLeftOut> LeftOut => Index.LeftOut;

    /// <summary>Opens a finished store. Its shards are not read yet.</summary>
    /// <exception cref="UserException">There is none, it is not finished, or its index is damaged.</exception>
    public static EmbeddingStore Open(string folder)
    {
        var index = EmbeddingIndex.Read(folder);
        if (!index.IsComplete)
        {
            var (first, end) = index.Settings.Part.Range(index.Settings.Items);
            throw new UserException($"{folder} is not finished: {index.Next - first} of {end - first} {EmbeddingSettings.Word(index.Settings.Kind)} are done. The './run embed' command that began it goes on from there.");
        }
        return new(folder, index);
    }

    /// <summary>Rows first..first + count - 1 as (count, d), float32. The caller disposes it.</summary>
    /// <exception cref="UserException">A shard is absent or damaged; it is named.</exception>
    public Tensor Rows(int first, int count)
    {
        if (first < 0 || count < 0 || (long)first + count > Count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"There are {Count} rows; {first} to {(long)first + count} were asked for.");
        var result = empty(count, Width);
        using var scope = NewDisposeScope();
        for (var shard = 0; shard < Index.Shards.Count; shard++)
        {
            var (from, to) = (Math.Max(first, _firstRow[shard]), Math.Min(first + count, _firstRow[shard + 1]));
            if (from >= to) continue;
            using var rows = Shard(shard);
            result.narrow(0, from - first, to - from).copy_(rows.narrow(0, from - _firstRow[shard], to - from));
        }
        return result;
    }

    /// <summary>All rows (N, d), float32. The caller disposes it.</summary>
    public Tensor All() => Rows(0, Count);

    /// <summary>One shard's rows in their stored type. The caller disposes it.</summary>
    /// <exception cref="UserException">The shard is absent or damaged; it is named.</exception>
    public Tensor Shard(int shard)
    {
        if (!_verified[shard]) EmbeddingShardFile.Verify(Folder, Index.Shards[shard]);
        _verified[shard] = true;
        return EmbeddingShardFile.Read(Folder, Index.Shards[shard], Index.Settings);
    }

    /// <summary>Compares every shard with its SHA-256, and the names in the shards with the index's.</summary>
    /// <exception cref="UserException">A shard is absent or damaged; it is named.</exception>
    public void Verify(IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        for (var shard = 0; shard < Index.Shards.Count; shard++)
        {
            cancel.ThrowIfCancellationRequested();
            Shard(shard).Dispose();
            var own = EmbeddingShardFile.ReadNames(Folder, Index.Shards[shard]).Names;
            for (var i = 0; i < own.Count; i++)
                if (own[i] != Names[_firstRow[shard] + i])
                    throw new UserException($"{Path.Combine(Folder, EmbeddingIndex.FileName)} calls row {_firstRow[shard] + i} '{Names[_firstRow[shard] + i]}', and {Index.Shards[shard].File} calls it '{own[i]}'. Copy the store again, or make it anew.");
            progress?.Report((shard + 1.0) / Index.Shards.Count);
        }
    }

    /// <summary>
    /// Writes all rows as float32 in NumPy's format (N, d), and beside it their names, one a line, under the same name with the ending <c>.names.txt</c>.
    /// No more than a shard is in memory at a time.
    /// </summary>
    public void WriteNpy(string path)
    {
        Npy.Write(path, [Count, Width], Blocks());
        AtomicFile.WriteText(Path.ChangeExtension(path, ".names.txt"), string.Concat(Names.Select(n => n + "\n")));

        IEnumerable<Tensor> Blocks()
        {
            for (var shard = 0; shard < Index.Shards.Count; shard++)
            {
                using var rows = Shard(shard);
                using var floats = rows.to(ScalarType.Float32);
                yield return floats;
            }
        }
    }
}
