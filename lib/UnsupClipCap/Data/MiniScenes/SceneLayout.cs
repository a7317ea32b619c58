namespace UnsupClipCap;

/// <summary>
/// A sprite in its place. Left and top are in pixels of the 64 x 64 picture and may be a little outside; the owner is
/// 0 for the main object, 1 for the second, 2 for the third.
/// </summary>
internal readonly record struct PlacedSprite(SpriteImage Image, int Left, int Top, bool Flip, int Owner, Thing Thing)
{
    public int Right => Left + Image.Width;
    public int Bottom => Top + Image.Height;
    public int Middle => Left + Image.Width / 2;
}

/// <summary>
/// Where the things of a scene are drawn. Arrangements are drawn by lot until every object can be seen
/// and the relation that the captions tell holds; things shrink a little with every failure, to 14 pixels at least.
/// </summary>
internal sealed class SceneLayout
{
    private const int Size = MiniScenes.Size;
    private const int Smallest = 14;

    /// <summary>The row where the ground (water, table top) begins; 64 where there is only sky.</summary>
    public required int Horizon { get; init; }

    /// <summary>In the order of drawing: later ones hide earlier ones.</summary>
    public required IReadOnlyList<PlacedSprite> Sprites { get; init; }

    public static SceneLayout Of(MiniScene scene) => Arrange(scene.Facts, new SeededRandom((long)scene.Seed, "layout"));

    private static SceneLayout Arrange(SceneFacts facts, SeededRandom random)
    {
        var horizon = facts.Place switch
        {
            ScenePlace.Room or ScenePlace.Bathroom => random.Between(34, 42),
            ScenePlace.Kitchen => random.Between(30, 36),
            ScenePlace.Table => random.Between(8, 18),
            ScenePlace.Water => random.Between(18, 28),
            ScenePlace.Sky => Size,
            _ => random.Between(24, 34),
        };
        var best = (Faults: double.MaxValue, Sprites: (List<PlacedSprite>?)null);
        for (var attempt = 0; attempt < 120; attempt++)
        {
            var trial = new Trial(facts, random, horizon, Math.Max(.62, 1.08 - .006 * attempt));
            var faults = trial.Faults();
            if (faults < best.Faults) best = (faults, trial.Sprites);
            if (faults == 0) break;
        }
        return new SceneLayout { Horizon = horizon, Sprites = best.Sprites! };
    }

    /// <summary>How much of each sprite can be seen, 0 … 1: neither hidden by a later one nor outside the picture.</summary>
    public static double[] Shown(IReadOnlyList<PlacedSprite> sprites)
    {
        Span<sbyte> owner = stackalloc sbyte[Size * Size];
        owner.Fill(-1);
        var total = new int[sprites.Count];
        var seen = new int[sprites.Count];
        for (var i = 0; i < sprites.Count; i++)
        {
            var s = sprites[i];
            for (var y = 0; y < s.Image.Height; y++)
            {
                for (var x = 0; x < s.Image.Width; x++)
                {
                    if (s.Image.Alpha(s.Flip ? s.Image.Width - 1 - x : x, y) < 128) continue;
                    total[i]++;
                    if ((uint)(s.Left + x) < Size && (uint)(s.Top + y) < Size) owner[(s.Top + y) * Size + s.Left + x] = (sbyte)i;
                }
            }
        }
        foreach (var o in owner) if (o >= 0) seen[o]++;
        return [.. total.Select((t, i) => (double)seen[i] / Math.Max(1, t))];
    }

    private sealed class Trial
    {
        private readonly SceneFacts facts;
        private readonly SeededRandom random;
        private readonly int horizon;
        private readonly double scale;
        private readonly Thing main;
        private readonly Thing? second, third;
        private readonly List<PlacedSprite> mains = [], seconds = [], thirds = [];

        public List<PlacedSprite> Sprites { get; } = [];

        public Trial(SceneFacts facts, SeededRandom random, int horizon, double scale)
        {
            (this.facts, this.random, this.horizon) = (facts, random, horizon);
            main = MiniWorld.ThingOf(facts.Main.Thing);
            second = facts.Second is null ? null : MiniWorld.ThingOf(facts.Second.Thing);
            third = facts.Third is null ? null : MiniWorld.ThingOf(facts.Third.Thing);
            this.scale = scale * (second is null ? 1.3 : third is null ? 1.08 : .95);
            PlaceMain();
            if (second is not null) PlaceSecond();
            if (third is not null) PlaceThird();

            Sprites.AddRange(thirds);
            if (second is not null && facts.Relation is not SceneRelation.Behind) Sprites.AddRange(seconds);
            Sprites.AddRange(mains);
            if (second is not null && facts.Relation is SceneRelation.Behind) Sprites.AddRange(seconds);
        }

