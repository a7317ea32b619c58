namespace UnsupClipCap.Metrics;

/// <summary>The references of one image, prepared.</summary>
/// <param name="Sentences">One or more references.</param>
/// <param name="MaxCounts">Of each n-gram, the largest count in a reference (BLEU's clipping).</param>
internal sealed record ImageReferences(Sentence[] Sentences, NGramCounts MaxCounts)
{
    /// <summary>TF-IDF vectors, one a reference (CIDEr); set once the document frequencies are known.</summary>
    public TfIdf[] Vectors { get; set; } = [];
}
