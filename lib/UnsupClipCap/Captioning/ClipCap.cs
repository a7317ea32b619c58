// ClipCap (Mokady et al., 2021): a map h from an embedding to a prefix, and GPT-2 that goes on from it. Parameter names are its checkpoints'.
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>p(y | h(e)): GPT-2 given the prefix h(e) of an embedding e of an image or a text.</summary>
public sealed class ClipCap : Module
{
    private readonly Gpt2 gpt;
    private readonly Module<Tensor, Tensor> clip_project;
    private readonly Recipe _recipe;

    /// <summary>A new model for embeddings of <paramref name="embeddingWidth"/> numbers.</summary>
    public ClipCap(int embeddingWidth, Recipe recipe) : base(nameof(ClipCap))
    {
        gpt = new Gpt2(recipe.Gpt2);
        clip_project = recipe.Mapper == MapperKind.Mlp
            ? new MlpMapper(embeddingWidth, recipe.PrefixLength, recipe.Gpt2.Width)
            : new TransformerMapper(embeddingWidth, recipe);
        (_recipe, EmbeddingWidth) = (recipe, embeddingWidth);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>About how many parameters a model of these sizes has.</summary>
    internal static double Parameters(int embeddingWidth, Recipe recipe)
    {
        double w = recipe.Gpt2.Width, prefix = recipe.PrefixLength * w;
        return recipe.Gpt2.Parameters + (recipe.Mapper == MapperKind.Mlp
            ? prefix / 2 * (embeddingWidth + prefix)
            : embeddingWidth * recipe.ClipLength * w + prefix + 8 * w * w * recipe.MapperLayers);
    }

    /// <summary>The language model.</summary>
    public Gpt2 Gpt => gpt;

    /// <summary>Width d of the embeddings it takes.</summary>
    public int EmbeddingWidth { get; }

    /// <summary>
    /// Embeddings (B, d) to prefixes (B, P, w). Unit length and scale are applied here and nowhere else, so that training and use cannot differ;
    /// noise is added in training mode only.
    /// </summary>
    /// <param name="embeddings">(B, d).</param>
    /// <param name="asTheyAre">Leave their length as it is, for methods whose point is the length; scale still applies.</param>
    public Tensor Prefix(Tensor embeddings, bool asTheyAre = false)
    {
        var e = _recipe.Normalize && !asTheyAre ? functional.normalize(embeddings, p: 2, dim: -1) : embeddings;
        if (training && _recipe.Noise is { } noise) e = noise.Apply(e);
        if (_recipe.Scale != 1) e = e * _recipe.Scale;
        return clip_project.forward(e).view(e.shape[0], _recipe.PrefixLength, -1);
    }

    /// <summary>
    /// Mean of -log p over the targets of a batch. Logits are computed at the places of targets only: not on the prefix, nor on padding.
    /// </summary>
    public Tensor Loss(CaptionBatch batch, Tensor embeddings)
    {
        var P = _recipe.PrefixLength;
        var input = cat([Prefix(embeddings), gpt.Embed(batch.Tokens)], 1);                  // (B, P + T, w)
        var hidden = gpt.Forward(input);                                                    // (B, P + T, w)
        // The state at P - 1 predicts the first token; the state at the last token predicts the end.
        var states = hidden.narrow(1, P - 1, batch.Tokens.shape[1] + 1).flatten(0, 1);      // (B (T + 1), w)
        if (batch.Places is { } places) states = states.index_select(0, places);            // (targets, w)
        return functional.cross_entropy(gpt.Logits(states), batch.Targets);
    }
}
