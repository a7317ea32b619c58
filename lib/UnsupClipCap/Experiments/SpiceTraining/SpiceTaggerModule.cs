// The lower part of the SPICE parser's network, for training. UnsupClipCap.Metrics runs the same network without TorchSharp (SpiceParser).
using TorchSharp.Modules;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the shipped model file

/// <summary>Gives words their tags. In training it looks for the tree as well, for its tags are the better for it.</summary>
internal sealed class SpiceTaggerModule : Module
{
    /// <summary>Where the names begin of what serves training only.</summary>
    public const string TrainingOnly = "early.";

    private readonly Embedding words;
    private readonly LayerNorm ln_in;
    private readonly ModuleList<SpiceParserLayer> layers;
    private readonly LayerNorm ln_guess;
    private readonly Linear tag_guess;                  // tags as seen halfway, told to the layers above
    private readonly Linear tag_told;
    private readonly LayerNorm ln_out;
    private readonly Linear tag;
    private readonly SpiceTreeHeads early;
    private readonly ParserSizes _sizes;
    private readonly double _dropout;

    public SpiceTaggerModule(ParserSizes sizes, int rows, int tags, int relations, double dropout) : base(nameof(SpiceTaggerModule))
    {
        words = Embedding(rows, sizes.Width, padding_idx: WordFeatures.None);
        using (no_grad()) words.weight!.mul_(0.5);
        ln_in = LayerNorm(sizes.Width);
        layers = new([.. Enumerable.Range(0, sizes.Layers).Select(_ => new SpiceParserLayer(sizes, sizes.Layers, dropout))]);
        ln_guess = LayerNorm(sizes.Width);
        tag_guess = Linear(sizes.Width, tags);
        tag_told = Linear(tags, sizes.Width);
        ln_out = LayerNorm(sizes.Width);
        tag = Linear(sizes.Width, tags);
        early = new(sizes, relations);
        (_sizes, _dropout) = (sizes, dropout);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>Scores of the tags of sentences of one length.</summary>
    /// <param name="rows">(B, T, features): rows of the embedding table, the root's first, T = n + 1.</param>
    /// <returns>Guess (B, n, tags) halfway, Tags (B, n, tags), and X (B, T, d) for <see cref="Trees"/>.</returns>
    public (Tensor Guess, Tensor Tags, Tensor X) Tags(Tensor rows)
    {
        var n = rows.shape[1] - 1;
        var distances = SpiceParserLayer.Distances(_sizes, n + 1, rows.device);
        var x = functional.dropout(ln_in.forward(words.forward(rows).sum(2)), _dropout, training);          // (B, T, d)
        Tensor? guess = null;
        for (var i = 0; i < _sizes.Layers; i++)
        {
            x = layers[i].forward(x, distances);
            if (i + 1 != _sizes.TagLayer) continue;
            guess = tag_guess.forward(ln_guess.forward(x));
            x = x + tag_told.forward(guess.softmax(-1));
        }
        x = functional.dropout(ln_out.forward(x), _dropout, training);
        return (guess!.narrow(1, 1, n), tag.forward(x).narrow(1, 1, n), x);
    }

    /// <summary>Scores of arcs (B, n, T) and relations (B, n, relations) as the tagger sees them: it is trained on them and no more.</summary>
    /// <param name="x">(B, T, d) of <see cref="Tags"/>.</param>
    /// <param name="heads">(B, n): the right heads.</param>
    public (Tensor Arcs, Tensor Relations) Trees(Tensor x, Tensor heads) =>
        (early.Arcs(x, SpiceParserLayer.Distances(_sizes, x.shape[1], x.device)).narrow(1, 1, heads.shape[1]), early.Relations(x, heads));
}
