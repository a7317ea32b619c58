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

/// <summary>Scores of arcs and of their relations.</summary>
internal sealed class SpiceTreeHeads : Module
{
    private readonly Linear arc_dependent;
    private readonly Linear arc_head;
    private readonly Linear arc;                        // the biaffine form, without bias
    private readonly Parameter arc_distance;            // (2 reach + 1)
    private readonly Linear relation_dependent;
    private readonly Linear relation_head;
    private readonly Linear relation;
    private readonly ParserSizes _sizes;

    public SpiceTreeHeads(ParserSizes sizes, int relations) : base(nameof(SpiceTreeHeads))
    {
        _sizes = sizes;
        arc_dependent = Linear(sizes.Width, sizes.Arc);
        arc_head = Linear(sizes.Width, sizes.Arc);
        arc = Linear(sizes.Arc, sizes.Arc, hasBias: false);
        arc_distance = Parameter(zeros(2 * sizes.Reach + 1));
        relation_dependent = Linear(sizes.Width, sizes.Relation);
        relation_head = Linear(sizes.Width, sizes.Relation);
        relation = Linear(sizes.Relation, relations);
        RegisterComponents();
    }

    /// <summary>Scores of arcs (B, T, T), dependent by head, the root first.</summary>
    /// <param name="x">(B, T, d).</param>
    /// <param name="distances">(T, T): places in the table of distances.</param>
    public Tensor Arcs(Tensor x, Tensor distances)
    {
        var T = x.shape[1];
        var dependent = SpiceParserModule.Bend(arc_dependent.forward(x));                                   // (B, T, a)
        var head = SpiceParserModule.Bend(arc_head.forward(x));
        return arc.forward(dependent).matmul(head.transpose(-2, -1)) + arc_distance.index_select(0, distances.flatten()).view(T, T);
    }

    /// <summary>Scores of the relations (B, n, relations) of words to the heads given.</summary>
    /// <param name="x">(B, T, d).</param>
    /// <param name="heads">(B, n): head of each word but the root.</param>
    public Tensor Relations(Tensor x, Tensor heads)
    {
        var n = heads.shape[1];
        var above = relation_head.forward(x).gather(1, heads.unsqueeze(-1).expand(-1, -1, _sizes.Relation));            // (B, n, r)
        return relation.forward(SpiceParserModule.Bend(relation_dependent.forward(x).narrow(1, 1, n) + above));
    }
}

/// <summary>
/// Two transformers, one upon the other. The first gives tags; the second sees these tags and the function words alone, as an unlexicalised PCFG does once
/// it has settled on tags, and gives the tree. In training the first looks for the tree as well, for its tags are the better for it.
/// </summary>
internal sealed class SpiceParserModule : Module
{
    /// <summary>Where the names begin of what serves training only.</summary>
    public const string TrainingOnly = "early.";

    private readonly Embedding words;
    private readonly LayerNorm ln_in;
    private readonly ModuleList<SpiceParserLayer> layers;
    private readonly LayerNorm ln_guess;
    private readonly Linear tag_guess;                  // tags as seen halfway, told to the tagger's layers above
    private readonly Linear tag_told;
    private readonly LayerNorm ln_tag;
    private readonly Linear tag;
    private readonly SpiceTreeHeads early;
    private readonly Embedding told_tag;                // (tags + 1, d): what the upper transformer sees of a word; the last row is the root's
    private readonly Embedding told_word;               // (function words + 1, d): row 0, zero, for any other word
    private readonly LayerNorm ln_told;
    private readonly LayerNorm ln_tree;
    private readonly SpiceTreeHeads tree;
    private readonly ParserSizes _sizes;
    private readonly int _tags;
    private readonly double _dropout;