        private int Sized(Thing thing, SceneObject o, double factor = 1)
        {
            var size = thing.Size * scale * factor * (.94 + .12 * random.NextDouble())
                * (o.Size switch { SceneSize.Small => .72, SceneSize.Large => 1.35, _ => 1 })
                * (o.Count switch { 1 => 1, 2 => .92, 3 => .8, 4 => .72, _ => .68 });
            // Standing people and giraffes are narrow: at 14 pixels of height nothing of them would be left.
            return Math.Clamp((int)size, thing.Size >= 32 ? 20 : Smallest, 50);
        }

        private SpriteImage Image(Thing thing, SceneObject o, string sprite, int size) => Sprite.Named(sprite).Scaled(size, o.Colour, thing.Paint);

        // The row of an object's lower edge, drawn by lot for where it stands or flies.
        private int Base(Thing thing, int height)
        {
            if (facts.Place == ScenePlace.Sky) return random.Between(Math.Min(height + 2, 60), 62);
            if (thing.Floats) return Math.Max(height + 1, random.Between(height + 1, Math.Max(height + 2, horizon + 2)));
            return facts.Place switch
            {
                ScenePlace.Table => random.Between(Math.Max(horizon + 6, Math.Min(height + 1, 58)), 60),
                ScenePlace.Room or ScenePlace.Bathroom or ScenePlace.Kitchen => random.Between(horizon + 6, 61),
                ScenePlace.Beach => random.Between(Math.Max(horizon + 12, 42), 61),
                _ => random.Between(Math.Max(horizon + 7, 40), 61),
            };
        }

        // Behind a beach there is a strip of sea.
        private int Ground => horizon + (facts.Place == ScenePlace.Beach ? 9 : 3);

        private void PlaceMain()
        {
            var n = facts.Main.Count;
            var size = Sized(main, facts.Main, facts.Relation == SceneRelation.On && second is not null ? .85 : 1);
            var flip = random.Chance(.5);
            // A group is of one make: all of its members look alike but for people.
            var sprite = random.Pick(main.Sprites);
            var images = new SpriteImage[n];
            for (var i = 0; i < n; i++)
                images[i] = Image(main, facts.Main, main.Kind == ThingKind.Person ? random.Pick(main.Sprites) : sprite, size > 21 ? size - random.Next(3) : size);
            int w = images.Max(m => m.Width), h = images.Max(m => m.Height);
            // One row up to three, else two rows, the back one first.
            var front = n <= 3 ? n : (n + 1) / 2;
            var step = Math.Max(6, (int)(w * (.84 + .3 * random.NextDouble())) + (w < 14 ? 2 : 0));
            var rise = n <= 3 ? 0 : Math.Max(7, (int)(h * .62));
            var wide = step * (front - 1) + w;
            var left = random.Between(1, Math.Max(1, Size - 1 - wide));
            var bottom = Base(main, h + rise);
            for (var k = 0; k < n; k++)
            {
                var back = k < n - front;
                var column = back ? k : k - (n - front);
                var indent = back ? (n - front == front ? step / 3 : step / 2) : 0;
                var image = images[k];
                var x = left + indent + step * column + (w - image.Width) / 2 + (n > 1 ? random.Between(-1, 1) : 0);
                var y = bottom - (back ? rise : 0) - image.Height + (n > 1 ? random.Between(-2, 1) : 0);
                mains.Add(new PlacedSprite(image, x, y, n > 1 && random.Chance(.2) ? !flip : flip, 0, main));
            }
        }

        private (int Left, int Top, int Right, int Bottom) Bounds() =>
            (mains.Min(m => m.Left), mains.Min(m => m.Top), mains.Max(m => m.Right), mains.Max(m => m.Bottom));

