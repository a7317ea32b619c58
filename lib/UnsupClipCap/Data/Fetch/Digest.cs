using System.IO.Compression;
using System.Security.Cryptography;

namespace UnsupClipCap;

/// <summary>Digests of files, in lower-case hexadecimal digits.</summary>
internal static class Digest
{
    private const long Slow = 200_000_000;      // smaller files are done before anybody could read of it

    /// <summary>SHA-256 of a file.</summary>
    public static string Sha256(string path, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default)
    {
        using var stream = Open(path);
        return Of(stream, HashAlgorithmName.SHA256, Path.GetFileName(path), progress, cancel);
    }

    /// <summary>SHA-256 and length of what a gzip file unpacks to.</summary>
    /// <exception cref="InvalidDataException">It is no whole gzip file.</exception>
    public static (string Sha256, long Length) OfPacked(string path, CancellationToken cancel)
    {
        using var file = Open(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, done) = (new byte[1 << 20], 0L);
        for (int n; (n = unpacked.Read(buffer)) > 0; done += n)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, n);
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), done);
    }

    /// <summary>MD5 of a file: against damage on the way, not against forgery.</summary>
    public static string Md5(string path, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default)
    {
        using var stream = Open(path);
        return Of(stream, HashAlgorithmName.MD5, Path.GetFileName(path), progress, cancel);
    }

    /// <summary>Digest of a stream from its position on.</summary>
    public static string Of(Stream stream, HashAlgorithmName kind, string what, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(kind);
        var (buffer, done) = (new byte[1 << 20], 0L);
        for (int n; (n = stream.Read(buffer)) > 0;)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, n);
            done += n;
            if (stream.Length >= Slow) progress?.Report(new($"Checking {what}", done, stream.Length));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read to check it: {e.Message.Split(" : '")[0].TrimEnd('.')}. Give the right to read it, or move it away.", e);
        }
    }
}
