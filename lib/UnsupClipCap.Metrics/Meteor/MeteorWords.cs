using System.Collections.Concurrent;

namespace UnsupClipCap.Metrics;

/// <summary>
/// The words met so far: the same word is the same object, and so is the same stem, which makes comparing them cheap. So only sentences of the same <see cref="MeteorWords"/> can be
/// compared. For any number of threads.
/// </summary>
internal sealed class MeteorWords(WordNet wordNet, IReadOnlySet<string> functionWords, ParaphraseTable? table)
{
    // Some 80,000 words of captions, twice as many as those of COCO and Flickr30k together, in some 30 MB.
    private const int MostCharacters = 2_000_000, CharactersPerWord = 16;

    private readonly ConcurrentDictionary<string, MeteorWord> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _stems = new(StringComparer.Ordinal);
    private int _characters;

    /// <summary>Whether there are so many that the next captions had better begin anew.</summary>
    public bool IsFull => Volatile.Read(ref _characters) >= MostCharacters;

    /// <summary>Where phrases are looked up; null without paraphrases.</summary>
    public ParaphraseTable? Table => table;

    public MeteorWord this[string text]
    {
        get
        {
            if (_words.TryGetValue(text, out var known)) return known;
            var word = MeteorWord.Of(text, wordNet, stem => _stems.GetOrAdd(stem, stem), functionWords);
            known = _words.GetOrAdd(text, word);
            if (ReferenceEquals(known, word)) Interlocked.Add(ref _characters, text.Length + CharactersPerWord);
            return known;
        }
    }
}