    public SpiceParserModule(ParserSizes sizes, SpiceParserTraining.Inventory inventory, double dropout) : base(nameof(SpiceParserModule))
    {
        (_sizes, _tags, _dropout) = (sizes, inventory.Tags.Length, dropout);
        words = Embedding(inventory.Features.RowCount, sizes.Width, padding_idx: WordFeatures.None);
        ln_in = LayerNorm(sizes.Width);
        layers = new([.. Enumerable.Range(0, sizes.Layers).Select(_ => new SpiceParserLayer(sizes, dropout))]);
        ln_guess = LayerNorm(sizes.Width);
        tag_guess = Linear(sizes.Width, _tags);
        tag_told = Linear(_tags, sizes.Width);
        ln_tag = LayerNorm(sizes.Width);
        tag = Linear(sizes.Width, _tags);
        early = new(sizes, inventory.Relations.Length);
        told_tag = Embedding(_tags + 1, sizes.Width);
        told_word = Embedding(inventory.FunctionWords.Length + 1, sizes.Width, padding_idx: 0);
        foreach (var table in new[] { words, told_tag, told_word })
            using (no_grad()) table.weight!.mul_(0.5);
        ln_told = LayerNorm(sizes.Width);
        ln_tree = LayerNorm(sizes.Width);
        tree = new(sizes, inventory.Relations.Length);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>A bend of the line between layers: x sigmoid(1.702 x), OpenAI's quick form of GELU.</summary>
    public static Tensor Bend(Tensor x) => x * sigmoid(1.702 * x);

    /// <summary>Scores of the tags of sentences of one length.</summary>
    /// <param name="rows">(B, T, features): rows of the embedding table, the root's first, T = n + 1.</param>
    /// <returns>Guess (B, n, tags) halfway, Tags (B, n, tags), and X (B, T, d) for <see cref="EarlyTrees"/>.</returns>
    public (Tensor Guess, Tensor Tags, Tensor X) Tags(Tensor rows)
    {
        var n = rows.shape[1] - 1;
        var x = functional.dropout(ln_in.forward(words.forward(rows).sum(2)), _dropout, training);          // (B, T, d)
        x = Layers(x, 0, _sizes.GuessLayers);
        var guess = tag_guess.forward(ln_guess.forward(x));
        x = Layers(x + tag_told.forward(guess.softmax(-1)), _sizes.GuessLayers, _sizes.TagLayers);
        x = functional.dropout(ln_tag.forward(x), _dropout, training);
        return (guess.narrow(1, 1, n), tag.forward(x).narrow(1, 1, n), x);
    }

    /// <summary>Scores of arcs (B, n, T) and relations (B, n, relations) as the tagger sees them: it is trained on them and no more.</summary>
    /// <param name="x">(B, T, d) of <see cref="Tags"/>.</param>
    /// <param name="heads">(B, n): the right heads.</param>
    public (Tensor Arcs, Tensor Relations) EarlyTrees(Tensor x, Tensor heads) =>
        (early.Arcs(x, Distances(x.shape[1], x.device)).narrow(1, 1, heads.shape[1]), early.Relations(x, heads));

    /// <summary>Scores of the arcs.</summary>
    /// <param name="tags">(B, n): the tags.</param>
    /// <param name="functionWords">(B, n): places of the function words, counted from 1; 0 for other words.</param>
    /// <returns>Arcs (B, n, T): dependent by head, the root the first head, and X (B, T, d) for <see cref="Relations"/>.</returns>
    public (Tensor Arcs, Tensor X) Trees(Tensor tags, Tensor functionWords)
    {
        var told = told_tag.forward(functional.pad(tags, [1, 0], PaddingModes.Constant, _tags)) + told_word.forward(functional.pad(functionWords, [1, 0]));
        var x = functional.dropout(ln_told.forward(told), _dropout, training);                              // (B, T, d)
        x = functional.dropout(ln_tree.forward(Layers(x, _sizes.TagLayers, _sizes.Layers)), _dropout, training);
        return (tree.Arcs(x, Distances(x.shape[1], x.device)).narrow(1, 1, tags.shape[1]), x);
    }

    /// <summary>Scores of the relations (B, n, relations) of words to the heads given.</summary>
    /// <param name="x">(B, T, d) of <see cref="Trees"/>.</param>
    /// <param name="heads">(B, n): head of each word but the root.</param>
    public Tensor Relations(Tensor x, Tensor heads) => tree.Relations(x, heads);

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
