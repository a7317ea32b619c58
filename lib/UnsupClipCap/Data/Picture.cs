using SkiaSharp;

namespace UnsupClipCap;

/// <summary>A decoded picture: 8 bits a channel, red green blue, row after row.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Rgb">Height * Width * 3 bytes.</param>
public sealed record Picture(int Width, int Height, byte[] Rgb)
{
    private const int MaxPixels = 1 << 28;

    /// <summary>Height * Width opacities; null for a picture without any.</summary>
    public byte[]? Alpha { get; init; }

    /// <summary>Whether the file holds numbers of colours, or black and white, instead of colours.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Decodes a file (JPEG, PNG, WebP, GIF, BMP); colours are as stored, whatever their opacity.</summary>
    /// <exception cref="UserException">The file is absent, is no picture, or is damaged.</exception>
    public static Picture Read(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"{path} is a folder; expected a picture.");
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        try
        {
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} could not be read: {e.Message}", e);
        }
    }

    /// <summary>Decodes a picture in memory; <paramref name="name"/> is what messages call it.</summary>
    public static Picture Decode(byte[] bytes, string name)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new UserException($"{name} is not a picture that can be read; expected JPEG, PNG, WebP, GIF or BMP.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height is <= 0 or > MaxPixels)
            throw new UserException($"{name} is {width} x {height} pixels; pictures of up to {MaxPixels} pixels are read. Make it smaller.");
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result is not SKCodecResult.Success)
            throw new UserException($"{name} is damaged: decoding ended with '{result}'. Fetch or save it again.");
        var rgba = bitmap.GetPixelSpan();
        var rgb = new byte[width * height * 3];
        for (int i = 0, j = 0; j < rgb.Length; i += 4, j += 3)
            (rgb[j], rgb[j + 1], rgb[j + 2]) = (rgba[i], rgba[i + 1], rgba[i + 2]);
        byte[]? alpha = null;
        if (codec.Info.AlphaType != SKAlphaType.Opaque)
        {
            alpha = new byte[width * height];
            for (var i = 0; i < alpha.Length; i++) alpha[i] = rgba[4 * i + 3];
        }
        return new Picture(width, height, rgb) { Alpha = alpha, IsIndexed = PictureMode.IsIndexed(bytes) };
    }

    /// <summary>This picture as PNG.</summary>
    public byte[] ToPng()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = new byte[Width * Height * 4];
        for (int i = 0, j = 0; j < Rgb.Length; i += 4, j += 3)
            (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]) = (Rgb[j], Rgb[j + 1], Rgb[j + 2], 255);
        System.Runtime.InteropServices.Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }
}
