using System.Buffers.Binary;
using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>A file's bytes, unpacked where they were gzipped, and the words for a place in them.</summary>
internal sealed class FileContent
{
    private const int MarkLength = 3;

    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly bool _isUnpacked;

    private FileContent(string path, byte[] bytes, int length, bool isUnpacked)
    {
        (Path, _bytes, _length, _isUnpacked) = (path, bytes, length, isUnpacked);
        if (Text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) Start = MarkLength;
    }

    public string Path { get; }

    /// <summary>Where the text begins: behind the byte-order mark that some editors write.</summary>
    public int Start { get; }

    /// <summary>The text in UTF-8, without a byte-order mark.</summary>
    public ReadOnlySpan<byte> Text => _bytes.AsSpan(Start, _length - Start);

    /// <exception cref="MetricInputException">The file is absent, a folder, empty, cannot be read or cannot be unpacked.</exception>
    public static FileContent Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new MetricInputException($"{path} is a folder; expected a file of captions. Name the file in it.");
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MetricInputException($"{path} does not exist; expected a file of captions. Check its name.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MetricInputException($"{path} could not be read: {e.Message.TrimEnd('.')}. Check the file and the right to read it.");
        }
        var content = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? Unpack(path, bytes) : new FileContent(path, bytes, bytes.Length, false);
        if (content.Text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || content.Text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new MetricInputException($"{path} begins like a text in UTF-16; expected UTF-8. Save it as UTF-8.");
        if (content.Text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            throw new MetricInputException($"{path} is empty{(content._length > 0 ? " but for white space" : "")}; expected captions. Make the file anew.");
        return content;
    }

    /// <summary>Line and byte, both counted from 1, of a place counted from the start of <see cref="Text"/>.</summary>
    public string Place(long offset)
    {
        var before = Text[..(int)Math.Min(offset, Text.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1 + (line == 1 ? Start : 0);
        return FormattableString.Invariant($"line {line}, byte {column}{(_isUnpacked ? " of the unpacked text" : "")}");
    }

    /// <summary>Where a text stops being UTF-8, or -1.</summary>
    public static int Invalid(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text[at..], out _, out var length) != System.Buffers.OperationStatus.Done) return at;
            at += length;
        }
        return -1;
    }

    private static FileContent Unpack(string path, byte[] packed)
    {
        // The last four bytes tell the unpacked length, if the file is whole and has one part; text seldom packs to less than an eighth.
        var told = packed.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(packed.Length - 4)) : 0;
        var bytes = new byte[Math.Clamp(told + 1L, 1 << 12, Math.Min(Array.MaxLength, packed.Length * 8L + (1 << 12)))];
        var length = 0;
        try
        {
            using var gzip = new WholeGzip(new MemoryStream(packed, writable: false));
            for (int read; (read = gzip.Read(bytes.AsSpan(length))) > 0;)
            {
                length += read;
                if (length < bytes.Length) continue;
                if (length == Array.MaxLength) throw new MetricInputException($"{path} unpacks to more than 2 GiB, which is more than can be read. Split it.");
                Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, length * 2L));
            }
        }
        catch (InvalidDataException)
        {
            throw new MetricInputException($"{path} is gzipped and could not be unpacked: {WholeGzip.Damage}; expected a whole file. Copy or make it anew.");
        }
        return new(path, bytes, length, true);
    }
}
