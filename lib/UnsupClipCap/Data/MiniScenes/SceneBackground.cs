namespace UnsupClipCap;

/// <summary>The ten places, drawn with details that no caption tells, different from picture to picture.</summary>
internal static class SceneBackground
{
    private const int Size = MiniScenes.Size;

    public static void Paint(SceneCanvas canvas, SceneFacts facts, int horizon, SeededRandom random)
    {
        if (facts.Place is not (ScenePlace.Room or ScenePlace.Kitchen or ScenePlace.Bathroom or ScenePlace.Table)) Sky(canvas, facts, horizon, random);
        switch (facts.Place)
        {
            case ScenePlace.Grass: Grass(canvas, horizon, random); break;
            case ScenePlace.Beach: Beach(canvas, horizon, random); break;
            case ScenePlace.Snow: Snow(canvas, horizon, random); break;
            case ScenePlace.Street: Street(canvas, facts.Light, horizon, random); break;
            case ScenePlace.Room: Room(canvas, horizon, random); break;
            case ScenePlace.Kitchen: Kitchen(canvas, horizon, random); break;
            case ScenePlace.Bathroom: Bathroom(canvas, horizon, random); break;
            case ScenePlace.Water: Water(canvas, horizon, random); break;
            case ScenePlace.Table: Table(canvas, horizon, random); break;
        }
    }

    private static void Sky(SceneCanvas canvas, SceneFacts facts, int horizon, SeededRandom random)
    {
        switch (facts.Light)
        {
            case SceneLight.Sunset:
                canvas.Gradient(0, horizon, new Rgb(120, 92, 160).Vary(random, 14), new Rgb(255, 160, 84).Vary(random, 14));
                var low = facts.Place == ScenePlace.Sky ? Size - 4 : horizon;
                canvas.Ellipse(random.Between(6, 57), low - 1, 6, 6, new Rgb(255, 226, 110), low);
                break;
            case SceneLight.Night:
                canvas.Gradient(0, horizon, new Rgb(10, 14, 46).Vary(random, 5), new Rgb(38, 46, 92).Vary(random, 8));
                for (var i = 0; i < 12; i++) canvas.Set(random.Next(Size), random.Next(Math.Max(4, horizon - 4)), new Rgb(210, 210, 220));
                var (mx, my) = (random.Between(5, 58), random.Between(5, 9));
                canvas.Ellipse(mx, my, 4, 4, new Rgb(238, 234, 205));
                canvas.Ellipse(mx + 2, my - 1, 3, 3, new Rgb(16, 20, 54));
                return;
            default:
                canvas.Gradient(0, horizon, new Rgb(84, 160, 236).Vary(random, 16), new Rgb(196, 226, 250).Vary(random, 8));
                break;
        }
        var clouds = facts.Place == ScenePlace.Sky ? random.Between(2, 4) : random.Next(3);
        var cloud = canvas.Lit(new Rgb(248, 248, 252));
        for (var i = 0; i < clouds; i++)
        {
            int x = random.Next(Size), y = facts.Place == ScenePlace.Sky ? random.Between(4, 58) : random.Between(3, Math.Max(4, horizon / 2)), r = random.Between(3, 5);
            canvas.Ellipse(x, y, r + 3, 2, cloud);
            canvas.Ellipse(x - 1, y - 1, r, 3, cloud);
        }
    }

    private static void Grass(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var far = canvas.Lit(new Rgb(70, 130, 60).Vary(random, 14));
        if (random.Chance(.5)) canvas.Ellipse(random.Next(Size), horizon + 3, random.Between(18, 34), random.Between(5, 9), far, horizon);
        canvas.Gradient(horizon, Size, canvas.Lit(new Rgb(112, 186, 76).Vary(random, 16)), canvas.Lit(new Rgb(62, 138, 44).Vary(random, 16)));
        var blade = canvas.Lit(new Rgb(44, 112, 36));
        var flower = canvas.Lit(random.Pick([new Rgb(250, 240, 120), new Rgb(250, 250, 250), new Rgb(240, 150, 190)]));
        var flowers = random.Chance(.3);
        for (var i = 0; i < 26; i++) canvas.Rectangle(random.Next(Size), random.Between(horizon + 2, 63), 1, 2, flowers && i < 7 ? flower : blade);
    }

    private static void Beach(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var shore = horizon + random.Between(5, 10);
        canvas.Gradient(horizon, shore, canvas.Lit(new Rgb(30, 110, 190).Vary(random, 14)), canvas.Lit(new Rgb(70, 170, 210).Vary(random, 14)));
        canvas.Gradient(shore, Size, canvas.Lit(new Rgb(240, 218, 164).Vary(random, 10)), canvas.Lit(new Rgb(222, 188, 124).Vary(random, 12)));
        canvas.Rectangle(0, shore - 1, Size, 1, canvas.Lit(new Rgb(240, 246, 250)));
        var grain = canvas.Lit(new Rgb(196, 160, 104));
        for (var i = 0; i < 18; i++) canvas.Set(random.Next(Size), random.Between(shore + 2, 63), grain);
    }

