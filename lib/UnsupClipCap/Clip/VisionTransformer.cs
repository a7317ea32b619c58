using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>CLIP's Vision Transformer: patches, a class token, pre-norm blocks; the class token's state, projected, is the feature.</summary>
internal sealed class VisionTransformer : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly Parameter class_embedding;         // (C)
    private readonly Parameter positional_embedding;    // (1 + patches, C)
    private readonly LayerNorm ln_pre;
    private readonly ClipTransformer transformer;
    private readonly LayerNorm ln_post;
    private readonly Parameter proj;                    // (C, embedding)

    public VisionTransformer(ClipConfig config, int? hidden = null) : base(nameof(VisionTransformer))
    {
        var (vision, patch) = (config.Vision, config.Vision.PatchSize!.Value);
        if (vision.ImageSize % patch != 0)
            throw new UserException($"CLIP's image size of {vision.ImageSize} is not a multiple of its patch size of {patch}.");
        var patches = vision.ImageSize / patch * (vision.ImageSize / patch);
        var scale = 1 / Math.Sqrt(vision.Width);
        conv1 = Fresh.Convolution(3, vision.Width, patch, patch);
        class_embedding = Fresh.Normal(scale, vision.Width);
        positional_embedding = Fresh.Normal(scale, patches + 1, vision.Width);
        ln_pre = LayerNorm(vision.Width);
        transformer = new ClipTransformer(vision.Width, vision.Heads, vision.Layers[0], causal: false, config.QuickGelu, hidden);
        ln_post = LayerNorm(vision.Width);
        proj = Fresh.Normal(scale, vision.Width, config.EmbeddingWidth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixels) => ln_post.forward(HiddenStates(pixels).select(1, 0)).matmul(proj);

    /// <summary>Pixels (B, 3, S, S) to the last block's states (B, 1 + patches, C), before the final normalisation.</summary>
    public Tensor HiddenStates(Tensor pixels)
    {
        var x = conv1.forward(pixels).flatten(2).transpose(1, 2);                                               // (B, patches, C)
        var first = class_embedding.expand(x.shape[0], 1, -1);                                                  // (B, 1, C)
        return transformer.forward(ln_pre.forward(cat([first, x], 1) + positional_embedding));
    }
}
