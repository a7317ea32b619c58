namespace UnsupClipCap;

/// <summary>
/// A small random generator whose numbers are the same on every machine and in every version of .NET:
/// xoshiro256** (Blackman and Vigna, 2018), its state filled by SplitMix64 from a seed and the names of a stream.
/// Not thread-safe: give every thread a stream of its own.
/// </summary>
public sealed class SeededRandom
{
    private ulong s0, s1, s2, s3;

    /// <summary>
    /// The stream of that name under that seed. Different labels give unrelated streams, so that one part of a program
    /// can draw more or fewer numbers without changing what the others see.
    /// </summary>
    public SeededRandom(long seed, params string[] labels)
    {
        var state = Mix((ulong)seed);
        foreach (var label in labels) state = Mix(state ^ Hash(label));
        s0 = Mix(state += Golden);
        s1 = Mix(state += Golden);
        s2 = Mix(state += Golden);
        s3 = Mix(state + Golden);
    }

    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = ulong.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = ulong.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … <paramref name="n"/> - 1, for any n above 0; without bias.</summary>
    public int Next(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        // Lemire's method: the high word of a product is uniform once the few uneven low words are refused.
        var range = (ulong)n;
        var product = Math.BigMul(NextBits(), range, out var low);
        if (low < range)
        {
            var threshold = (0 - range) % range;
            while (low < threshold) product = Math.BigMul(NextBits(), range, out low);
        }
        return (int)product;
    }

    /// <summary>Uniform in <paramref name="low"/> … <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    /// <summary>True with that probability (0 … 1).</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the items, each as likely as the others.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>A position, drawn in proportion to <paramref name="weights"/> (not negative, not all 0).</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var w in weights) sum += w;
        var at = NextDouble() * sum;
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0) continue;
            last = i;
            at -= weights[i];
            if (at < 0) return i;
        }
        return last;
    }

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        while (true)
        {
            var x = 2 * NextDouble() - 1;
            var y = 2 * NextDouble() - 1;
            var r = x * x + y * y;
            if (r is > 0 and < 1) return x * Math.Sqrt(-2 * Math.Log(r) / r);
        }
    }

    /// <summary>Puts the items into a random order, every order as likely (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A 64-bit hash of a text that is the same in every process (FNV-1a over UTF-16 units, then SplitMix64's mixer).</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return Mix(hash);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
