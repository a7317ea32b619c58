namespace UnsupClipCap;

/// <summary>The phrases of the caption grammar. All of them count for <see cref="MiniScenes.Words"/>; slots stand in braces.</summary>
internal static class ScenePhrases
{
    /// <summary>
    /// Slots: m the main object, v what it does, r its relation to the second object, s the second object, i the relation told from the
    /// second object, x the third object, p where, P the place as a noun, t when, be is or are.
    /// </summary>
    public static readonly string[] CocoTemplates =
    [
        "{m} {v} {r} {x} {p} {t}",
        "{m} that {be} {v} {r} {p} {x} {t}",
        "{m} {be} {v} {r} {p} {x} {t}",
        "there {be} {m} {v} {r} {p} {x} {t}",
        "{view} of {m} {v} {r} {p} {x} {t}",
        "{s} with {m} {i} {p} {x} {t}",
        "{P} with {m} {and s} {x} {t}",
        "{m} {and s} {p} {x} {t}",
        "{T}, {m} {be} {v} {r} {p} {x}",
    ];

    public static readonly string[] FlickrTemplates =
    [
        "{m} {be} {v} {r} {p} {x} {w}",
        "{m} {p} {be} {v} {r} {x} {w}",
        "{T}, {m} {be} {v} {r} {p} {x}",
        "{m} {and s} can be seen together {p} {x} {w}",
        "{s} with {m} {i} {who} {be} {v} {p} {w}",
        "{P} where {m} {be} {v} {r} {x} {w}",
        "we see {m} {who} {be} {v} {r} {p} {x} {w}",
    ];

    public static readonly string[] Views = ["a picture", "a photo", "an image", "a view"];

    public static string[] Small => ["small", "little", "tiny"];
    public static string[] Large => ["large", "big"];

    public static string[] Number(int count) => count switch
    {
        2 => ["two", "two", "a pair of", "a couple of"],
        3 => ["three", "three", "three", "a group of"],
        4 => ["four", "four", "a group of", "several"],
        _ => ["five", "five", "a group of", "several", "a bunch of"],
    };

    /// <summary>For things counted by pieces, where "a pair of pieces of" would be odd.</summary>
    public static string[] PlainNumber(int count) => [count switch { 2 => "two", 3 => "three", 4 => "four", _ => "five" }];

    public static string[] Shirt => ["in a {c} shirt|in {c} shirts", "wearing a {c} shirt|wearing {c} shirts", "in a {c} top|in {c} tops", "wearing {c}|wearing {c}"];

    /// <summary>The main object to the second.</summary>
    public static string[] Relation(SceneRelation relation) => relation switch
    {
        SceneRelation.NextTo => ["next to", "next to", "beside", "near", "by"],
        SceneRelation.InFrontOf => ["in front of"],
        SceneRelation.Behind => ["behind"],
        SceneRelation.On => ["on", "on top of"],
        SceneRelation.Under => ["under", "underneath", "below", "beneath"],
        _ => ["over", "above"],
    };

    /// <summary>The second object with the main one … it, him or her.</summary>
    public static string[] Inverse(SceneRelation relation) => relation switch
    {
        SceneRelation.NextTo => ["next to", "beside", "near"],
        SceneRelation.InFrontOf => ["in front of"],
        SceneRelation.Behind => ["behind"],
        SceneRelation.On => ["on", "on top of"],
        SceneRelation.Under => ["under", "underneath", "below"],
        _ => ["above", "over"],
    };

    public static string[] Third => ["with {o} nearby", "with {o} nearby", "with {o} close by", "with {o} in the scene"];

    /// <summary>Where something stands that touches the ground of the place.</summary>
    public static string[] Ground(ScenePlace place) => place switch
    {
        ScenePlace.Grass => ["on the grass", "in the grass", "in a field", "in a grassy field", "in a green field", "on a grass covered field"],
        ScenePlace.Beach => ["on the beach", "on a beach", "on a sandy beach", "on the sand", "on the sand by the ocean"],
        ScenePlace.Snow => ["in the snow", "in the snow", "on the snow", "in a snowy field", "on the snow covered ground"],
        ScenePlace.Street => ["on the street", "on a city street", "on the road", "on the side of a road", "in the street"],
        ScenePlace.Room => ["in a room", "in a living room", "on the floor", "on a wooden floor", "in the living room"],
        ScenePlace.Kitchen => ["in a kitchen", "on the kitchen counter", "on a counter", "on a kitchen counter", "on the counter"],
        ScenePlace.Bathroom => ["in a bathroom", "in the bathroom", "on the bathroom floor", "in a tiled bathroom"],
        ScenePlace.Water => ["in the water", "on the water", "in the ocean", "on the blue water", "on a body of water"],
        ScenePlace.Sky => ["in the sky", "in the air", "through the sky", "up in the sky"],
        _ => ["on a table", "on a wooden table", "on the table", "on top of a table", "on top of a wooden table"],
    };

