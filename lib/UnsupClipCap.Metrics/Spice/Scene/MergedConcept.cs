namespace UnsupClipCap.Metrics;

/// <summary>Words taken for one: their set, and the union of their synsets.</summary>
internal sealed class MergedConcept
{
    private readonly List<Concept> _words;

    // A bit for each synset, so that most pairs that share none are told apart at once.
    private ulong _signature;

    public MergedConcept(Concept word)
    {
        _words = [word];
        Synsets = word.Synsets;
        Sign(word.Synsets);
    }

    /// <summary>The words, in the order in which they joined.</summary>
    public IReadOnlyList<Concept> Words => _words;

    /// <summary>Ids of synsets, ascending.</summary>
    public int[] Synsets { get; private set; }

    /// <summary>The words, parted by "/", in the order of a hash table of 16 slots, as the original lists them.</summary>
    public override string ToString() => _words.Count == 1 ? _words[0].Text : string.Join('/', _words.Select(w => w.Text).OrderBy(Slot));

    /// <summary>How alike this and a word are: 1 where the word is among these, else the Jaccard index of the synsets.</summary>
    public double Similarity(Concept word, ulong signature)
    {
        if (_words.Contains(word)) return 1;
        if ((signature & _signature) == 0) return 0;
        var shared = Shared(Synsets, word.Synsets, int.MaxValue);
        return shared == 0 ? 0 : (double)shared / (Synsets.Length + word.Synsets.Length - shared);
    }

    /// <summary>Whether two share a word or a synset.</summary>
    public bool IsLike(MergedConcept other)
    {
        foreach (var word in _words)
            if (other._words.Contains(word)) return true;
        return (_signature & other._signature) != 0 && Shared(Synsets, other.Synsets, 1) > 0;
    }

    /// <summary>Takes a word in.</summary>
    public void Join(Concept word)
    {
        if (_words.Contains(word)) return;
        _words.Add(word);
        Synsets = Union(Synsets, word.Synsets);
        Sign(word.Synsets);
    }

    /// <summary>The signature of a set of synsets.</summary>
    public static ulong Signature(int[] synsets)
    {
        var signature = 0UL;
        foreach (var id in synsets) signature |= 1UL << (int)((uint)id * 2654435769u >> 26);
        return signature;
    }

    private static int Slot(string text)
    {
        var hash = 0;
        foreach (var c in text) hash = (31 * hash) + c;
        return (hash ^ (hash >>> 16)) & 15;
    }

    private void Sign(int[] synsets) => _signature |= Signature(synsets);

    private static int Shared(int[] a, int[] b, int enough)
    {
        var shared = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j])
            {
                if (++shared == enough) return shared;
                i++;
                j++;
            }
            else if (a[i] < b[j]) i++;
            else j++;
        }
        return shared;
    }

    private static int[] Union(int[] a, int[] b)
    {
        if (b.Length == 0) return a;
        var both = new int[a.Length + b.Length];
        int i = 0, j = 0, count = 0;
        while (i < a.Length || j < b.Length)
        {
            var next = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i] : b[j];
            if (i < a.Length && a[i] == next) i++;
            if (j < b.Length && b[j] == next) j++;
            both[count++] = next;
        }
        return count == both.Length ? both : both[..count];
    }
}
