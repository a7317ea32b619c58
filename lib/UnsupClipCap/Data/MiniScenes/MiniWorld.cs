namespace UnsupClipCap;

/// <summary>All things of the miniature world and the drawing of lots over what a scene shows.</summary>
internal static partial class MiniWorld
{
    public static readonly IReadOnlyList<Thing> Things = [.. People, .. Animals, .. Vehicles, .. Objects];

    private static readonly Dictionary<string, Thing> ById = Things.ToDictionary(t => t.Id, StringComparer.Ordinal);

    /// <summary>COCO-like categories in ordinal order; a category's id in COCO files is its position + 1.</summary>
    public static readonly IReadOnlyList<string> Categories =
        [.. Things.Select(t => t.Category).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static Thing ThingOf(string id) =>
        ById.TryGetValue(id, out var thing) ? thing : throw new ArgumentException($"The miniature world has no thing \"{id}\".", nameof(id));

    // In the order of ScenePlace: grass, beach, snow, street, room, kitchen, bathroom, water, sky, table.
    private static readonly double[] CocoPlaces = [.17, .10, .08, .17, .14, .07, .06, .07, .04, .10];
    private static readonly double[] FlickrPlaces = [.23, .14, .11, .24, .12, .01, .04, .09, .01, .01];

    private static readonly Thing[][] ByPlace = [.. Enum.GetValues<ScenePlace>().Select(p => Things.Where(t => t.In(p)).ToArray())];

    /// <summary>Draws the facts of one scene.</summary>
    public static SceneFacts Draw(SeededRandom random, CaptionStyle style)
    {
        var place = (ScenePlace)random.Weighted(style == CaptionStyle.Coco ? CocoPlaces : FlickrPlaces);
        var outdoors = place is ScenePlace.Grass or ScenePlace.Beach or ScenePlace.Snow or ScenePlace.Street or ScenePlace.Water or ScenePlace.Sky;
        var light = outdoors ? (SceneLight)random.Weighted([.70, .13, .17]) : SceneLight.Day;

        var main = DrawThing(random, place, t => style == CaptionStyle.Coco ? 1 : t.Kind == ThingKind.Person ? 5 : t.Category == "dog" ? 2 : .6);
        var count = Math.Min(main.MaxCount, 1 + random.Weighted([.62, .20, .08, .06, .04]));
        var size = (SceneSize)(count > 2 || main.Kind == ThingKind.Person ? 0 : random.Weighted([.8, .1, .1]));
        var facts = new SceneFacts { Place = place, Light = light, Main = Make(random, main, count, size) };

        var others = random.Weighted([.22, .50, .28]);
        if (others == 0) return facts;
        var second = DrawThing(random, place, t => Together(main, t) ? main.Floats && !t.Floats && place != ScenePlace.Sky ? 2 : 1 : 0);
        facts = facts with { Second = Make(random, second, 1, SceneSize.Usual), Relation = DrawRelation(random, place, main, count, second) };
        if (others == 1) return facts;
        var third = DrawThing(random, place, t => Together(main, t) && Together(second, t) ? 1 : 0);
        return facts with { Third = Make(random, third, 1, SceneSize.Usual) };
    }

    private static Thing DrawThing(SeededRandom random, ScenePlace place, Func<Thing, double> factor)
    {
        var things = ByPlace[(int)place];
        Span<double> weights = stackalloc double[things.Length];
        for (var i = 0; i < things.Length; i++) weights[i] = things[i].Weight * factor(things[i]);
        return things[random.Weighted(weights)];
    }

    private static SceneObject Make(SeededRandom random, Thing thing, int count, SceneSize size) =>
        new(thing.Id, count, thing.Colours.Length == 0 ? null : random.Pick(thing.Colours), size);

    // Two things of one category beside each other would make a count in a caption ambiguous, so would a bicycle beside a cyclist.
    // A man and a woman may meet.
    private static bool Together(Thing a, Thing b) =>
        a.Id != b.Id && a.Contains != b.Category && b.Contains != a.Category && (a.Contains.Length == 0 || a.Contains != b.Contains)
        && !(a.Category == b.Category && (a.Kind != ThingKind.Person || a.Names[0] == b.Names[0]));

    private static SceneRelation DrawRelation(SeededRandom random, ScenePlace place, Thing main, int count, Thing second)
    {
        if (place == ScenePlace.Sky || (main.Floats && second.Floats)) return SceneRelation.NextTo;
        if (main.Floats) return SceneRelation.Over;
        if (second.Floats) return SceneRelation.Under;
        if (count > 2) return SceneRelation.NextTo;
        if (second.Surface > 0 && main.Perches && count == 1 && random.Chance(.65)) return SceneRelation.On;
        if (second.Shelter > 0 && CanShelter(main, second) && random.Chance(.5)) return SceneRelation.Under;
        return (SceneRelation)random.Weighted([.5, .25, .25]);
    }

    // Only a small thing fits below a crown; people hold the umbrella above themselves.
    private static bool CanShelter(Thing main, Thing second) =>
        second.Category == "umbrella" ? main.Id is "man standing" or "woman standing" or "dog" or "cat" or "man walking" or "woman walking" : main.Size <= 24;
}
