using System.Collections.Frozen;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Which attributes are colours, numbers or sizes. The lists agree with the original's counts where those tell of a word ("tan", "silver"
/// and "long" are in none of them); words that those never show are filled in by meaning.
/// </summary>
internal static class AttributeCategories
{
    private static readonly FrozenDictionary<string, SpiceCategory> Words = Read();

    /// <summary>The category of an attribute beside <see cref="SpiceCategory.Attribute"/>, or null; merged words are in none.</summary>
    public static SpiceCategory? Of(MergedConcept attribute) =>
        attribute.Words.Count == 1 && Words.TryGetValue(attribute.Words[0].Text, out var category) ? category : null;

    private static FrozenDictionary<string, SpiceCategory> Read()
    {
        var words = new Dictionary<string, SpiceCategory>(StringComparer.Ordinal);
        Add(SpiceCategory.Color, """
            beige black blue brown cream cyan dark gray green grey indigo light magenta maroon orange pink purple red teal turquoise violet white
            yellow
            """);
        Add(SpiceCategory.Cardinality, "one two three four five six seven eight nine ten");
        Add(SpiceCategory.Size, """
            ample baby beefy big bony boundless broad bulky chubby chunky colossal compact corpulent cosmic curvy elfin emaciated endless enormous
            epic expansive extensive fat fleshy full-size gargantuan gaunt giant gigantic grand great heavy hefty huge hulking immeasurable immense
            infinite king-size lanky large lean life-size limitless little lofty mammoth massive meager microscopic mini miniature minuscule minute
            monstrous narrow obese outsized oversize overweight petite plump pocket-size portly pudgy puny rotund scrawny short sizable skimpy
            skinny slender slim small stocky stout strapping sturdy tall teensy teeny thick thin tiny titanic towering trim tubby undersized
            underweight vast wee whopping wide
            """);
        return words.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(SpiceCategory category, string names)
        {
            foreach (var name in names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) words.Add(name, category);
        }
    }
}
