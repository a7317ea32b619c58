namespace UnsupClipCap;

/// <summary>A colour with 8 bits a channel.</summary>
internal readonly record struct Rgb(int R, int G, int B)
{
    public Rgb Mix(Rgb other, int of256) => new(R + (other.R - R) * of256 / 256, G + (other.G - G) * of256 / 256, B + (other.B - B) * of256 / 256);

    /// <summary>A little brighter or darker, by lot.</summary>
    public Rgb Vary(SeededRandom random, int by)
    {
        var all = random.Between(-by, by);
        return new(R + all + random.Between(-by / 2, by / 2), G + all + random.Between(-by / 2, by / 2), B + all + random.Between(-by / 2, by / 2));
    }
}

/// <summary>
/// 64 x 64 pixels and the few shapes that scenes need, in whole numbers only: a graphics library may round otherwise on
/// another processor, and pictures must be the same everywhere.
/// </summary>
internal readonly ref struct SceneCanvas(Span<byte> rgb, Rgb light)
{
    private const int Size = MiniScenes.Size;
    private readonly Span<byte> rgb = rgb;

    /// <summary>What the light makes of a colour; 256 leaves a channel as it is.</summary>
    public Rgb Lit(Rgb c) => new(c.R * light.R / 256, c.G * light.G / 256, c.B * light.B / 256);

    public void Set(int x, int y, Rgb c)
    {
        if ((uint)x >= Size || (uint)y >= Size) return;
        var at = (y * Size + x) * 3;
        rgb[at] = (byte)Math.Clamp(c.R, 0, 255);
        rgb[at + 1] = (byte)Math.Clamp(c.G, 0, 255);
        rgb[at + 2] = (byte)Math.Clamp(c.B, 0, 255);
    }

    public void Rectangle(int left, int top, int width, int height, Rgb c)
    {
        for (var y = Math.Max(0, top); y < Math.Min(Size, top + height); y++)
            for (var x = Math.Max(0, left); x < Math.Min(Size, left + width); x++) Set(x, y, c);
    }

    /// <summary>Rows top … bottom - 1 from one colour to the other.</summary>
    public void Gradient(int top, int bottom, Rgb from, Rgb to)
    {
        for (var y = top; y < bottom; y++) Rectangle(0, y, Size, 1, from.Mix(to, (y - top) * 256 / Math.Max(1, bottom - top)));
    }

    /// <summary>An ellipse, rows from <paramref name="floor"/> on left out.</summary>
    public void Ellipse(int cx, int cy, int rx, int ry, Rgb c, int floor = Size)
    {
        for (var y = cy - ry; y <= Math.Min(cy + ry, floor - 1); y++)
            for (var x = cx - rx; x <= cx + rx; x++)
                if ((x - cx) * (x - cx) * ry * ry + (y - cy) * (y - cy) * rx * rx <= rx * rx * ry * ry) Set(x, y, c);
    }

    /// <summary>A triangle on its base, as a far mountain.</summary>
    public void Peak(int cx, int foot, int halfWidth, int height, Rgb c)
    {
        for (var y = 0; y < height; y++)
        {
            var half = halfWidth * (height - y) / height;
            Rectangle(cx - half, foot - 1 - y, 2 * half + 1, 1, c);
        }
    }

    /// <summary>A sprite over what is there, in the scene's light; <paramref name="opacity"/> of 256.</summary>
    public void Draw(SpriteImage image, int left, int top, bool flip, int opacity = 256)
    {
        for (var y = Math.Max(0, -top); y < Math.Min(image.Height, Size - top); y++)
        {
            for (var x = Math.Max(0, -left); x < Math.Min(image.Width, Size - left); x++)
            {
                var from = (y * image.Width + (flip ? image.Width - 1 - x : x)) * 4;
                var alpha = image.Rgba[from + 3] * opacity / 256;
                if (alpha == 0) continue;
                var to = ((top + y) * Size + left + x) * 3;
                rgb[to] = Over(rgb[to], image.Rgba[from] * light.R / 256, alpha);
                rgb[to + 1] = Over(rgb[to + 1], image.Rgba[from + 1] * light.G / 256, alpha);
                rgb[to + 2] = Over(rgb[to + 2], image.Rgba[from + 2] * light.B / 256, alpha);
            }
        }
    }

    private static byte Over(int below, int above, int alpha) => (byte)((Math.Min(255, above) * alpha + below * (255 - alpha) + 127) / 255);
}
