using System.Buffers.Binary;

namespace UnsupClipCap;

/// <summary>What Pillow would call a picture file's mode, as far as its resizing depends on it.</summary>
internal static class PictureMode
{
    /// <summary>
    /// Whether a file's pixels are numbers of colours ("P") or black and white ("1"): such pictures Pillow resizes by nearest pixel whatever filter is asked
    /// for. A palette that is the grey ramp makes GIF and BMP pictures grey ones instead.
    /// </summary>
    public static bool IsIndexed(ReadOnlySpan<byte> file)
    {
        if (file.Length > 25 && file[1..4].SequenceEqual("PNG"u8))
            return file[25] == 3 || file[25] == 0 && file[24] == 1;          // IHDR: colour type, bit depth
        if (file.StartsWith("GIF8"u8) && file.Length > 13)
        {
            var entries = 2 << (file[10] & 7);
            return (file[10] & 0x80) == 0 || !IsGreyRamp(file[13..], entries, 3);
        }
        if (file.StartsWith("BM"u8) && file.Length > 30)
        {
            var bits = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]);
            var header = BinaryPrimitives.ReadInt32LittleEndian(file[14..]);
            return bits == 1 || bits <= 8 && !(header is > 0 and < 1024 && file.Length > 14 + header && IsGreyRamp(file[(14 + header)..], 1 << bits, 4));
        }
        return false;
    }

    private static bool IsGreyRamp(ReadOnlySpan<byte> palette, int entries, int stride)
    {
        if (palette.Length < entries * stride) return false;
        for (var i = 0; i < entries; i++)
            if (palette[i * stride] != i || palette[i * stride + 1] != i || palette[i * stride + 2] != i) return false;
        return true;
    }
}
