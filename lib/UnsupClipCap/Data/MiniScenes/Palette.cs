namespace UnsupClipCap;

/// <summary>The colours that captions name, and the repainting of a sprite in one of them.</summary>
internal static class Palette
{
    private static (int R, int G, int B) Named(string colour) => colour switch
    {
        "red" => (226, 44, 40),
        "blue" => (40, 100, 235),
        "green" => (50, 165, 65),
        "yellow" => (252, 214, 50),
        "orange" => (250, 135, 30),
        "purple" => (140, 84, 200),
        "white" => (238, 238, 238),
        "black" => (48, 46, 50),
        "brown" => (158, 94, 52),
        "gray" => (146, 147, 152),
        _ => throw new ArgumentException($"The miniature world has no colour \"{colour}\".", nameof(colour)),
    };

    /// <summary>The sprite (RGBA, 4 bytes a pixel) with the pixels whose hue is within the window in another colour, light and shade kept.</summary>
    public static byte[] Repaint(byte[] rgba, string colour, (int Hue, int Width) paint)
    {
        var (red, green, blue) = Named(colour);
        var result = (byte[])rgba.Clone();
        long light = 0, pixels = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            if (!Matches(rgba.AsSpan(i, 4), paint)) continue;
            light += Light(rgba.AsSpan(i, 4));
            pixels++;
        }
        if (pixels == 0) return result;
        var mean = Math.Max(1, light / pixels);
        for (var i = 0; i < rgba.Length; i += 4)
        {
            var pixel = rgba.AsSpan(i, 4);
            if (!Matches(pixel, paint)) continue;
            // Half of the sprite's own contrast keeps it from becoming a flat patch, or black from becoming gray.
            var factor = (Light(pixel) + mean) * 128 / mean;
            result[i] = (byte)Math.Min(255, red * factor / 256);
            result[i + 1] = (byte)Math.Min(255, green * factor / 256);
            result[i + 2] = (byte)Math.Min(255, blue * factor / 256);
        }
        return result;
    }

    private static long Light(ReadOnlySpan<byte> p) => (p[0] * 77 + p[1] * 151 + p[2] * 28) / 256;

    private static bool Matches(ReadOnlySpan<byte> p, (int Hue, int Width) paint)
    {
        int max = Math.Max(p[0], Math.Max(p[1], p[2])), min = Math.Min(p[0], Math.Min(p[1], p[2]));
        var chroma = max - min;
        if (p[3] == 0 || chroma * 6 <= max) return false;
        var hue = max == p[0] ? 60 * (p[1] - p[2]) / chroma : max == p[1] ? 120 + 60 * (p[2] - p[0]) / chroma : 240 + 60 * (p[0] - p[1]) / chroma;
        var distance = Math.Abs(hue - paint.Hue + 720) % 360;
        return Math.Min(distance, 360 - distance) <= paint.Width;
    }
}
