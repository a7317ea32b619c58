using System.Collections.Concurrent;

namespace UnsupClipCap.Metrics;

/// <summary>A word or phrase and the synsets it can mean: its own, and those of the words it is a form of.</summary>
/// <param name="Text">The word or phrase, lower case, with spaces.</param>
/// <param name="Synsets">Ids of synsets, ascending.</param>
internal sealed record Concept(string Text, int[] Synsets);

/// <summary>Looks each word up in WordNet once; for any number of threads. The same word gives the same object.</summary>
internal sealed class ConceptIndex(WordNet wordNet)
{
    private static readonly Lazy<ConceptIndex> LazyShipped = new(() => new(WordNet.Shipped));

    private readonly ConcurrentDictionary<string, Concept> _concepts = new(StringComparer.Ordinal);

    /// <summary>The index of the WordNet that ships with the library.</summary>
    public static ConceptIndex Shipped => LazyShipped.Value;

    /// <summary>The concept of a word or phrase.</summary>
    public Concept this[string text] => _concepts.TryGetValue(text, out var known) ? known : _concepts.GetOrAdd(text, LookUp);

    private Concept LookUp(string text) => new(text, wordNet.SynsetsOfForms(text.Replace(' ', '_')));
}
