using System.Text;

namespace UnsupClipCap;

/// <summary>
/// Tells a scene in five captions. Each is drawn by lot: a template, a part of the facts, and words for them,
/// as different people look at different things and name them differently.
/// </summary>
internal sealed class SceneCaptions
{
    private const int MinimumWords = 6;

    private readonly SceneFacts facts;
    private readonly SeededRandom random;
    private readonly bool longer;
    private readonly Thing main;

    // What the present caption tells.
    private bool second, third, place, time, colour, size;

    private SceneCaptions(SceneFacts facts, SeededRandom random, CaptionStyle style)
    {
        (this.facts, this.random) = (facts, random);
        longer = style == CaptionStyle.Flickr30k;
        main = MiniWorld.ThingOf(facts.Main.Thing);
    }

    public static IReadOnlyList<string> Tell(SceneFacts facts, SeededRandom random, CaptionStyle style, bool forClip)
    {
        var told = new SceneCaptions(facts, random, style);
        var captions = new List<string>(5);
        for (var attempt = 0; captions.Count < 5; attempt++)
        {
            if (attempt > 20_000) throw new InvalidOperationException($"The grammar has no five captions for \"{facts.Key}\".");
            var caption = forClip && random.Chance(.3) ? told.Tags() : told.Sentence(eager: attempt > 40);
            if (!forClip && Words(caption) < MinimumWords || Words(caption) > told.MaximumWords) continue;
            if (!captions.Contains(caption)) captions.Add(caption);
        }
        return captions;
    }

    private static int Words(string caption) => caption.Split(' ').Length;

    private string Sentence(bool eager)
    {
        var more = eager ? .2 : 0;
        second = facts.Second is not null && random.Chance((longer ? .7 : .6) + more);
        third = facts.Third is not null && random.Chance((longer ? .35 : .25) + more);
        place = random.Chance((longer ? .6 : .5) + more);
        time = Outdoors && random.Chance((longer ? .5 : .45) * (facts.Light == SceneLight.Day ? .55 : 1.2) + more);
        colour = random.Chance((longer ? .45 : main.Wears ? .2 : .35) + more);
        size = random.Chance(.3);
        var templates = longer ? ScenePhrases.FlickrTemplates : ScenePhrases.CocoTemplates;
        // The first templates are the common ones.
        while (true)
        {
            var at = longer ? random.Weighted([.30, .18, .12, .10, .10, .10, .10]) : random.Weighted([.34, .03, .18, .10, .08, .08, .09, .10, .03]);
            var template = templates[at];
            if (template.Contains("{s}", StringComparison.Ordinal) && !second) continue;
            if (template.Contains("together", StringComparison.Ordinal) && !second) continue;
            if (template.Contains("{T}", StringComparison.Ordinal) && !Outdoors) continue;
            if (template.Contains("{P}", StringComparison.Ordinal) && facts is { Place: ScenePlace.Sky, Light: not SceneLight.Day } && random.Chance(.5)) continue;
            if (Fill(template) is { } caption) return caption;
            place = true;
        }
    }

    private int MaximumWords => longer ? 20 : 15;

    private bool Outdoors => facts.Place is ScenePlace.Grass or ScenePlace.Beach or ScenePlace.Snow or ScenePlace.Street or ScenePlace.Water or ScenePlace.Sky;

    private bool On => facts.Second is not null && facts.Relation == SceneRelation.On;

