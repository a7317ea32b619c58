using System.Security.Cryptography;
using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A shard's file: safetensors with one tensor, "embeddings" (rows, d), and in its metadata the names of its rows and what was left out.</summary>
internal static class EmbeddingShardFile
{
    private const string Rows = "embeddings", Names = "names", LeftOut = "left_out";

    /// <summary>Writes a shard and gives its entry in the index.</summary>
    public static EmbeddingShard Write(string folder, int number, int first, Tensor rows, IReadOnlyList<string> names, IReadOnlyList<EmbeddingLeftOut> leftOut, EmbeddingEncoder encoder)
    {
        var file = Name(number);
        var path = Path.Combine(folder, file);
        Safetensors.Write(path, new Dictionary<string, Tensor> { [Rows] = rows }, new Dictionary<string, string>
        {
            ["encoder"] = encoder.Fingerprint,
            ["first"] = FormattableString.Invariant($"{first}"),
            [Names] = JsonSerializer.Serialize(names),
            [LeftOut] = JsonSerializer.Serialize(leftOut.Select(l => new[] { l.Name, l.Reason })),
        });
        return new(file, Digest(path), first, names.Count + leftOut.Count, names.Count);
    }

    /// <summary>The path of a shard inside its store.</summary>
    public static string Name(int number) => FormattableString.Invariant($"shards/{number:00000}.safetensors");

    /// <summary>Fails unless a shard's file is there and byte for byte what was written.</summary>
    public static void Verify(string folder, EmbeddingShard shard)
    {
        var path = Path.Combine(folder, shard.File);
        if (!File.Exists(path)) throw new UserException($"{path} is not there, and {EmbeddingIndex.FileName} lists it. {Mend(folder)}");
        var digest = Digest(path);
        if (!digest.Equals(shard.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new UserException($"{path} is damaged: its SHA-256 is {digest}; expected {shard.Sha256}. {Mend(folder)}");
    }

    /// <summary>Reads a shard that was verified: (rows, d) in its stored type. The caller disposes it.</summary>
    public static Tensor Read(string folder, EmbeddingShard shard, EmbeddingSettings settings)
    {
        var path = Path.Combine(folder, shard.File);
        var tensors = Safetensors.Read(path).Tensors;
        if (tensors.Count == 1 && tensors.TryGetValue(Rows, out var rows) && rows.shape.SequenceEqual([shard.Rows, settings.Width]) && rows.dtype == settings.Type) return rows;
        foreach (var tensor in tensors.Values) tensor.Dispose();
        throw new UserException($"{path} does not hold what {EmbeddingIndex.FileName} says: expected '{Rows}' of shape [{shard.Rows}, {settings.Width}] in {EmbeddingSettings.Word(settings.Type)} and nothing else. {Mend(folder)}");
    }

    /// <summary>The names of a shard's rows, and what it left out, from its header alone.</summary>
    public static (IReadOnlyList<string> Names, IReadOnlyList<EmbeddingLeftOut> LeftOut) ReadNames(string folder, EmbeddingShard shard)
    {
        var path = Path.Combine(folder, shard.File);
        if (!File.Exists(path)) throw new UserException($"{path} is not there, and {EmbeddingIndex.FileName} lists it. {Mend(folder)}");
        var metadata = Safetensors.ReadMetadata(path);
        try
        {
            var names = JsonSerializer.Deserialize<string[]>(metadata[Names])!;
            var leftOut = JsonSerializer.Deserialize<string[][]>(metadata[LeftOut])!.Select(l => new EmbeddingLeftOut(l[0], l[1])).ToArray();
            if (names.Length == shard.Rows && names.Length + leftOut.Length == shard.Items) return (names, leftOut);
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException or IndexOutOfRangeException)
        {
        }
        throw new UserException($"{path} does not name its {shard.Rows} rows. {Mend(folder)}");
    }

    private static string Digest(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} could not be read: {e.Message}", e);
        }
    }

    private static string Mend(string folder) => $"Copy the store {folder} again, or make it anew with './run embed … --overwrite'.";
}
