// The SPICE parser's network, for training. UnsupClipCap.Metrics runs the same network without TorchSharp (SpiceParser).
// Transformers over words; heads by a biaffine comparison (Dozat & Manning, 2017), relations and tags by small heads of their own.
using TorchSharp;
using TorchSharp.Modules;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the shipped model file

internal sealed class SpiceParserLayer : Module
{
    private readonly LayerNorm ln_1;
    private readonly Linear qkv;
    private readonly Parameter distance;                // (nh, 2 reach + 1): how much a head looks that far to the left or right
    private readonly Linear proj;
    private readonly LayerNorm ln_2;
    private readonly Linear fc;
    private readonly Linear fc_proj;
    private readonly int _heads;
    private readonly double _dropout;

    public SpiceParserLayer(ParserSizes sizes, double dropout) : base(nameof(SpiceParserLayer))
    {
        ln_1 = LayerNorm(sizes.Width);
        qkv = Linear(sizes.Width, 3 * sizes.Width);
        distance = Parameter(zeros(sizes.Heads, 2 * sizes.Reach + 1));
        proj = Linear(sizes.Width, sizes.Width);
        ln_2 = LayerNorm(sizes.Width);
        fc = Linear(sizes.Width, sizes.Hidden);
        fc_proj = Linear(sizes.Hidden, sizes.Width);
        foreach (var out_ in new[] { proj, fc_proj }) init.normal_(out_.weight!, 0, 1 / Math.Sqrt(2.0 * sizes.Width * sizes.Layers));
        (_heads, _dropout) = (sizes.Heads, dropout);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor distances)
    {
        long B = x.shape[0], T = x.shape[1], C = x.shape[2];
        var parts = qkv.forward(ln_1.forward(x)).view(B, T, 3, _heads, C / _heads).permute(2, 0, 3, 1, 4);          // (3, B, nh, T, hs)
        var bias = distance.index_select(1, distances.flatten()).view(_heads, T, T);                               // (nh, T, T)
        var weights = (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(C / _heads) + bias).softmax(-1);      // (B, nh, T, T)
        var y = proj.forward(weights.matmul(parts[2]).transpose(1, 2).reshape(B, T, C));
        x = x + functional.dropout(y, _dropout, training);
        return x + functional.dropout(fc_proj.forward(SpiceParserModule.Bend(fc.forward(ln_2.forward(x)))), _dropout, training);
    }
}

/// <summary>
/// Two transformers, one upon the other. The first gives tags; the second sees these tags and the function words alone, as an unlexicalised PCFG does once
/// it has settled on tags, and gives the tree.
/// </summary>
internal sealed class SpiceParserModule : Module
{
    private readonly Embedding words;
    private readonly LayerNorm ln_in;
    private readonly ModuleList<SpiceParserLayer> layers;
    private readonly LayerNorm ln_tag;
    private readonly Linear tag;
    private readonly Embedding told_tag;                // (tags + 1, d): what the layers above see of a word; the last row is the root's
    private readonly Embedding told_word;               // (function words + 1, d): row 0, zero, for any other word
    private readonly LayerNorm ln_told;
    private readonly LayerNorm ln_out;
    private readonly Linear arc_dependent;
    private readonly Linear arc_head;
    private readonly Linear arc;                        // the biaffine form, without bias
    private readonly Parameter arc_distance;            // (2 reach + 1)
    private readonly Linear relation_dependent;
    private readonly Linear relation_head;
    private readonly Linear relation;
    private readonly ParserSizes _sizes;
    private readonly int _tags;
    private readonly double _dropout;

