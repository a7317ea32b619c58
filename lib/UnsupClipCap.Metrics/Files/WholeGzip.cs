using System.IO.Compression;

namespace UnsupClipCap.Metrics;

/// <summary>Unpacks gzip data and finds out whether they are whole: .NET takes data that were cut off for shorter ones.</summary>
internal sealed class WholeGzip : IDisposable
{
    /// <summary>What is to be said of data that are not whole.</summary>
    public const string Damage = "it was cut off or changed";

    // A gzip part of four bytes that no text in UTF-8 holds, put behind the data: it is unpacked only if all before it is whole.
    private const int MarkStart = 15, MarkLength = 4;
    private static readonly byte[] PackedMark =
        [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0x01, 0x04, 0x00, 0xFB, 0xFF, 0xF5,
            0xFA, 0xFE, 0xF7, 0x03, 0x64, 0x49, 0x81, 0x04, 0x00, 0x00, 0x00];

    private readonly MarkedStream _packed;
    private readonly GZipStream _unpacked;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start, _end;               // of what is unpacked and not given out
    private bool _isOver;                   // nothing follows, not even the mark

    /// <param name="packed">The data, from their beginning; a stream that can seek. It is closed with this.</param>
    public WholeGzip(Stream packed)
    {
        _packed = new(packed);
        _unpacked = new(_packed, CompressionMode.Decompress);
    }

    /// <summary>Reads some unpacked bytes; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">The data are not whole; what was read before does not show it.</exception>
    public int Read(Span<byte> bytes)
    {
        while (!_isOver && _end - _start <= MarkLength)         // these may be the mark
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _unpacked.Read(_buffer.AsSpan(_end));
            _end += read;
            if (read > 0) continue;
            if (_buffer.AsSpan(0, _end).SequenceEqual(PackedMark.AsSpan(MarkStart, MarkLength))) return 0;
            if (!_packed.EndedInPadding) throw new InvalidDataException(Damage);
            _isOver = true;
        }
        var given = Math.Min(bytes.Length, _end - _start - (_isOver ? 0 : MarkLength));
        _buffer.AsSpan(_start, given).CopyTo(bytes);
        _start += given;
        return given;
    }

    public void Dispose()
    {
        _unpacked.Dispose();
        _packed.Dispose();
    }

    /// <summary>
    /// The data and the mark. Zeros that end the data may be padding, as on tapes, behind which no mark is looked for; or the last bytes of the data. So the first of them are handed out one by one:
    /// the reader takes those that it needs and one more.
    /// </summary>
    private sealed class MarkedStream(Stream data) : Stream
    {
        // The data themselves can end in so many: nine in those of an empty text.
        private const int MostSingle = 16;

        private readonly long _zeros = EndWithoutZeros(data);
        private int _given;                 // of the mark

        /// <summary>Whether the reader stopped at a zero before it came to the mark.</summary>
        public bool EndedInPadding => _given == 0 && data.Position > _zeros;

        public override int Read(Span<byte> bytes)
        {
            var room = bytes.Length;
            if (data.Position < _zeros) return data.Read(bytes[..(int)Math.Min(room, _zeros - data.Position)]);
            if (data.Position < data.Length) return data.Read(bytes[..(data.Position - _zeros < MostSingle ? Math.Min(room, 1) : room)]);
            var given = Math.Min(room, PackedMark.Length - _given);
            PackedMark.AsSpan(_given, given).CopyTo(bytes);
            _given += given;
            return given;
        }

        private static long EndWithoutZeros(Stream data)
        {
            var block = new byte[1 << 12];
            var end = data.Length;
            while (end > 0)
            {
                data.Position = Math.Max(0, end - block.Length);
                var read = block.AsSpan(0, (int)(end - data.Position));
                data.ReadExactly(read);
                var last = read.LastIndexOfAnyExcept((byte)0);
                end -= read.Length - 1 - last;
                if (last >= 0) break;
            }
            data.Position = 0;
            return end;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) data.Dispose();
            base.Dispose(disposing);
        }
    }
}
