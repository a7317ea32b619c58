using SkiaSharp;

namespace UnsupClipCap;

/// <summary>A sprite scaled to whole pixels: straight RGBA, row-major, 4 bytes a pixel.</summary>
internal sealed record SpriteImage(int Width, int Height, byte[] Rgba)
{
    public int Alpha(int x, int y) => Rgba[(y * Width + x) * 4 + 3];
}

/// <summary>
/// The embedded sprites (Fluent Emoji flat, MIT; data/sprites), cut to their visible part, repainted and scaled.
/// Scaling is exact area averaging in integers, so that the pixels are the same on every machine.
/// </summary>
internal sealed class Sprite
{
    private const int Visible = 24;
    private static readonly ConcurrentSprites All = new();

    private readonly byte[] rgba;
    private readonly int width, height;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Colour, int Size), SpriteImage> scaled = new();

    public static Sprite Named(string name) => All.GetOrAdd(name, n => new Sprite(n));

    private Sprite(string name)
    {
        using var stream = typeof(Sprite).Assembly.GetManifestResourceStream($"sprites/{name}.png")
            ?? throw new InvalidOperationException($"The sprite {name}.png is not embedded in the library; data/sprites/make.sh makes it.");
        using var data = SKData.Create(stream);
        using var codec = SKCodec.Create(data);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var all = new byte[info.BytesSize];
        unsafe
        {
            fixed (byte* p = all)
            {
                if (codec.GetPixels(info, (nint)p) != SKCodecResult.Success)
                    throw new InvalidOperationException($"The embedded sprite {name}.png cannot be read; make it again with data/sprites/make.sh.");
            }
        }

        int left = info.Width, top = info.Height, right = -1, bottom = -1;
        for (var y = 0; y < info.Height; y++)
        {
            for (var x = 0; x < info.Width; x++)
            {
                if (all[(y * info.Width + x) * 4 + 3] < Visible) continue;
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
            }
        }
        (width, height) = (right - left + 1, bottom - top + 1);
        rgba = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
            Array.Copy(all, ((y + top) * info.Width + left) * 4, rgba, y * width * 4, width * 4);
    }

    /// <summary>Width and height in pixels when the longer of them is <paramref name="size"/>.</summary>
    public (int Width, int Height) Extent(int size) => width >= height
        ? (size, Math.Max(1, (height * size + width / 2) / width))
        : (Math.Max(1, (width * size + height / 2) / height), size);

    /// <summary>The sprite with its longer side <paramref name="size"/> pixels (8 … 64), in that colour or as it is.</summary>
    public SpriteImage Scaled(int size, string? colour, (int Hue, int Width) paint) =>
        scaled.GetOrAdd((colour ?? "", size), _ => Scale(colour is null ? rgba : Palette.Repaint(rgba, colour, paint), size));

    private SpriteImage Scale(byte[] source, int size)
    {
        var (w, h) = Extent(size);
        var result = new byte[w * h * 4];
        for (var y = 0; y < h; y++)
        {
            for (var x = 0; x < w; x++)
            {
                // Coverage of each source pixel in units of 1/w by 1/h of it: whole numbers throughout.
                long r = 0, g = 0, b = 0, a = 0;
                for (var sy = y * height / h; sy * h < (y + 1) * height; sy++)
                {
                    var cy = Math.Min((sy + 1) * h, (y + 1) * height) - Math.Max(sy * h, y * height);
                    for (var sx = x * width / w; sx * w < (x + 1) * width; sx++)
                    {
                        var cover = (long)cy * (Math.Min((sx + 1) * w, (x + 1) * width) - Math.Max(sx * w, x * width));
                        var at = (sy * width + sx) * 4;
                        var alpha = cover * source[at + 3];
                        r += alpha * source[at];
                        g += alpha * source[at + 1];
                        b += alpha * source[at + 2];
                        a += alpha;
                    }
                }
                if (a == 0) continue;
                var to = (y * w + x) * 4;
                result[to] = (byte)(r / a);
                result[to + 1] = (byte)(g / a);
                result[to + 2] = (byte)(b / a);
                result[to + 3] = (byte)(a / ((long)width * height));
            }
        }
        return new SpriteImage(w, h, result);
    }

    private sealed class ConcurrentSprites : System.Collections.Concurrent.ConcurrentDictionary<string, Sprite>;
}
