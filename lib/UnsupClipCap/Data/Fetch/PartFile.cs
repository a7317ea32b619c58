using System.Security.Cryptography;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>
/// The part of a file that has come so far, <c>NAME.part</c>, and which version of the file it is a part of, <c>NAME.part.json</c>. Open, it belongs to one
/// process alone. Nothing bears the file's own name before all of it is there and checked.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private readonly string _target;
    private readonly FileStream _stream;
    private State _state;

    /// <param name="Address">Where it comes from.</param>
    /// <param name="ETag">The server's tag of this version, where it gives a strong one.</param>
    /// <param name="LastModified">The date of this version otherwise.</param>
    /// <param name="Total">Bytes of the whole, where known.</param>
    private sealed record State(string Address, string? ETag = null, DateTimeOffset? LastModified = null, long? Total = null);

    private PartFile(string target, FileStream stream, State state) => (_target, _stream, _state) = (target, stream, state);

    public static string PathOf(string target) => target + ".part";

    private static string StateOf(string target) => target + ".part.json";

    /// <summary>Bytes of a part that the next fetch can go on from.</summary>
    public static long LengthOf(string target) => File.Exists(StateOf(target)) && new FileInfo(PathOf(target)) is { Exists: true } part ? part.Length : 0;

    /// <summary>Opens the part of a file, or begins one where there is none from this address.</summary>
    /// <exception cref="UserException">Another process has it, or the place cannot be written.</exception>
    public static PartFile Open(string target, string address)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var stream = new FileStream(PathOf(target), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            var part = new PartFile(target, stream, Receipt.Json.Read<State>(StateOf(target)) ?? new(""));
            if (part._state.Address != address || part._state.Total < stream.Length) part.Restart(address);
            stream.Seek(0, SeekOrigin.End);
            return part;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{PathOf(target)} cannot be opened: {e.Message.TrimEnd('.')}. If another fetch is at work on it, wait for it; else free the place or choose another with UNSUPCLIPCAP_DATA.", e);
        }
    }

    public long Length => _stream.Length;

    public long? Total => _state.Total;

    public string? ETag => _state.ETag;

    public DateTimeOffset? LastModified => _state.LastModified;

    /// <summary>Drops what has come.</summary>
    public void Restart(string? address = null)
    {
        _stream.SetLength(0);
        _state = new(address ?? _state.Address);
        File.Delete(StateOf(_target));
    }

    /// <summary>Which version of the file it is that is now coming.</summary>
    public void Remember(string? etag, DateTimeOffset? lastModified, long? total)
    {
        _state = _state with { ETag = etag, LastModified = lastModified, Total = total };
        AtomicFile.WriteText(StateOf(_target), JsonSerializer.Serialize(_state));
    }

    /// <exception cref="UserException">The disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw new UserException($"{PathOf(_target)} could not be written after {Bytes.Words(Length)}: {e.Message.Split(" : '")[0].TrimEnd('.')}. What has come is kept; free some space and give the same command again.", e);
        }
    }

    /// <summary>Its first bytes, for messages.</summary>
    public byte[] Head(int count)
    {
        var head = new byte[Math.Min(count, Length)];
        _stream.Seek(0, SeekOrigin.Begin);
        _stream.ReadExactly(head);
        _stream.Seek(0, SeekOrigin.End);
        return head;
    }

    /// <summary>Digest of all that has come.</summary>
    public string Digest(HashAlgorithmName kind, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        _stream.Seek(0, SeekOrigin.Begin);
        var digest = UnsupClipCap.Digest.Of(_stream, kind, Path.GetFileName(_target), progress, cancel);
        _stream.Seek(0, SeekOrigin.End);
        return digest;
    }

    /// <summary>Gives the whole file its name.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(PathOf(_target), _target, overwrite: true);
        File.Delete(StateOf(_target));
    }

    /// <summary>Removes it: what has come is not what was asked for.</summary>
    public void Discard()
    {
        _stream.Dispose();
        File.Delete(PathOf(_target));
        File.Delete(StateOf(_target));
    }

    /// <summary>Closes it; a part of nothing is removed.</summary>
    public void Dispose()
    {
        if (!_stream.CanRead) return;
        var isEmpty = Length == 0;
        _stream.Dispose();
        if (isEmpty) Discard();
    }
}
