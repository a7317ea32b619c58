using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>When a picture with transparency or a palette becomes plain red, green and blue.</summary>
public enum PictureColours
{
    /// <summary>As OpenAI's and OpenCLIP's preparation: transparent colours are mixed by their opacity, and pictures with a palette resized by nearest pixel.</summary>
    AfterResizing,
    /// <summary>As Hugging Face's: opacity is dropped first, and all pictures are resized alike.</summary>
    BeforeResizing,
}

/// <summary>
/// CLIP's image preparation: the short side is resized to S with Pillow's antialiased bicubic filter, the middle S x S is cut out,
/// and each channel is normalised by CLIP's mean and standard deviation, or as <see cref="PicturePreparation"/> says otherwise. Pixels equal Pillow's where the file
/// tells them exactly (PNG, GIF, BMP: to 1e-5 on the mean after normalisation); of JPEG, CMYK too, and WebP other decoders round otherwise, by 3 of 255 at most at a pixel and less than .03
/// on the mean.
/// </summary>
public static class ImageProcessor
{
    /// <summary>Pillow sums whole numbers: weights in units of 2^-22. A sum of 255 times the weights' magnitudes, at most 1.3 in all, fits in 32 bits.</summary>
    private const int Bits = 22, Half = 1 << (Bits - 1);

    /// <summary>Resizes and cuts a picture to S x S.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="size">S, pixels.</param>
    /// <param name="colours">When transparency and palettes become plain colours: it changes what the resizing mixes.</param>
    public static Picture Fit(Picture picture, int size, PictureColours colours = PictureColours.AfterResizing) => Fit(picture, PicturePreparation.Of(size, colours));

    /// <summary>Resizes and cuts a picture to a square as a checkpoint asks for.</summary>
    public static Picture Fit(Picture picture, PicturePreparation preparation)
    {
        var (resize, size, colours) = (preparation.Resize, preparation.Crop, preparation.Colours);
        var (width, height) = preparation.IsSquashed ? (resize, resize)
            : picture.Width <= picture.Height
            ? (resize, (int)((long)resize * picture.Height / picture.Width))
            : ((int)((long)resize * picture.Width / picture.Height), resize);
        var resized = picture.Width == width && picture.Height == height ? picture
            : colours == PictureColours.BeforeResizing ? Resize(picture, width, height)
            : picture.IsIndexed ? Nearest(picture, width, height)
            : picture.Alpha is { } alpha ? ResizeWithAlpha(picture, alpha, width, height)
            : Resize(picture, width, height);
        int left = (int)Math.Round((width - size) / 2.0), top = (int)Math.Round((height - size) / 2.0);
        var cut = new byte[size * size * 3];
        for (var y = 0; y < size; y++)
            Array.Copy(resized.Rgb, ((top + y) * width + left) * 3, cut, y * size * 3, size * 3);
        return new Picture(size, size, cut);
    }

    /// <summary>Each pixel is the one that its centre falls on; the places are summed up step by step, as Pillow does, so that ties fall alike.</summary>
    private static Picture Nearest(Picture picture, int width, int height)
    {
        int[] columns = Places(picture.Width, width), rows = Places(picture.Height, height);
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                Array.Copy(picture.Rgb, (rows[y] * picture.Width + columns[x]) * 3, rgb, (y * width + x) * 3, 3);
        return new Picture(width, height, rgb);

        static int[] Places(int size, int newSize)
        {
            var places = new int[newSize];
            var (scale, at) = ((double)size / newSize, 0.5 * size / newSize);
            for (var i = 0; i < newSize; i++, at += scale) places[i] = Math.Min(size - 1, (int)at);
            return places;
        }
    }

    /// <summary>Colours are weighted by their opacity: multiplied by it in bytes, resized, and divided by what it became.</summary>
    private static Picture ResizeWithAlpha(Picture picture, byte[] alpha, int width, int height)
    {
        var weighted = new byte[picture.Rgb.Length];
        for (var i = 0; i < weighted.Length; i++)
        {
            var product = picture.Rgb[i] * alpha[i / 3] + 128;              // of 255ths, rounded
            weighted[i] = (byte)(((product >> 8) + product) >> 8);
        }
        var rgb = Resize(new Picture(picture.Width, picture.Height, weighted), width, height).Rgb;
        var opacity = Resize(new Picture(picture.Width, picture.Height, [.. alpha.SelectMany(a => new[] { a, a, a })]), width, height).Rgb;
        for (var i = 0; i < rgb.Length; i++)
            if (opacity[i] is not (0 or 255)) rgb[i] = (byte)Math.Min(255, 255 * rgb[i] / opacity[i]);
        return new Picture(width, height, rgb);
    }

