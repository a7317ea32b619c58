namespace UnsupClipCap;

/// <summary>Sets of <see cref="ScenePlace"/>, bit by bit in its order.</summary>
[Flags]
internal enum Places
{
    Grass = 1, Beach = 2, Snow = 4, Street = 8, Room = 16, Kitchen = 32, Bathroom = 64, Water = 128, Sky = 256, Table = 512,
    Land = Grass | Beach | Snow | Street,
    Fields = Grass | Beach | Street,
    Open = Land | Water | Sky,
    Food = Kitchen | Table,
}

internal enum ThingKind { Person, Animal, Vehicle, Object, Food }

/// <summary>A kind of thing the miniature world can show, with its words and looks.</summary>
internal sealed record Thing(string Id, string Category, ThingKind Kind, Places Places, int Size, string[] Sprites)
{
    /// <summary>"singular|plural"; the first is the usual name, the others synonyms and hypernyms.</summary>
    public required string[] Names { get; init; }

    /// <summary>Participles that the sprite really shows, "singular|plural" where they differ.</summary>
    public string[] Verbs { get; init; } = [];

    /// <summary>Colours it may be painted; empty where the colour is not told.</summary>
    public string[] Colours { get; init; } = [];

    /// <summary>The hue in degrees that is repainted, and how far from it a pixel's hue may be. A width of 0 repaints the whole sprite.</summary>
    public (int Hue, int Width) Paint { get; init; }

    /// <summary>The colour is that of a shirt, not of the whole.</summary>
    public bool Wears { get; init; }

    public int MaxCount { get; init; } = 5;

    /// <summary>The share of its height, from the top, at which something stands on it; 0: nothing can.</summary>
    public double Surface { get; init; }

    /// <summary>Small enough to stand on a <see cref="Surface"/>.</summary>
    public bool Perches { get; init; }

    /// <summary>The share of its height, from the top, below which something can stand under it; 0: nothing can.</summary>
    public double Shelter { get; init; }

    /// <summary>It is in the air.</summary>
    public bool Floats { get; init; }

    /// <summary>A category drawn within the sprite, which may not stand beside it a second time.</summary>
    public string Contains { get; init; } = "";

    public double Weight { get; init; } = 1;

    public bool In(ScenePlace place) => ((int)Places >> (int)place & 1) == 1;

    public string Singular(int name) => Names[name].Split('|')[0];

    public string Plural(int name) => Names[name].Split('|')[1];
}
