// The upper part of the SPICE parser's network, for training. UnsupClipCap.Metrics runs the same network without TorchSharp (SpiceParser).
using TorchSharp;
using TorchSharp.Modules;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the shipped model file

/// <summary>Gives the tree. It sees the tags and the function words alone, as an unlexicalised PCFG does once it has settled on tags.</summary>
internal sealed class SpiceTreeModule : Module
{
    /// <summary>Where its names begin in the model file.</summary>
    public const string Prefix = "tree.";

    private readonly Embedding tags;                    // (tags + 1, d); the last row is the root's
    private readonly Embedding function_words;          // (function words + 1, d): row 0, zero, for any other word
    private readonly LayerNorm ln_in;
    private readonly ModuleList<SpiceParserLayer> layers;
    private readonly LayerNorm ln_out;
    private readonly SpiceTreeHeads heads;
    private readonly ParserSizes _sizes;
    private readonly double _dropout;

    public SpiceTreeModule(ParserSizes sizes, SpiceParserTraining.Inventory inventory, double dropout) : base(nameof(SpiceTreeModule))
    {
        tags = Embedding(inventory.Tags.Length + 1, sizes.Width);
        function_words = Embedding(inventory.FunctionWords.Length + 1, sizes.Width, padding_idx: 0);
        foreach (var table in new[] { tags, function_words })
            using (no_grad()) table.weight!.mul_(0.5);
        ln_in = LayerNorm(sizes.Width);
        layers = new([.. Enumerable.Range(0, sizes.TreeLayers).Select(_ => new SpiceParserLayer(sizes, sizes.TreeLayers, dropout))]);
        ln_out = LayerNorm(sizes.Width);
        heads = new(sizes, inventory.Relations.Length);
        (_sizes, _dropout) = (sizes, dropout);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>Scores of the arcs of sentences of one length.</summary>
    /// <param name="tags">(B, n).</param>
    /// <param name="functionWords">(B, n): places of the function words, counted from 1; 0 for other words.</param>
    /// <returns>Arcs (B, n, T): dependent by head, the root the first head, T = n + 1; and X (B, T, d) for <see cref="Relations"/>.</returns>
    public (Tensor Arcs, Tensor X) Arcs(Tensor tags, Tensor functionWords)
    {
        var root = this.tags.weight!.shape[0] - 1;
        var x = this.tags.forward(functional.pad(tags, [1, 0], PaddingModes.Constant, root)) + function_words.forward(functional.pad(functionWords, [1, 0]));
        x = functional.dropout(ln_in.forward(x), _dropout, training);                                       // (B, T, d)
        var distances = SpiceParserLayer.Distances(_sizes, x.shape[1], x.device);
        foreach (var layer in layers) x = layer.forward(x, distances);
        x = functional.dropout(ln_out.forward(x), _dropout, training);
        return (heads.Arcs(x, distances).narrow(1, 1, tags.shape[1]), x);
    }

    /// <summary>Scores of the relations (B, n, relations) of words to the heads given.</summary>
    /// <param name="x">(B, T, d) of <see cref="Arcs"/>.</param>
    /// <param name="heads">(B, n): head of each word but the root.</param>
    public Tensor Relations(Tensor x, Tensor heads) => this.heads.Relations(x, heads);
}