    private static void Snow(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var rock = canvas.Lit(new Rgb(150, 164, 190).Vary(random, 12));
        for (var i = random.Next(3); i > 0; i--)
        {
            int x = random.Next(Size), half = random.Between(12, 22), tall = random.Between(8, 16);
            canvas.Peak(x, horizon, half, tall, rock);
            canvas.Peak(x, horizon - tall + tall / 3 + 1, half / 3, tall / 3 + 1, canvas.Lit(new Rgb(245, 248, 252)));
        }
        canvas.Gradient(horizon, Size, canvas.Lit(new Rgb(228, 236, 248).Vary(random, 6)), canvas.Lit(new Rgb(246, 248, 252).Vary(random, 5)));
        var dent = canvas.Lit(new Rgb(204, 216, 236));
        for (var i = 0; i < 8; i++) canvas.Rectangle(random.Next(Size), random.Between(horizon + 3, 62), random.Between(3, 7), 1, dent);
    }

    private static void Street(SceneCanvas canvas, SceneLight light, int horizon, SeededRandom random)
    {
        for (var x = random.Between(-6, 0); x < Size;)
        {
            int wide = random.Between(9, 16), tall = random.Between(7, Math.Max(8, horizon - (light == SceneLight.Night ? 13 : 4)));
            var wall = canvas.Lit(random.Pick([new Rgb(164, 120, 104), new Rgb(150, 150, 160), new Rgb(186, 160, 124), new Rgb(128, 136, 156), new Rgb(170, 142, 142)]).Vary(random, 10));
            canvas.Rectangle(x, horizon - tall, wide, tall, wall);
            var pane = light == SceneLight.Night ? new Rgb(236, 210, 120) : canvas.Lit(new Rgb(206, 222, 234));
            for (var wy = horizon - tall + 2; wy < horizon - 4; wy += 5)
                for (var wx = x + 2; wx < x + wide - 2; wx += 4)
                    if (light != SceneLight.Night || random.Chance(.5)) canvas.Rectangle(wx, wy, 2, 2, pane);
            x += wide + random.Next(2);
        }
        canvas.Rectangle(0, horizon, Size, 3, canvas.Lit(new Rgb(176, 172, 168).Vary(random, 8)));
        canvas.Gradient(horizon + 3, Size, canvas.Lit(new Rgb(104, 106, 112).Vary(random, 10)), canvas.Lit(new Rgb(78, 80, 86).Vary(random, 10)));
        var row = horizon + 3 + (Size - horizon) / 2;
        for (var x = random.Between(-8, 0); x < Size; x += 14) canvas.Rectangle(x, row, 8, 2, canvas.Lit(new Rgb(232, 226, 190)));
    }

    private static void Room(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var wall = random.Pick([new Rgb(232, 214, 188), new Rgb(204, 216, 196), new Rgb(222, 206, 206), new Rgb(206, 212, 224), new Rgb(236, 226, 206)]).Vary(random, 8);
        canvas.Gradient(0, horizon, wall, wall.Mix(new Rgb(150, 140, 130), 40));
        var floor = random.Pick([new Rgb(160, 112, 72), new Rgb(132, 88, 58), new Rgb(176, 140, 104)]).Vary(random, 8);
        canvas.Gradient(horizon, Size, floor, floor.Mix(new Rgb(70, 44, 28), 80));
        canvas.Rectangle(0, horizon - 1, Size, 1, new Rgb(244, 240, 232));
        for (var y = horizon + 5; y < Size; y += 6) canvas.Rectangle(0, y, Size, 1, floor.Mix(new Rgb(60, 40, 24), 100));
        if (random.Chance(.4)) canvas.Ellipse(random.Between(16, 48), random.Between(53, 58), random.Between(14, 24), 5, random.Pick([new Rgb(150, 70, 70), new Rgb(80, 100, 140), new Rgb(196, 180, 150)]));
        if (random.Chance(.55))
        {
            var (x, y) = (random.Between(3, 46), random.Between(3, 8));
            canvas.Rectangle(x, y, 15, 15, new Rgb(250, 250, 250));
            canvas.Rectangle(x + 1, y + 1, 6, 13, new Rgb(166, 208, 240));
            canvas.Rectangle(x + 8, y + 1, 6, 13, new Rgb(166, 208, 240));
        }
        else if (random.Chance(.6))
        {
            canvas.Draw(Sprite.Named("framed-picture").Scaled(random.Between(11, 14), null, default), random.Between(3, 46), random.Between(3, 8), false);
        }
    }

