using System.Text;

namespace UnsupClipCap;

/// <summary>Turns text into token ids and back.</summary>
public interface ITokenizer
{
    /// <summary>Number of token ids.</summary>
    int Count { get; }

    /// <summary>The id that begins a text for CLIP.</summary>
    int Start { get; }

    /// <summary>The id that ends a text.</summary>
    int End { get; }

    /// <summary>Ids that stand for no text of their own and are never to be generated.</summary>
    IReadOnlyList<int> NeverSaid { get; }

    /// <summary>The ids of <paramref name="text"/>, without start and end.</summary>
    int[] Encode(string text);

    /// <summary>The text of <paramref name="ids"/>; start and end say nothing.</summary>
    string Decode(ReadOnlySpan<int> ids);
}

/// <summary>
/// One id a word: for worlds with a small vocabulary. Text is lower-cased and split at white space and around every character that is neither
/// letter, digit, hyphen nor apostrophe. Ids: 0 unknown, then the words, then start and end; the end's id is the highest, as in CLIP.
/// </summary>
public sealed class WordTokenizer : ITokenizer
{
    private const int Unknown = 0;
    private readonly Dictionary<string, int> _ids;

    /// <summary>A tokenizer of these words, in this order.</summary>
    public WordTokenizer(IReadOnlyList<string> words)
    {
        Words = words;
        _ids = words.Select((word, i) => (word, i)).ToDictionary(p => p.word, p => p.i + 1, StringComparer.Ordinal);
    }

    /// <summary>The words of <paramref name="texts"/> seen at least <paramref name="minimum"/> times, in ordinal order.</summary>
    public static WordTokenizer From(IEnumerable<string> texts, int minimum)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in texts.SelectMany(Split)) counts[word] = counts.GetValueOrDefault(word) + 1;
        return new WordTokenizer([.. counts.Where(c => c.Value >= minimum).Select(c => c.Key).Order(StringComparer.Ordinal)]);
    }

    /// <summary>The words, the first of which has id 1.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <inheritdoc/>
    public int Count => Words.Count + 3;

    /// <inheritdoc/>
    public int Start => Words.Count + 1;

    /// <inheritdoc/>
    public int End => Words.Count + 2;

    /// <inheritdoc/>
    public IReadOnlyList<int> NeverSaid => [Unknown, Start];

    /// <inheritdoc/>
    public int[] Encode(string text) => [.. Split(text).Select(word => _ids.GetValueOrDefault(word, Unknown))];

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if (id <= Unknown || id > Words.Count) continue;
            var word = Words[id - 1];
            if (text.Length > 0 && (char.IsLetterOrDigit(word[0]) || word[0] is '(' or '"' or '&' || char.IsLetterOrDigit(word[^1]))) text.Append(' ');
            text.Append(word);
        }
        return text.ToString();
    }

    private static IEnumerable<string> Split(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inWord = i < text.Length && (char.IsLetterOrDigit(text[i]) || (text[i] is '-' or '\'' && start >= 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1])));
            if (inWord && start < 0) start = i;
            if (inWord) continue;
            if (start >= 0) yield return text[start..i].ToLowerInvariant();
            start = -1;
            if (i < text.Length && !char.IsWhiteSpace(text[i])) yield return text[i].ToString();
        }
    }
}
