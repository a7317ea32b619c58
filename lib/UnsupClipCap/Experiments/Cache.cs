using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>
/// Things made once and kept in <see cref="Locations.Cache"/>, each under a key of everything that decides it: settings, seed, data and the version
/// of the code that makes it. A changed setting makes a new thing; nothing is ever taken for what it is not.
/// </summary>
public static class Cache
{
    /// <summary>The file of a thing.</summary>
    /// <param name="kind">Folder: "captioners", "embeddings".</param>
    /// <param name="name">Beginning of the file's name, for people.</param>
    /// <param name="decidedBy">Everything that decides it, serialised into the key.</param>
    /// <param name="ending">With its dot.</param>
    public static string PathOf(string kind, string name, object decidedBy, string ending) =>
        Path.Combine(Locations.Cache, kind, $"{name}-{Key(decidedBy)}{ending}");

    /// <summary>16 hexadecimal digits that stand for a value's content.</summary>
    public static string Key(object value) => Key(JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>16 hexadecimal digits that stand for bytes.</summary>
    public static string Key(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    /// <summary>16 hexadecimal digits that stand for the content of files, in order.</summary>
    public static string KeyOfFiles(params IEnumerable<string> paths)
    {
        var all = new StringBuilder();
        foreach (var path in paths)
        {
            if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
            using var file = File.OpenRead(path);
            all.Append(Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        return Key(Encoding.ASCII.GetBytes(all.ToString()));
    }
}
