using System.IO.Compression;

namespace UnsupClipCap.Metrics;

/// <summary>
/// WordNet 3.0 (Miller, 1995) as METEOR uses it: which words share a synset, and of which words a word is a form. Words are in
/// lower case with '_' for spaces; a synset is told by its offset in WordNet's files. METEOR leaves the part of speech out, so
/// a few unrelated synsets of two parts of speech are one here.
/// </summary>
internal sealed class WordNet
{
    private static readonly Lazy<WordNet> LazyShipped = new(() => new(
        new("synsets.gz", Resource("synsets.gz")), new("exceptions.gz", Resource("exceptions.gz"))));

    // What may be left when a regular ending is taken off, by WordNet's rules of detachment: nouns, verbs, adjectives.
    private static readonly (string Ending, string Base)[] Endings =
    [
        ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y"),
        ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
        ("er", ""), ("est", ""), ("er", "e"), ("est", "e"),
    ];

    private readonly WordTable _words;

    // The synsets of word w are _ids[_firstId[w].._firstId[w + 1]].
    private readonly int[] _firstId;
    private readonly int[] _ids;

    // Of an irregular form, its base forms.
    private readonly Dictionary<string, string[]> _irregular;

    private WordNet(PairedLines synsets, PairedLines exceptions)
    {
        (_words, _firstId, _ids) = synsets.ReadSynsets();
        _irregular = exceptions.ReadExceptions();
    }

    /// <summary>The table that ships with the library. Its words and synsets are those of METEOR's own table.</summary>
    public static WordNet Shipped => LazyShipped.Value;

    /// <summary>METEOR's own tables, <c>synonym-english.synsets</c> and <c>synonym-english.exceptions</c> in a folder.</summary>
    /// <exception cref="MetricInputException">A file is missing or not of this form.</exception>
    public static WordNet Read(string folder) =>
        new(PairedLines.Read(Path.Combine(folder, "synonym-english.synsets")), PairedLines.Read(Path.Combine(folder, "synonym-english.exceptions")));

    /// <summary>The synsets of a word as it stands, ascending; none where the word is unknown.</summary>
    public ReadOnlySpan<int> Synsets(ReadOnlySpan<char> word)
    {
        var index = _words.Find(word);
        return index < 0 ? [] : _ids.AsSpan(_firstId[index], _firstId[index + 1] - _firstId[index]);
    }

    /// <summary>
    /// The words of which a word may be a form: the bases of an irregular form ("bed" is its own), or else what the first of WordNet's rules
    /// of detachment that gives a word leaves of it.
    /// </summary>
    public IReadOnlyList<string> Stems(string word)
    {
        if (_irregular.TryGetValue(word, out var bases)) return bases;
        foreach (var (ending, rest) in Endings)
        {
            if (!word.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = string.Concat(word.AsSpan(0, word.Length - ending.Length), rest);
            if (_words.Find(stem) >= 0) return [stem];
        }
        return [];
    }

    /// <summary>The synsets of a word and of the words of which it may be a form, ascending. A single letter is no such word: "as" is no form of "a".</summary>
    public int[] SynsetsOfForms(string word)
    {
        var ids = new SortedSet<int>();
        foreach (var id in Synsets(word)) ids.Add(id);
        foreach (var stem in Stems(word))
        {
            if (stem.Length < 2) continue;
            foreach (var id in Synsets(stem)) ids.Add(id);
        }
        return [.. ids];
    }

    private static byte[] Resource(string name)
    {
        using var zipped = typeof(WordNet).Assembly.GetManifestResourceStream("wordnet/" + name)!;
        using var text = new MemoryStream(4 << 20);
        using (var unzipped = new GZipStream(zipped, CompressionMode.Decompress)) unzipped.CopyTo(text);
        return text.ToArray();
    }
}
