using System.Numerics;

namespace UnsupClipCap;

/// <summary>Paints a scene: background, sprites, then noise.</summary>
internal static class ScenePainter
{
    public static void Paint(MiniScene scene, Span<byte> rgb)
    {
        var layout = SceneLayout.Of(scene);
        var random = new SeededRandom((long)scene.Seed, "paint");
        var light = scene.Facts.Light switch
        {
            SceneLight.Sunset => new Rgb(262, 205, 170),
            SceneLight.Night => new Rgb(136, 146, 194),
            _ => new Rgb(256, 256, 256),
        };
        var canvas = new SceneCanvas(rgb, light);
        SceneBackground.Paint(canvas, scene.Facts, layout.Horizon, random);
        foreach (var s in layout.Sprites)
        {
            if (!s.Thing.Floats && scene.Facts.Place is not (ScenePlace.Sky or ScenePlace.Water)) Shadow(rgb, s);
            canvas.Draw(s.Image, s.Left, s.Top, s.Flip);
        }
        Develop(rgb, random);
    }

    // A thin shadow says where a thing stands.
    private static void Shadow(Span<byte> rgb, PlacedSprite s)
    {
        var half = s.Image.Width * 2 / 5;
        for (var y = s.Bottom - 1; y <= s.Bottom; y++)
        {
            for (var x = s.Middle - half; x <= s.Middle + half; x++)
            {
                if ((uint)x >= MiniScenes.Size || (uint)y >= MiniScenes.Size) continue;
                var pixel = rgb.Slice((y * MiniScenes.Size + x) * 3, 3);
                for (var c = 0; c < 3; c++) pixel[c] = (byte)(pixel[c] * 3 / 4);
            }
        }
    }

    // Brightness and contrast a little different from picture to picture, then noise of standard deviation 5.
    private static void Develop(Span<byte> rgb, SeededRandom random)
    {
        var contrast = 256 + random.Between(-20, 20);
        var brightness = random.Between(-8, 8);
        for (var i = 0; i < rgb.Length; i += 2)
        {
            // The number of set bits among 25 has a standard deviation of 2.5; doubled and centred, 5.
            var bits = random.NextBits();
            var first = 2 * BitOperations.PopCount((uint)bits & 0x1FFFFFF) - 25;
            var second = 2 * BitOperations.PopCount((uint)(bits >> 32) & 0x1FFFFFF) - 25;
            rgb[i] = (byte)Math.Clamp((rgb[i] - 128) * contrast / 256 + 128 + brightness + first, 0, 255);
            rgb[i + 1] = (byte)Math.Clamp((rgb[i + 1] - 128) * contrast / 256 + 128 + brightness + second, 0, 255);
        }
    }
}