    /// <summary>Where something is that stands on another thing, or that is told with one in the air.</summary>
    public static string[] Inside(ScenePlace place) => place switch
    {
        ScenePlace.Grass => ["in a field", "in a grassy field", "in a green field"],
        ScenePlace.Beach => ["at the beach", "on the beach", "on a sandy beach"],
        ScenePlace.Snow => ["in the snow", "in a snowy field"],
        ScenePlace.Street => ["in the city", "in a city", "on a city street"],
        ScenePlace.Room => ["in a room", "in a living room", "in the living room", "inside a house"],
        ScenePlace.Bathroom => ["in a bathroom", "in the bathroom", "in a tiled bathroom"],
        ScenePlace.Water => ["at sea", "on the water", "on the ocean"],
        _ => Ground(place),
    };

    /// <summary>Where something flies.</summary>
    public static string[] Above(ScenePlace place) => place switch
    {
        ScenePlace.Grass => ["over a field", "above the grass", "in the sky", "over a green field", "in the air above a field"],
        ScenePlace.Beach => ["over the beach", "above a beach", "in the sky", "over the sand", "in the sky over a beach"],
        ScenePlace.Snow => ["over the snow", "above the snow", "in the sky", "over a snowy field"],
        ScenePlace.Street => ["over a city street", "above the street", "in the sky", "over the city", "above a road"],
        ScenePlace.Water => ["over the water", "above the water", "in the sky", "over the ocean"],
        _ => Ground(place),
    };

    public static string[] Noun(ScenePlace place) => place switch
    {
        ScenePlace.Grass => ["a grassy field", "a green field", "a field"],
        ScenePlace.Beach => ["a sandy beach", "a beach", "a beach scene"],
        ScenePlace.Snow => ["a snowy field", "a snowy scene", "a snow covered field"],
        ScenePlace.Street => ["a city street", "a street", "a street scene"],
        ScenePlace.Room => ["a living room", "a room", "a room with a wooden floor"],
        ScenePlace.Kitchen => ["a kitchen", "a kitchen counter", "a counter"],
        ScenePlace.Bathroom => ["a bathroom", "a tiled bathroom"],
        ScenePlace.Water => ["a body of water", "the blue water", "the ocean"],
        ScenePlace.Sky => ["the sky", "an open sky"],
        _ => ["a wooden table", "a table", "a table top"],
    };

    public static string[] Time(SceneLight light) => light switch
    {
        SceneLight.Day => ["on a sunny day", "during the day", "under a blue sky", "on a clear day"],
        SceneLight.Sunset => ["at sunset", "at dusk", "in the evening", "as the sun sets"],
        _ => ["at night", "at night", "in the dark", "after dark"],
    };

    public static string[] LongTime(SceneLight light) => light switch
    {
        SceneLight.Day => ["on a bright sunny day", "in the middle of the day", "under a bright blue sky", "in the daylight"],
        SceneLight.Sunset => ["while the sun goes down", "as the sun is setting", "in the light of the setting sun", "under an orange sky"],
        _ => ["late at night", "in the dark of night", "under the night sky", "while the moon shines"],
    };

    public static string[] TagPlace(ScenePlace place) => place switch
    {
        ScenePlace.Grass => ["grass", "field"],
        ScenePlace.Beach => ["beach", "sand"],
        ScenePlace.Snow => ["snow", "winter"],
        ScenePlace.Street => ["street", "city", "road"],
        ScenePlace.Room => ["room", "living room", "indoors"],
        ScenePlace.Kitchen => ["kitchen", "counter"],
        ScenePlace.Bathroom => ["bathroom", "indoors"],
        ScenePlace.Water => ["water", "ocean"],
        ScenePlace.Sky => ["sky"],
        _ => ["table", "wood"],
    };

    public static string[] TagTime(SceneLight light) => light switch
    {
        SceneLight.Day => ["day", "sunny"],
        SceneLight.Sunset => ["sunset", "evening"],
        _ => ["night", "dark"],
    };

    /// <summary>Words that the grammar puts in by itself.</summary>
    public static readonly string[] Glue = ["a", "an", "is", "are", "and", "who", "that", "with", "floating", "grey", "it", "him", "her", "them"];
}
