namespace UnsupClipCap;

/// <summary>Sizes as configurations tell them, within what a model can be: a file that lies ends in an error, not in memory or time spent.</summary>
internal static class ModelSizes
{
    public const int Width = 1 << 16, Layers = 128, Tokens = 1 << 24, Positions = 1 << 20, Pixels = 1 << 13;

    /// <summary>A field that must be there: a whole number from 1 to <paramref name="most"/>.</summary>
    public static int Size(this JsonPlace json, string key, int most) => json.Required(key).Size(most);

    /// <summary>A field, or <paramref name="otherwise"/> where there is none.</summary>
    public static int Size(this JsonPlace json, string key, int most, int otherwise) => json.Optional(key)?.Size(most) ?? otherwise;

    /// <summary>A whole number from 1 to <paramref name="most"/>.</summary>
    public static int Size(this JsonPlace place, int most) => place.Int() is var n && n >= 1 && n <= most ? n : throw place.Wrong($"a whole number from 1 to {most}");
}
