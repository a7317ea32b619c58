namespace UnsupClipCap.Metrics;

/// <summary>Words in ascending order of their bytes inside one block of text, found by halving.</summary>
/// <param name="text">The text that holds them.</param>
/// <param name="starts">Where each begins.</param>
/// <param name="lengths">Number of bytes of each.</param>
internal sealed class WordTable(byte[] text, int[] starts, byte[] lengths)
{
    /// <summary>The number of a word, or -1.</summary>
    public int Find(ReadOnlySpan<char> word)
    {
        int low = 0, high = starts.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Compare(text.AsSpan(starts[middle], lengths[middle]), word);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private static int Compare(ReadOnlySpan<byte> mine, ReadOnlySpan<char> word)
    {
        var common = Math.Min(mine.Length, word.Length);
        for (var i = 0; i < common; i++)
            if (mine[i] != word[i]) return mine[i] - word[i];
        return mine.Length - word.Length;
    }
}
