using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace UnsupClipCap.Metrics;

/// <summary>
/// METEOR's paraphrase table as a mapped file. Phrases are known by a 64-bit hash of their text, so that a lookup is a few steps in memory that is
/// shared between processes and read from disk only where it is used.
/// </summary>
/// <remarks>
/// File: header (magic with version, size and time of the source, counts, check sums of all that follows and of the header); the hashes in ascending order; for each of 2^20
/// beginnings of a hash the first phrase; for each phrase its first paraphrase; the paraphrases as numbers of phrases, ascending for each phrase.
/// </remarks>
internal sealed unsafe class ParaphraseTable : IDisposable
{
    /// <summary>Words of the longest phrase that is looked for; the table has none longer.</summary>
    public const int LongestPhrase = 7;

    private const ulong Magic = 0x31305041524D4355;       // "UCMRAP01"
    private const int HeaderSize = 64, BucketBits = 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int* _buckets;             // 2^20 + 1
    private readonly ulong* _hashes;            // phrases
    private readonly int* _first;               // phrases + 1
    private readonly int* _paraphrases;

    private ParaphraseTable(string path, int phrases)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += _view.PointerOffset + HeaderSize;
        _hashes = (ulong*)start;
        _buckets = (int*)(_hashes + phrases);
        _first = _buckets + (1 << BucketBits) + 1;
        _paraphrases = _first + phrases + 1;
    }

    /// <summary>Opens the packed table, and packs it first where there is none, or one of another source, or a damaged one.</summary>
    /// <param name="source">METEOR's <c>paraphrase-en.gz</c>: three lines an entry, a probability and two phrases.</param>
    /// <param name="packed">The packed file.</param>
    /// <param name="progress">Told the share packed, 0..1; may be null.</param>
    /// <param name="cancellation">Ends the packing; nothing is left behind.</param>
    /// <exception cref="MetricInputException">The source is not of this form.</exception>
    public static ParaphraseTable Open(string source, string packed, IProgress<double>? progress, CancellationToken cancellation)
    {
        var file = new FileInfo(source);
        if (Phrases(packed, file) is { } phrases) return new(packed, phrases);
        Pack(file, packed, progress, cancellation);
        return new(packed, Phrases(packed, file) ?? throw new MetricInputException($"{packed} was written and cannot be read. Free some space or choose another place by UNSUPCLIPCAP_CACHE."));
    }

    /// <summary>The number of a phrase, or -1 where the table does not have it.</summary>
    public int Find(ulong hash)
    {
        var bucket = (int)(hash >> (64 - BucketBits));
        for (var i = _buckets[bucket]; i < _buckets[bucket + 1]; i++)
            if (_hashes[i] == hash) return i;
        return -1;
    }

    /// <summary>Whether the table gives the second phrase for the first.</summary>
    public bool Has(int phrase, int other)
    {
        int low = _first[phrase], high = _first[phrase + 1] - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_paraphrases[middle] == other) return true;
            if (_paraphrases[middle] < other) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }

    /// <summary>The hash of a phrase goes on from that of its beginning: <see cref="Begin"/>, then for each word its bytes, words parted by a space; <see cref="End"/> ends it.</summary>
    public const ulong Begin = 0xCBF29CE484222325;

    public static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }

    public static ulong End(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static void Pack(FileInfo source, string packed, IProgress<double>? progress, CancellationToken cancellation)
    {
        var (from, to) = ReadPairs(source, progress, cancellation);
        var hashes = new ulong[from.Count + to.Count];
        CollectionsMarshal.AsSpan(from).CopyTo(hashes);
        CollectionsMarshal.AsSpan(to).CopyTo(hashes.AsSpan(from.Count));
        Array.Sort(hashes);
        var phrases = 0;
        for (var i = 0; i < hashes.Length; i++)
            if (i == 0 || hashes[i] != hashes[i - 1]) hashes[phrases++] = hashes[i];
        Array.Resize(ref hashes, phrases);
        var buckets = new int[(1 << BucketBits) + 1];
        foreach (var hash in hashes) buckets[(int)(hash >> (64 - BucketBits)) + 1]++;
        for (var b = 1; b < buckets.Length; b++) buckets[b] += buckets[b - 1];
        progress?.Report(0.7);

        // A pair as one number: the first phrase above, the second below.
        var pairs = new ulong[from.Count];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = (ulong)Number(from[i]) << 32 | (uint)Number(to[i]);
        Array.Sort(pairs);
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(0.9);
        var first = new int[phrases + 1];
        var paraphrases = new int[pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            first[(int)(pairs[i] >> 32) + 1]++;
            paraphrases[i] = (int)(uint)pairs[i];
        }
        for (var p = 1; p < first.Length; p++) first[p] += first[p - 1];
        WholeFile.Write(packed, stream =>
        {
            var sum = CheckSum(0, MemoryMarshal.AsBytes<ulong>(hashes));
            foreach (var part in new[] { buckets, first, paraphrases }) sum = CheckSum(sum, MemoryMarshal.AsBytes<int>(part));
            stream.Write(Header(source, phrases, pairs.Length, sum));
            stream.Write(MemoryMarshal.AsBytes<ulong>(hashes));
            foreach (var part in new[] { buckets, first, paraphrases }) stream.Write(MemoryMarshal.AsBytes<int>(part));
        });
        progress?.Report(1);

        int Number(ulong hash)
        {
            var bucket = (int)(hash >> (64 - BucketBits));
            return Array.BinarySearch(hashes, buckets[bucket], buckets[bucket + 1] - buckets[bucket], hash);
        }
    }

    private static (List<ulong> From, List<ulong> To) ReadPairs(FileInfo source, IProgress<double>? progress, CancellationToken cancellation)
    {
        var (from, to) = (new List<ulong>(1 << 20), new List<ulong>(1 << 20));
        using var file = source.OpenRead();
        using var text = new WholeGzip(file);
        var buffer = new byte[1 << 20];
        var (kept, line) = (0, 0L);
        try
        {
            while (true)
            {
                if (kept == buffer.Length) throw Bad(line, $"a line of more than {buffer.Length} bytes");
                var read = text.Read(buffer.AsSpan(kept));
                if (read == 0) break;
                var rest = buffer.AsSpan(0, kept + read);
                for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..], line++)
                {
                    var value = rest[..end];
                    if (value.Length == 0) throw Bad(line, "an empty line");
                    switch (line % 3)
                    {
                        case 0:
                            if (value[0] is not ((byte)'.' or >= (byte)'0' and <= (byte)'9')) throw Bad(line, "no probability");
                            break;
                        case 1: from.Add(End(Add(Begin, value))); break;
                        default: to.Add(End(Add(Begin, value))); break;
                    }
                }
                rest.CopyTo(buffer);
                kept = rest.Length;
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(0.6 * file.Position / file.Length);
            }
        }
        catch (InvalidDataException)
        {
            throw Bad(line, $"no whole gzip data ({WholeGzip.Damage})");
        }
        if (kept > 0 || line % 3 != 0 || line == 0) throw Bad(line, "the end in the middle of an entry");
        return (from, to);

        MetricInputException Bad(long at, string what) =>
            new($"{source.FullName}, line {at + 1}: found {what}; expected METEOR's paraphrase table, three lines an entry: a probability and two phrases. Fetch the file again.");
    }

    private static byte[] Header(FileInfo source, int phrases, int pairs, ulong sum)
    {
        var header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), source.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), source.LastWriteTimeUtc.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), phrases);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), pairs);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), sum);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), End(Add(Begin, header.AsSpan(0, 40))));
        return header;
    }

    // Position-dependent, so that a part in the wrong place is noticed too; four bytes at a time, since every part is a multiple of that.
    private static ulong CheckSum(ulong sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, uint>(bytes)) sum = sum * 0x9E3779B97F4A7C15 + word + 1;
        return sum;
    }

    private static long Size(int phrases, int pairs) => HeaderSize + 8L * phrases + 4L * ((1 << BucketBits) + 1 + phrases + 1 + pairs);

    /// <summary>The number of phrases of a packed file that is whole and of this source; null for any other.</summary>
    private static int? Phrases(string packed, FileInfo source)
    {
        if (!File.Exists(packed)) return null;
        using var file = File.OpenRead(packed);
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return null;
        var (phrases, pairs, sum) = (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(24)), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(28)), BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32)));
        if (phrases <= 0 || pairs <= 0 || !header.AsSpan().SequenceEqual(Header(source, phrases, pairs, sum)) || file.Length != Size(phrases, pairs)) return null;
        using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using var view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            ulong found = 0;
            const int Part = 1 << 26;
            for (long at = HeaderSize; at < file.Length; at += Part)
                found = CheckSum(found, new ReadOnlySpan<byte>(start + view.PointerOffset + at, (int)Math.Min(Part, file.Length - at)));
            return found == sum ? phrases : null;
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }
}
