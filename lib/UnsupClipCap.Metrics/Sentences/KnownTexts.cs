using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace UnsupClipCap.Metrics;

/// <summary>
/// What was found out about texts, so that it need not be found out again: captions say the same over and over. A process may score for weeks, so only so many texts are kept, those that
/// come first and are not long. For any number of threads.
/// </summary>
/// <param name="most">How many are kept (a few more where several threads keep the last at once).</param>
/// <param name="longest">Characters of the longest text that is kept.</param>
internal sealed class KnownTexts<T>(int most, int longest = KnownTexts<T>.LongestWord) where T : class
{
    /// <summary>Characters of the longest text that is kept, of words and phrases.</summary>
    public const int LongestWord = 100;

    private readonly ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);
    private int _count;                 // the dictionary's own takes all its locks

    /// <summary>How many are kept now.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool TryGet(string text, [NotNullWhen(true)] out T? known) => _known.TryGetValue(text, out known);

    /// <summary>Keeps what was found out about a text, if there is room.</summary>
    /// <returns>What is known of the text: another thread may have kept its own first.</returns>
    public T Keep(string text, T found)
    {
        if (text.Length > longest || Count >= most) return _known.GetValueOrDefault(text, found);
        var known = _known.GetOrAdd(text, found);
        if (ReferenceEquals(known, found)) Interlocked.Increment(ref _count);
        return known;
    }
}