    private static void Kitchen(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var wall = new Rgb(236, 234, 224).Vary(random, 8);
        canvas.Rectangle(0, 0, Size, horizon, wall);
        var joint = wall.Mix(new Rgb(190, 190, 186), 140);
        for (var y = 14; y < horizon; y += 5) canvas.Rectangle(0, y, Size, 1, joint);
        for (var x = random.Next(6); x < Size; x += 7) canvas.Rectangle(x, 12, 1, horizon - 12, joint);
        var wood = random.Pick([new Rgb(150, 104, 62), new Rgb(122, 84, 56), new Rgb(214, 216, 220), new Rgb(96, 128, 140)]).Vary(random, 8);
        for (var x = random.Between(-10, 0); x < Size; x += 16)
        {
            canvas.Rectangle(x, 0, 15, 12, wood);
            canvas.Rectangle(x + 12, 7, 1, 3, new Rgb(50, 46, 44));
        }
        var top = random.Pick([new Rgb(140, 142, 150), new Rgb(176, 170, 166), new Rgb(112, 116, 124)]).Vary(random, 8);
        canvas.Rectangle(0, horizon, Size, 2, top.Mix(new Rgb(40, 40, 44), 150));
        canvas.Gradient(horizon + 2, Size, top, top.Mix(new Rgb(230, 230, 232), 70));
        for (var i = 0; i < 30; i++) canvas.Set(random.Next(Size), random.Between(horizon + 3, 63), top.Mix(new Rgb(60, 60, 66), 90));
    }

    private static void Bathroom(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var tile = random.Pick([new Rgb(206, 232, 234), new Rgb(190, 222, 240), new Rgb(200, 232, 214), new Rgb(232, 232, 236)]).Vary(random, 6);
        canvas.Rectangle(0, 0, Size, horizon, tile);
        for (var y = random.Next(7); y < horizon; y += 8) canvas.Rectangle(0, y, Size, 1, new Rgb(250, 252, 252));
        for (var x = random.Next(7); x < Size; x += 8) canvas.Rectangle(x, 0, 1, horizon, new Rgb(250, 252, 252));
        var floor = new Rgb(150, 164, 176).Vary(random, 10);
        canvas.Gradient(horizon, Size, floor, floor.Mix(new Rgb(96, 108, 124), 90));
        for (var y = horizon + 6; y < Size; y += 7) canvas.Rectangle(0, y, Size, 1, floor.Mix(new Rgb(220, 226, 232), 120));
        if (!random.Chance(.5)) return;
        var (mx, my) = (random.Between(10, 54), random.Between(10, 14));
        canvas.Ellipse(mx, my, 6, 8, new Rgb(150, 130, 100));
        canvas.Ellipse(mx, my, 5, 7, new Rgb(222, 236, 246));
    }

    private static void Water(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        if (random.Chance(.5)) canvas.Ellipse(random.Next(Size), horizon + 2, random.Between(14, 30), random.Between(4, 8), canvas.Lit(new Rgb(90, 130, 100).Vary(random, 12)), horizon);
        canvas.Gradient(horizon, Size, canvas.Lit(new Rgb(74, 150, 206).Vary(random, 14)), canvas.Lit(new Rgb(18, 80, 150).Vary(random, 14)));
        var crest = canvas.Lit(new Rgb(166, 208, 236));
        for (var i = 0; i < 14; i++) canvas.Rectangle(random.Between(-2, 62), random.Between(horizon + 2, 63), random.Between(3, 7), 1, crest);
    }

    private static void Table(SceneCanvas canvas, int horizon, SeededRandom random)
    {
        var wall = random.Pick([new Rgb(190, 184, 180), new Rgb(160, 172, 180), new Rgb(202, 194, 170)]).Vary(random, 10);
        canvas.Gradient(0, horizon, wall, wall.Mix(new Rgb(120, 112, 108), 80));
        var wood = random.Pick([new Rgb(178, 120, 70), new Rgb(150, 96, 54), new Rgb(196, 148, 98), new Rgb(164, 104, 76)]).Vary(random, 10);
        canvas.Gradient(horizon, Size, wood, wood.Mix(new Rgb(110, 66, 34), 60));
        for (var y = horizon + random.Between(6, 9); y < Size; y += 10) canvas.Rectangle(0, y, Size, 1, wood.Mix(new Rgb(70, 40, 20), 130));
        if (random.Chance(.4))
        {
            var cloth = random.Pick([new Rgb(222, 216, 204), new Rgb(176, 92, 92), new Rgb(110, 136, 166)]);
            canvas.Ellipse(random.Between(22, 42), random.Between(42, 48), random.Between(18, 26), random.Between(9, 13), cloth.Vary(random, 8));
        }
    }
}