    /// <summary>Bytes (B, S, S, 3) to normalised pixels (B, 3, S, S), float32; by CLIP's own mean and standard deviation where none are given.</summary>
    public static Tensor Normalize(Tensor rgb, PicturePreparation? preparation = null)
    {
        preparation ??= PicturePreparation.Of((int)rgb.shape[1]);
        var mean = tensor(preparation.Mean.Select(n => (float)n).ToArray(), device: rgb.device).view(1, 3, 1, 1);
        var std = tensor(preparation.Std.Select(n => (float)n).ToArray(), device: rgb.device).view(1, 3, 1, 1);
        return ((rgb.permute(0, 3, 1, 2).to(ScalarType.Float32) / 255 - mean) / std).contiguous();
    }

    /// <summary>Pillow's resize: columns, then rows, each a weighted sum over the filter's reach at the larger of the two scales, rounded to bytes after each.</summary>
    internal static Picture Resize(Picture picture, int width, int height)
    {
        var wide = picture.Width == width ? picture.Rgb : ResizeRows(picture.Rgb, picture.Width, picture.Height, width);
        var tall = picture.Height == height ? wide : Transpose(ResizeRows(Transpose(wide, width, picture.Height), picture.Height, width, height), height, width);
        return new Picture(width, height, tall);
    }

    private static byte[] ResizeRows(byte[] rgb, int width, int rows, int newWidth)
    {
        var filter = Enumerable.Range(0, newWidth).Select(x => Weights(x, width, newWidth)).ToArray();
        var result = new byte[rows * newWidth * 3];
        Parallel.For(0, rows, row =>
        {
            for (var x = 0; x < newWidth; x++)
            {
                var (first, weights) = filter[x];
                int r = Half, g = Half, b = Half;
                for (var i = 0; i < weights.Length; i++)
                {
                    var at = (row * width + first + i) * 3;
                    r += weights[i] * rgb[at];
                    g += weights[i] * rgb[at + 1];
                    b += weights[i] * rgb[at + 2];
                }
                var to = (row * newWidth + x) * 3;
                (result[to], result[to + 1], result[to + 2]) = (Byte(r), Byte(g), Byte(b));
            }
        });
        return result;

        static byte Byte(int sum) => (byte)Math.Clamp(sum >> Bits, 0, 255);
    }

    /// <summary>The source pixels that make up pixel <paramref name="x"/>, and their weights in units of 2^-22, which sum to 1 but for rounding.</summary>
    private static (int First, int[] Weights) Weights(int x, int size, int newSize)
    {
        var scale = (double)size / newSize;
        var stretch = Math.Max(scale, 1);                   // antialiasing: the filter widens as the picture shrinks
        var centre = (x + 0.5) * scale;
        var first = Math.Max(0, (int)(centre - 2 * stretch + 0.5));
        var last = Math.Min(size, (int)(centre + 2 * stretch + 0.5));
        var weights = new double[last - first];
        for (var i = 0; i < weights.Length; i++) weights[i] = Bicubic((first + i - centre + 0.5) / stretch);
        var sum = weights.Sum();
        return (first, [.. weights.Select(w => (int)Math.Round(w / sum * (1 << Bits), MidpointRounding.AwayFromZero))]);
    }

    /// <summary>Keys' cubic with a = -0.5.</summary>
    private static double Bicubic(double t)
    {
        const double a = -0.5;
        t = Math.Abs(t);
        return t < 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
    }

    private static byte[] Transpose(byte[] rgb, int width, int height)
    {
        var result = new byte[rgb.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < 3; c++) result[(x * height + y) * 3 + c] = rgb[(y * width + x) * 3 + c];
        return result;
    }
}