    public SpiceParserModule(ParserSizes sizes, SpiceParserTraining.Inventory inventory, double dropout) : base(nameof(SpiceParserModule))
    {
        (_sizes, _tags, _dropout) = (sizes, inventory.Tags.Length, dropout);
        words = Embedding(inventory.Features.RowCount, sizes.Width, padding_idx: WordFeatures.None);
        ln_in = LayerNorm(sizes.Width);
        layers = new([.. Enumerable.Range(0, sizes.Layers).Select(_ => new SpiceParserLayer(sizes, dropout))]);
        ln_tag = LayerNorm(sizes.Width);
        tag = Linear(sizes.Width, _tags);
        told_tag = Embedding(_tags + 1, sizes.Width);
        told_word = Embedding(inventory.FunctionWords.Length + 1, sizes.Width, padding_idx: 0);
        foreach (var table in new[] { words, told_tag, told_word })
            using (no_grad()) table.weight!.mul_(0.5);
        ln_told = LayerNorm(sizes.Width);
        ln_out = LayerNorm(sizes.Width);
        arc_dependent = Linear(sizes.Width, sizes.Arc);
        arc_head = Linear(sizes.Width, sizes.Arc);
        arc = Linear(sizes.Arc, sizes.Arc, hasBias: false);
        arc_distance = Parameter(zeros(2 * sizes.Reach + 1));
        relation_dependent = Linear(sizes.Width, sizes.Relation);
        relation_head = Linear(sizes.Width, sizes.Relation);
        relation = Linear(sizes.Relation, inventory.Relations.Length);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>A bend of the line between layers: x sigmoid(1.702 x), OpenAI's quick form of GELU.</summary>
    public static Tensor Bend(Tensor x) => x * sigmoid(1.702 * x);

    /// <summary>Scores of the tags (B, n, tags) of sentences of one length.</summary>
    /// <param name="rows">(B, T, features): rows of the embedding table, the root's first, T = n + 1.</param>
    public Tensor Tags(Tensor rows)
    {
        var x = functional.dropout(ln_in.forward(words.forward(rows).sum(2)), _dropout, training);          // (B, T, d)
        x = Layers(x, 0, _sizes.TagLayers);
        return tag.forward(ln_tag.forward(x)).narrow(1, 1, rows.shape[1] - 1);
    }

    /// <summary>Scores of the arcs.</summary>
    /// <param name="tags">(B, n): the tags.</param>
    /// <param name="functionWords">(B, n): places of the function words, counted from 1; 0 for other words.</param>
    /// <returns>Arcs (B, T, T): dependent by head, the root first, and X (B, T, d) for <see cref="Relations"/>.</returns>
    public (Tensor Arcs, Tensor X) Trees(Tensor tags, Tensor functionWords)
    {
        var told = told_tag.forward(functional.pad(tags, [1, 0], PaddingModes.Constant, _tags)) + told_word.forward(functional.pad(functionWords, [1, 0]));
        var x = functional.dropout(ln_told.forward(told), _dropout, training);                              // (B, T, d)
        x = Layers(x, _sizes.TagLayers, _sizes.Layers);
        x = functional.dropout(ln_out.forward(x), _dropout, training);
        var T = x.shape[1];
        var dependent = Bend(arc_dependent.forward(x));                                                     // (B, T, a)
        var head = Bend(arc_head.forward(x));
        return (arc.forward(dependent).matmul(head.transpose(-2, -1)) + arc_distance.index_select(0, Distances(T, x.device).flatten()).view(T, T), x);
    }

    /// <summary>Scores of the relations (B, n, relations) of words to the heads given.</summary>
    /// <param name="x">(B, T, d) of <see cref="Trees"/>.</param>
    /// <param name="heads">(B, n): head of each word but the root.</param>
    public Tensor Relations(Tensor x, Tensor heads)
    {
        var n = heads.shape[1];
        var above = relation_head.forward(x).gather(1, heads.unsqueeze(-1).expand(-1, -1, _sizes.Relation));            // (B, n, r)
        return relation.forward(Bend(relation_dependent.forward(x).narrow(1, 1, n) + above));
    }

    private Tensor Layers(Tensor x, int from, int to)
    {
        var distances = Distances(x.shape[1], x.device);
        for (var i = from; i < to; i++) x = layers[i].forward(x, distances);
        return x;
    }

    private Tensor Distances(long T, Device device)
    {
        var places = arange(T, dtype: ScalarType.Int64, device: device);
        return (places.unsqueeze(0) - places.unsqueeze(1)).clamp(-_sizes.Reach, _sizes.Reach) + _sizes.Reach;      // (T, T)
    }
}
