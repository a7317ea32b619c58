// CLIP (Radford et al., 2021), after OpenAI's release; fields carry its parameter names.
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>CLIP: an image tower and a text tower that map to one space.</summary>
public sealed class Clip : Module
{
    /// <summary>The logit scale begins at 1 / 0.07 and is kept below 100 (Radford et al., section 2.5); both as logarithms.</summary>
    internal static readonly double InitialLogitScale = Math.Log(1 / 0.07), MaximalLogitScale = Math.Log(100);

    private readonly Module<Tensor, Tensor> visual;
    private readonly Embedding token_embedding;
    private readonly Parameter positional_embedding;    // (context, C)
    private readonly ClipTransformer transformer;
    private readonly LayerNorm ln_final;
    private readonly Parameter text_projection;         // (C, embedding)
    private readonly Parameter logit_scale;             // ()

    /// <summary>A CLIP of these sizes, initialised as OpenAI's. The two widths let checkpoints have transformers whose inner width is not 4 C.</summary>
    public Clip(ClipConfig config, int? visionHidden = null, int? textHidden = null) : base(nameof(Clip))
    {
        Config = config;
        var text = config.Text;
        visual = config.Vision.PatchSize is null ? new ModifiedResNet(config) : new VisionTransformer(config, visionHidden);
        token_embedding = Fresh.Embedding(text.Vocabulary, text.Width);
        Fresh.MakeNormal(token_embedding.weight!, 0.02);
        positional_embedding = Fresh.Normal(0.01, text.Context, text.Width);
        transformer = new ClipTransformer(text.Width, text.Heads, text.Layers, causal: true, config.QuickGelu, textHidden);
        ln_final = LayerNorm(text.Width);
        text_projection = Fresh.Normal(1 / Math.Sqrt(text.Width), text.Width, config.EmbeddingWidth);
        logit_scale = Parameter(tensor((float)InitialLogitScale));
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>The model's sizes.</summary>
    public ClipConfig Config { get; }

    /// <summary>The logarithm of the factor on cosines in the contrastive loss: a scalar.</summary>
    public Tensor LogitScale => logit_scale;

    /// <summary>Normalised pixels (B, 3, S, S) to image features (B, d), not of unit length.</summary>
    public Tensor EncodeImage(Tensor pixels) => visual.forward(pixels);

    /// <summary>
    /// Token ids (B, T), int64, start and end included, to text features (B, d), not of unit length. The tower is causal:
    /// what stands after the end token, padding of any kind, changes nothing, and T need be no longer than the batch's longest text.
    /// </summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="ends">(B), int64: the position of each text's end token, where its feature is taken.</param>
    public Tensor EncodeText(Tensor ids, Tensor ends)
    {
        var T = ids.shape[1];
        if (T > Config.Text.Context)
            throw new UserException($"A text of {T} tokens is longer than this CLIP's context of {Config.Text.Context}; cut it, keeping its end token.");
        var x = token_embedding.forward(ids) + positional_embedding.narrow(0, 0, T);                // (B, T, C)
        x = transformer.forward(x);
        var last = x[arange(x.shape[0], device: x.device), ends];                                   // (B, C)
        return ln_final.forward(last).matmul(text_projection);                                      // (B, d)
    }

    /// <summary>The vision transformer's last states (B, 1 + patches, C); null for a ResNet.</summary>
    internal Tensor? VisionHiddenStates(Tensor pixels) => (visual as VisionTransformer)?.HiddenStates(pixels);
}
