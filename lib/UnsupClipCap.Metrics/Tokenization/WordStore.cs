using System.Runtime.CompilerServices;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Words met lately, for one thread: captions say the same few words over and over, and a string that is there already need not be
/// made and cleared away. It never grows; a word takes the place of another.
/// </summary>
internal sealed class WordStore
{
    /// <summary>Longest word that is kept.</summary>
    public const int MaxLength = 24;
    private const int Places = 1 << 12;
    private readonly string?[] _words = new string?[Places];

    /// <summary>A word of <see cref="MaxLength"/> characters or fewer in lower case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string Lower(ReadOnlySpan<char> text)
    {
        Span<char> lower = stackalloc char[MaxLength];
        lower = lower[..text.Length];
        var hash = 17u;
        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = char.ToLowerInvariant(text[i]);
            hash = (hash ^ lower[i]) * 16777619;
        }
        ref var place = ref _words[(hash ^ hash >> 16) % Places];
        if (place is null || !lower.SequenceEqual(place)) place = lower.ToString();
        return place;
    }
}