    /// <summary>The template with its slots filled, or null where a sentence would lack its predicate.</summary>
    private string? Fill(string template)
    {
        var nounFirst = template.StartsWith("{P}", StringComparison.Ordinal);
        var joined = template.Contains("{and s}", StringComparison.Ordinal);
        var related = second && !joined;
        var inverse = template.Contains("{i}", StringComparison.Ordinal);
        var mentionsPlace = place && !nounFirst;
        var predicate = template.Contains("{be}", StringComparison.Ordinal) && !template.StartsWith("there", StringComparison.Ordinal);
        var verb = random.Chance(predicate ? .9 : .75) ? Verb(related || mentionsPlace) : "";
        // Where the place comes before the verb it cannot stand for one; and "a plant in a room is sitting" says too little.
        var placeAfter = mentionsPlace && !template.Contains("{p} {be}", StringComparison.Ordinal);
        var poor = verb.Length == 0 || (main.Kind is not (ThingKind.Person or ThingKind.Animal) && !main.Floats);
        if (predicate && poor && !(related && !inverse) && !placeAfter) return null;
        if (predicate && verb.Length == 0 && inverse) return null;
        // "a person with a basketball with a dog near it" says nothing clear.
        if (inverse && facts.Relation == SceneRelation.Over && main.Kind == ThingKind.Person) return null;

        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
            {
                text.Append(template[i]);
                continue;
            }
            var close = template.IndexOf('}', i);
            var slot = template[(i + 1)..close];
            i = close;
            text.Append(slot switch
            {
                "m" => Object(facts.Main, main, colour, size),
                "v" => verb,
                "be" => facts.Main.Count > 1 ? "are" : "is",
                "who" => main.Kind == ThingKind.Person ? "who" : "that",
                "r" => related ? $"{random.Pick(ScenePhrases.Relation(facts.Relation))} {Second()}" : "",
                "s" => Second(),
                "and s" => second ? $"and {Second()}" : "",
                "i" => $"{random.Pick(ScenePhrases.Inverse(facts.Relation))} {Pronoun()}",
                "x" => third ? Third(joins: template.Contains("{and s} {x}", StringComparison.Ordinal)
                    ? second : related && facts.Relation == SceneRelation.NextTo && template.Contains("{r} {x}", StringComparison.Ordinal)) : "",
                "p" => mentionsPlace ? Place(second) : "",
                "P" => random.Pick(ScenePhrases.Noun(facts.Place)),
                "t" => time ? random.Pick(ScenePhrases.Time(facts.Light)) : "",
                "w" => time ? random.Pick(ScenePhrases.LongTime(facts.Light)) : "",
                "T" => random.Pick(longer ? ScenePhrases.LongTime(facts.Light) : ScenePhrases.Time(facts.Light)),
                "view" => random.Pick(ScenePhrases.Views),
                _ => throw new InvalidOperationException($"The caption grammar has no slot {{{slot}}}."),
            });
        }
        return Squeeze(text);
    }

    private string Second() => Object(facts.Second!, MiniWorld.ThingOf(facts.Second!.Thing), random.Chance(longer ? .45 : .25), false);

    // "and" joins it to the second object, so it must come right after that.
    private string Third(bool joins)
    {
        var third = Object(facts.Third!, MiniWorld.ThingOf(facts.Third!.Thing), random.Chance(longer ? .3 : .15), false);
        return joins && random.Chance(.4) ? $"and {third}" : random.Pick(ScenePhrases.Third).Replace("{o}", third, StringComparison.Ordinal);
    }

    private string Pronoun()
    {
        var other = MiniWorld.ThingOf(facts.Second!.Thing);
        return other.Kind != ThingKind.Person ? "it" : other.Names[0].StartsWith("man", StringComparison.Ordinal) ? "him"
            : other.Names[0].StartsWith("woman", StringComparison.Ordinal) ? "her" : "them";
    }

    private string Place(bool withSecond)
    {
        var other = facts.Second is null ? null : MiniWorld.ThingOf(facts.Second.Thing);
        if (facts.Place == ScenePlace.Sky) return random.Pick(ScenePhrases.Ground(facts.Place));
        if (main.Floats) return random.Pick(withSecond && !other!.Floats ? ScenePhrases.Inside(facts.Place) : ScenePhrases.Above(facts.Place));
        return random.Pick(On || (withSecond && other!.Floats) ? ScenePhrases.Inside(facts.Place) : ScenePhrases.Ground(facts.Place));
    }

    private string Verb(bool more)
    {
        if (main.Verbs.Length == 0) return "";
        var verb = random.Pick(main.Verbs);
        // "sitting" alone would be no sentence about a thing; about people and animals it is.
        if (!more && main.Kind is ThingKind.Object or ThingKind.Food && !more) return "";
        if (facts.Place == ScenePlace.Water && main.Kind == ThingKind.Animal && verb == "standing") verb = "floating";
        return Number(verb, facts.Main.Count);
    }

    private static string Number(string both, int count)
    {
        var bar = both.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? both : count > 1 ? both[(bar + 1)..] : both[..bar];
    }

    private string Object(SceneObject o, Thing thing, bool withColour, bool withSize)
    {
        var index = Name(thing);
        var name = Number(thing.Names[index], o.Count);
        var words = new StringBuilder();
        if (withSize && o.Size != SceneSize.Usual && !name.StartsWith("small", StringComparison.Ordinal))
            words.Append(random.Pick(o.Size == SceneSize.Small ? ScenePhrases.Small : ScenePhrases.Large)).Append(' ');
        if (withColour && o.Colour is not null && !thing.Wears) words.Append(Shade(o.Colour)).Append(' ');
        words.Append(name);
        if (withColour && o.Colour is not null && thing.Wears)
            words.Append(' ').Append(Number(random.Pick(ScenePhrases.Shirt), o.Count).Replace("{c}", o.Colour, StringComparison.Ordinal));
        var noun = words.ToString();
        if (o.Count == 1) return $"{Article(noun)} {noun}";
        var pieces = name.Contains(" of ", StringComparison.Ordinal);
        return $"{random.Pick(pieces ? ScenePhrases.PlainNumber(o.Count) : ScenePhrases.Number(o.Count))} {noun}";
    }

    // The usual name six times in ten; the rest is shared by the others.
    private int Name(Thing thing) => thing.Names.Length == 1 || random.Chance(.6) ? 0 : 1 + random.Next(thing.Names.Length - 1);

    private string Shade(string colour) => colour == "gray" && random.Chance(.3) ? "grey" : colour;

    private static string Article(string noun) => noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";

    private static string Squeeze(StringBuilder text)
    {
        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).Replace(" ,", ",", StringComparison.Ordinal);
    }

    // Web captions are often no more than a row of tags.
    private string Tags()
    {
        var tags = new List<string> { Tag(facts.Main, main) };
        if (facts.Second is not null && random.Chance(.7)) tags.Add(Tag(facts.Second, MiniWorld.ThingOf(facts.Second.Thing)));
        if (facts.Third is not null && random.Chance(.5)) tags.Add(Tag(facts.Third, MiniWorld.ThingOf(facts.Third.Thing)));
        if (facts.Main.Colour is { } c && !main.Wears && random.Chance(.3)) tags.Add(c);
        if (random.Chance(.7)) tags.Add(random.Pick(ScenePhrases.TagPlace(facts.Place)));
        if (Outdoors && random.Chance(facts.Light == SceneLight.Day ? .2 : .5)) tags.Add(random.Pick(ScenePhrases.TagTime(facts.Light)));
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tags));
        return string.Join(", ", tags.Distinct(StringComparer.Ordinal));
    }

    private string Tag(SceneObject o, Thing thing) => Number(thing.Names[Name(thing)], o.Count);
}
