using System.Buffers;
using System.Runtime.CompilerServices;

namespace UnsupClipCap.Metrics;

/// <summary>
/// The n-grams (n = 1..4) of a sentence as a sparse vector: identifiers in rising order, each with its count. The two low
/// bits of an identifier are n - 1.
/// </summary>
internal sealed class NGramCounts
{
    public const int MaxN = 4;

    private NGramCounts(int[] ids, int[] counts, int words) => (Ids, Counts, Words) = (ids, counts, words);

    public int[] Ids { get; }

    public int[] Counts { get; }

    /// <summary>Number of words of the sentence.</summary>
    public int Words { get; }

    public static int N(int id) => id & 3;

    public static int Index(int id) => id >> 2;

    /// <summary>Counts identifiers; sorts <paramref name="ids"/> in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NGramCounts Of(int[] ids, int words)
    {
        Array.Sort(ids);
        var distinct = 0;
        for (var i = 0; i < ids.Length; i++)
            if (i == 0 || ids[i] != ids[i - 1]) distinct++;
        var unique = new int[distinct];
        var counts = new int[distinct];
        var at = -1;
        foreach (var id in ids)
        {
            if (at < 0 || unique[at] != id) unique[++at] = id;
            counts[at]++;
        }
        return new(unique, counts, words);
    }

    /// <summary>The largest count of each n-gram over several sentences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NGramCounts Max(ReadOnlySpan<Sentence> sentences)
    {
        var total = 0;
        foreach (var sentence in sentences) total += sentence.NGrams.Ids.Length;
        var rented = ArrayPool<long>.Shared.Rent(total);
        var all = rented.AsSpan(0, total);
        var at = 0;
        foreach (var sentence in sentences)
            for (var i = 0; i < sentence.NGrams.Ids.Length; i++) all[at++] = (long)sentence.NGrams.Ids[i] << 32 | (uint)sentence.NGrams.Counts[i];
        all.Sort();

        // Of neighbours with one identifier the last has the largest count.
        var distinct = 0;
        for (var i = 0; i < total; i++)
            if (i == total - 1 || all[i] >> 32 != all[i + 1] >> 32) all[distinct++] = all[i];
        var (ids, counts) = (new int[distinct], new int[distinct]);
        for (var i = 0; i < distinct; i++) (ids[i], counts[i]) = ((int)(all[i] >> 32), (int)all[i]);
        ArrayPool<long>.Shared.Return(rented);
        return new(ids, counts, 0);
    }
}
