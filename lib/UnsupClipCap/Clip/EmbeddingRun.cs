using System.Diagnostics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How a list is encoded and stored.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>Float16 or Float32, of the stored rows.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;
    /// <summary>Whether rows are brought to unit length.</summary>
    public bool Normalize { get; init; }
    /// <summary>The part of the list to encode.</summary>
    public EmbeddingPart Part { get; init; } = EmbeddingPart.Whole;
    /// <summary>Items a shard, 1 or more: what a kill can cost.</summary>
    public int ShardItems { get; init; } = 2048;
    /// <summary>Items the model takes at once, 1 or more.</summary>
    public int Batch { get; init; } = 64;
    /// <summary>Whether a store of other settings is replaced.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>Where an encoding stands.</summary>
/// <param name="Done">Items done, those of earlier runs included.</param>
/// <param name="Total">Items of the part.</param>
/// <param name="PerSecond">Items a second since this run began.</param>
/// <param name="Left">Estimated time left.</param>
public sealed record EmbeddingProgress(int Done, int Total, double PerSecond, TimeSpan Left);

/// <summary>Encodes a list into a store, and goes on where an earlier run of the same list and encoder was stopped.</summary>
public static class EmbeddingRun
{
    /// <summary>Encodes what is not yet in the store, shard by shard.</summary>
    /// <param name="encoder">The CLIP.</param>
    /// <param name="input">What to encode.</param>
    /// <param name="folder">The store.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told after each batch.</param>
    /// <param name="cancel">Stops after the batch in hand; finished shards stay.</param>
    /// <exception cref="UserException">The folder holds something else, the part is empty, or nothing of it could be decoded.</exception>
    public static EmbeddingStore Run(ClipEncoder encoder, EmbeddingInput input, string folder, EmbeddingOptions options, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancel = default)
    {
        var settings = Settings(encoder, input, options);
        var (first, end) = options.Part.Range(input.Names.Count);
        using var writer = EmbeddingWriter.Open(folder, settings, options.Overwrite);
        var (begun, clock) = (writer.Next, Stopwatch.StartNew());
        var done = begun;
        var runs = new List<(int, int)>();
        for (var start = begun; start < end; start += options.ShardItems) runs.Add((start, Math.Min(end, start + options.ShardItems)));
        foreach (var run in input.Encode(encoder, runs, options.Batch, Tell, cancel))
        {
            using var unit = options.Normalize ? nn.functional.normalize(run.Features, p: 2, dim: 1) : run.Features.alias();
            writer.Add(unit, run.Names, run.LeftOut);
        }
        var store = writer.Finish();
        return store.Count > 0 ? store
            : throw new UserException($"None of {end - first} {EmbeddingSettings.Word(input.Kind)} could be encoded. The first: {store.LeftOut[0].Reason}");

        void Tell(int items)
        {
            done += items;
            var perSecond = (done - begun) / clock.Elapsed.TotalSeconds;
            progress?.Report(new(done - first, end - first, perSecond, TimeSpan.FromSeconds((end - done) / Math.Max(1e-9, perSecond))));
        }
    }

    /// <summary>What decides the store of a run.</summary>
    public static EmbeddingSettings Settings(ClipEncoder encoder, EmbeddingInput input, EmbeddingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardItems, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1);
        if (options.Part.Of > input.Names.Count)
            throw new UserException($"{input.Names.Count} {EmbeddingSettings.Word(input.Kind)} cannot be split into {options.Part.Of} parts; choose {input.Names.Count} or fewer.");
        return new()
        {
            Encoder = new(encoder.Name, encoder.Fingerprint),
            Kind = input.Kind,
            Width = encoder.Model.Config.EmbeddingWidth,
            Type = options.Type,
            IsNormalized = options.Normalize,
            Items = input.Names.Count,
            List = input.Digest,
            Part = options.Part,
        };
    }
}
