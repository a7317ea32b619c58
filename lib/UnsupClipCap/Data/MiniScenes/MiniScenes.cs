using System.Runtime.InteropServices;
using SkiaSharp;

namespace UnsupClipCap;

/// <summary>
/// A miniature COCO made by code from a seed: small scenes of emoji sprites with five captions each, so that the
/// whole of the paper can be run and tested in minutes without downloading anything. Pictures and captions are the
/// same on every machine. See <see cref="SceneFacts.Split"/> for how the splits are kept apart.
/// </summary>
public static class MiniScenes
{
    /// <summary>Width and height of a picture in pixels.</summary>
    public const int Size = 64;

    private const int PictureBytes = Size * Size * 3;

    private static readonly Lazy<IReadOnlyList<string>> Vocabulary = new(SceneWords.All);

    /// <summary>
    /// Every word that a caption or a tag can hold, in any style, sorted ordinally: a fixed vocabulary that no seed changes.
    /// Captions split into these words at spaces and commas.
    /// </summary>
    public static IReadOnlyList<string> Words => Vocabulary.Value;

    /// <summary>The usual number of scenes of a split: train 20,000, validation 500, test 1,000, CLIP 40,000.</summary>
    public static int DefaultCount(MiniSplit split) => split switch
    {
        MiniSplit.Train => 20_000,
        MiniSplit.Validation => 500,
        MiniSplit.Test => 1_000,
        MiniSplit.ClipTrain => 40_000,
        _ => throw new ArgumentOutOfRangeException(nameof(split)),
    };

    /// <summary>
    /// The first <paramref name="count"/> scenes of a split. The same arguments give the same scenes, and a smaller count
    /// gives the beginning of what a larger one gives. Scenes are drawn from one stream, and those whose facts belong to
    /// another split are left out. In test and validation all facts differ; in the larger splits the same facts
    /// come three times at most, so that plain scenes, of which there are few, stay about as frequent as in test.
    /// </summary>
    /// <param name="split">Which split.</param>
    /// <param name="count">How many scenes, 0 … 10,000,000.</param>
    /// <param name="seed">The seed of the world.</param>
    /// <param name="style">The manner of the captions; it also decides how often people are in the scenes.</param>
    /// <exception cref="UserException">The count is out of range, or the world has not so many different scenes.</exception>
    public static IReadOnlyList<MiniScene> Generate(MiniSplit split, int count, int seed, CaptionStyle style = CaptionStyle.Coco)
    {
        if (count is < 0 or > 10_000_000)
            throw new UserException($"count: {count} scenes were asked of the miniature world; expected 0 to 10,000,000. Give a number in this range.");
        var random = new SeededRandom(seed, "mini scenes", split.ToString(), style.ToString());
        var most = split is MiniSplit.Test or MiniSplit.Validation ? 1 : 3;
        var seen = new Dictionary<ulong, int>();
        var scenes = new List<MiniScene>(count);
        // A seed may be negative; as an unsigned number it keeps ids positive.
        var firstId = (long)(uint)seed * 100_000_000 + ((int)style * 4 + (int)split + 1) * 10_000_000L;
        var refused = 0;
        while (scenes.Count < count)
        {
            var facts = MiniWorld.Draw(random, style);
            var drawing = random.NextBits();
            if (facts.Split != split) continue;
            var key = SeededRandom.Hash(facts.Key);
            var times = seen.GetValueOrDefault(key);
            if (times == most)
            {
                if (++refused > 1_000_000)
                    throw new UserException($"count: {count} scenes were asked of the {split} split of the miniature world, which has hardly more than " +
                        $"{scenes.Count} different ones. Ask for fewer.");
                continue;
            }
            seen[key] = times + 1;
            refused = 0;
            scenes.Add(new MiniScene
            {
                Id = firstId + scenes.Count,
                Facts = facts,
                Seed = drawing,
                Captions = SceneCaptions.Tell(facts, new SeededRandom((long)drawing, "captions", style.ToString()), style, forClip: split == MiniSplit.ClipTrain),
            });
        }
        return scenes;
    }

    /// <summary>Draws a scene into <paramref name="rgb"/>: 64 x 64 x 3 bytes, row by row, red, green, blue.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public static void Render(MiniScene scene, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (rgb.Length != PictureBytes) throw new ArgumentException($"The span holds {rgb.Length} bytes; a picture needs {PictureBytes}.", nameof(rgb));
        ScenePainter.Paint(scene, rgb);
    }

    /// <summary>Draws many scenes, in parallel, with the same result however many threads there are.</summary>
    /// <param name="scenes">The n scenes.</param>
    /// <param name="progress">Told the share done, 0 … 1, now and then.</param>
    /// <param name="cancel">Stops the drawing with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>n x 64 x 64 x 3 bytes.</returns>
    public static byte[] Render(IReadOnlyList<MiniScene> scenes, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        if (scenes.Count > Array.MaxLength / PictureBytes)
            throw new UserException($"scenes: {scenes.Count} pictures do not fit into one array; expected {Array.MaxLength / PictureBytes} at most. Draw them in parts.");
        var all = new byte[scenes.Count * PictureBytes];
        var done = 0;
        Parallel.For(0, scenes.Count, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            ScenePainter.Paint(scenes[i], all.AsSpan(i * PictureBytes, PictureBytes));
            var now = Interlocked.Increment(ref done);
            if (now % 256 == 0 || now == scenes.Count) progress?.Report((double)now / scenes.Count);
        });
        return all;
    }

    /// <summary>The scene as a PNG file of <c>64 * scale</c> pixels square, each pixel repeated, so that it can be looked at.</summary>
    public static byte[] Png(MiniScene scene, int scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        Span<byte> rgb = new byte[PictureBytes];
        Render(scene, rgb);
        var side = Size * scale;
        var rgba = new byte[side * side * 4];
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                rgb.Slice((y / scale * Size + x / scale) * 3, 3).CopyTo(rgba.AsSpan((y * side + x) * 4));
                rgba[(y * side + x) * 4 + 3] = 255;
            }
        }
        var pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using var pixels = new SKPixmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque), pinned.AddrOfPinnedObject());
            using var data = pixels.Encode(SKEncodedImageFormat.Png, 100)
                ?? throw new InvalidOperationException("SkiaSharp could not encode the picture as PNG.");
            return data.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }
}
