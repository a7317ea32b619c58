namespace UnsupClipCap.Metrics;

/// <summary>A word or phrase and the synsets it can mean: its own, and those of the words it is a form of. Two of the same text are equal.</summary>
/// <param name="Text">The word or phrase, lower case, with spaces.</param>
/// <param name="Synsets">Ids of synsets, ascending.</param>
internal sealed record Concept(string Text, int[] Synsets)
{
    public bool Equals(Concept? other) => ReferenceEquals(this, other) || other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Looks words up in WordNet, each of the words of captions once; for any number of threads.</summary>
internal sealed class ConceptIndex(WordNet wordNet)
{
    private const int MostKept = 1 << 16;
    private static readonly Lazy<ConceptIndex> LazyShipped = new(() => new(WordNet.Shipped));

    private readonly KnownTexts<Concept> _concepts = new(MostKept);

    /// <summary>The index of the WordNet that ships with the library.</summary>
    public static ConceptIndex Shipped => LazyShipped.Value;

    /// <summary>How many words are kept.</summary>
    public int Kept => _concepts.Count;

    /// <summary>The concept of a word or phrase.</summary>
    public Concept this[string text] => _concepts.TryGet(text, out var known) ? known : _concepts.Keep(text, new(text, wordNet.SynsetsOfForms(text.Replace(' ', '_'))));
}