        private void PlaceSecond()
        {
            var (left, top, right, bottom) = Bounds();
            int wide = right - left, middle = (left + right) / 2;
            var factor = facts.Relation switch { SceneRelation.On => 1.15, SceneRelation.Under when second!.Shelter > 0 => 1.2, _ => 1 };
            var size = Sized(second!, facts.Second!, factor);
            var image = Image(second!, facts.Second!, random.Pick(second!.Sprites), size);
            int w = image.Width, h = image.Height, x, y;
            var side = random.Chance(.5);
            switch (facts.Relation)
            {
                case SceneRelation.InFrontOf or SceneRelation.Behind:
                    var shared = (int)(Math.Min(w, wide) * (.22 + .25 * random.NextDouble()));
                    x = side ? right - shared : left - w + shared;
                    y = bottom - h + (facts.Relation == SceneRelation.Behind ? 1 : -1) * random.Between(3, 6);
                    break;
                case SceneRelation.On:
                    y = bottom - 1 - (int)(h * second.Surface);
                    x = middle - w / 2 + random.Between(-2, 2);
                    break;
                case SceneRelation.Under when second.Shelter > 0:
                    y = top - (int)(h * second.Shelter);
                    x = middle - w / 2 + random.Between(-2, 2);
                    if (second.Category != "umbrella") y = Math.Max(y, bottom - h - 2);
                    break;
                case SceneRelation.Under:
                    y = top - h - random.Between(0, 4);
                    x = middle - w / 2 + random.Between(-7, 7);
                    break;
                case SceneRelation.Over:
                    y = bottom + random.Between(0, 6);
                    x = middle - w / 2 + random.Between(-7, 7);
                    break;
                default:
                    var gap = random.Between(0, 5);
                    x = side ? right + gap : left - w - gap;
                    y = second.Floats && main.Floats ? (top + bottom) / 2 - h / 2 + random.Between(-6, 6) : bottom - h + random.Between(-3, 3);
                    break;
            }
            // The pair was centred on the first of them: move both into the picture together.
            var shift = Math.Clamp(0, 1 - Math.Min(x, left), Math.Max(1 - Math.Min(x, left), Size - 1 - Math.Max(x + w, right)));
            if (Math.Max(x + w, right) + shift > Size - 1 && Math.Max(x + w, right) - Math.Min(x, left) <= Size - 2) shift = Size - 1 - Math.Max(x + w, right);
            var drop = Math.Max(0, 1 - Math.Min(y, top));
            if (second.Floats && !main.Floats || main.Floats && !second.Floats || facts.Relation == SceneRelation.On || second.Shelter > 0)
                drop = Math.Min(drop, 62 - Math.Max(y + h, bottom));
            for (var i = 0; i < mains.Count; i++) mains[i] = mains[i] with { Left = mains[i].Left + shift, Top = mains[i].Top + drop };
            seconds.Add(new PlacedSprite(image, x + shift, y + drop, random.Chance(.5), 1, second));
        }

        private void PlaceThird()
        {
            var size = Sized(third!, facts.Third!, .9);
            var image = Image(third!, facts.Third!, random.Pick(third!.Sprites), size);
            var y = Base(third, image.Height) - image.Height;
            if (!third.Floats && facts.Place is not (ScenePlace.Sky or ScenePlace.Table)) y -= random.Next(4);
            thirds.Add(new PlacedSprite(image, random.Between(1, Size - 1 - image.Width), y, random.Chance(.5), 2, third));
        }

        /// <summary>0 where everything told is to be seen; else the more the worse.</summary>
        public double Faults()
        {
            var faults = 0.0;
            var shown = Shown(Sprites);
            for (var i = 0; i < Sprites.Count; i++)
            {
                var s = Sprites[i];
                var hides = facts.Second is not null && (s.Owner == 0 && facts.Relation == SceneRelation.Behind || s.Owner == 1 && facts.Relation is SceneRelation.InFrontOf or SceneRelation.On);
                var need = hides ? .52 : s.Owner == 2 ? .85 : s.Owner == 0 && facts.Main.Count > 3 ? .66 : s.Owner == 1 && facts.Relation == SceneRelation.Under ? .6 : .78;
                faults += Math.Max(0, need - shown[i]) * 4;
                if (s.Top < 0) faults -= .2 * s.Top;
                if (s.Bottom > 63) faults += .2 * (s.Bottom - 63);
                faults += Math.Max(0, -2 - s.Left) * .2 + Math.Max(0, s.Right - 66) * .2;
                if (facts.Place == ScenePlace.Sky) continue;
                // Things that stand must stand on the ground, things that fly must be clear of it.
                if (s.Thing.Floats) faults += Math.Max(0, s.Bottom - horizon - 12) * .2;
                else if (s.Owner != 0 || facts.Relation != SceneRelation.On || facts.Second is null) faults += Math.Max(0, Ground - s.Bottom) * .2;
            }
            if (facts.Second is null) return faults;
            // Where one thing is to hide a part of the other, it must do so, or the picture would show "next to".
            if (facts.Relation is SceneRelation.InFrontOf or SceneRelation.Behind)
            {
                var hidden = Sprites.Select((s, i) => (s, i)).Where(p => p.s.Owner == (facts.Relation == SceneRelation.Behind ? 0 : 1)).Min(p => shown[p.i]);
                if (hidden > .93) faults += .3;
            }
            return faults;
        }
    }
}
