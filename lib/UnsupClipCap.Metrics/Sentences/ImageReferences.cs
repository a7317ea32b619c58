namespace UnsupClipCap.Metrics;

/// <summary>The references of one image, prepared.</summary>
/// <param name="Sentences">One or more references.</param>
/// <param name="MaxCounts">Of each n-gram, the largest count in a reference (BLEU's clipping).</param>
internal sealed record ImageReferences(Sentence[] Sentences, NGramCounts MaxCounts)
{
    /// <summary>TF-IDF vectors, one a reference (CIDEr); set once the document frequencies are known.</summary>
    public TfIdf[] Vectors { get; set; } = [];

    /// <summary>The references as one scene graph (SPICE), and who parsed them; set when first asked for.</summary>
    public ReferenceScene? Scene { get; set; }
}

/// <summary>An image's references as one scene graph.</summary>
/// <param name="Parser">Who parsed them.</param>
/// <param name="Graph">The graph.</param>
internal sealed record ReferenceScene(SpiceParser Parser, SceneGraph Graph);
