namespace UnsupClipCap.Metrics;

/// <summary>A sentence's n-gram counts weighted by inverse document frequency.</summary>
internal sealed class TfIdf
{
    /// <param name="counts">The sentence.</param>
    /// <param name="idf">The weight of each n-gram of the references.</param>
    /// <param name="unseen">The weight of an n-gram that no reference holds.</param>
    public TfIdf(NGramCounts counts, double[] idf, double unseen)
    {
        Counts = counts;
        Values = new double[counts.Ids.Length];
        for (var i = 0; i < Values.Length; i++)
        {
            var index = NGramCounts.Index(counts.Ids[i]);
            Values[i] = counts.Counts[i] * (index < idf.Length ? idf[index] : unseen);
            Norms[NGramCounts.N(counts.Ids[i])] += Values[i] * Values[i];
        }
        for (var n = 0; n < Norms.Length; n++) Norms[n] = Math.Sqrt(Norms[n]);
    }

    public NGramCounts Counts { get; }

    /// <summary>The weight of each n-gram of <see cref="Counts"/>.</summary>
    public double[] Values { get; }

    /// <summary>Euclidean norm of the 1-, 2-, 3- and 4-gram parts.</summary>
    public double[] Norms { get; } = new double[NGramCounts.MaxN];

    /// <summary>The length that CIDEr-D's penalty compares is the number of 2-grams, as in coco-caption.</summary>
    public int Length => Math.Max(0, Counts.Words - 1);
}
