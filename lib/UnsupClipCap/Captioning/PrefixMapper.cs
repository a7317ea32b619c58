// The map h from a CLIP embedding to a prefix for GPT-2 (ClipCap, Mokady et al., 2021), under its checkpoints' names ("clip_project.…").
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>d -> P w / 2 -> tanh -> P w.</summary>
internal sealed class MlpMapper : Module<Tensor, Tensor>
{
    private readonly Sequential model;

    public MlpMapper(int input, int prefix, int width) : base(nameof(MlpMapper))
    {
        var (hidden, output) = (width * prefix / 2, width * prefix);
        model = Sequential(("0", Fresh.Linear(input, hidden)), ("1", Tanh()), ("2", Fresh.Linear(hidden, output)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => model.forward(x);                       // (B, P w)
}

/// <summary>The embedding, projected to C positions, and P learned constants go through a transformer; the constants' places are the prefix.</summary>
internal sealed class TransformerMapper : Module<Tensor, Tensor>
{
    private readonly MapperTransformer transformer;
    private readonly Linear linear;
    private readonly Parameter prefix_const;                                            // (P, w)
    private readonly int _clipLength;

    public TransformerMapper(int input, Recipe recipe) : base(nameof(TransformerMapper))
    {
        var width = recipe.Gpt2.Width;
        transformer = new MapperTransformer(width, recipe.MapperHeads, recipe.MapperLayers);
        linear = Fresh.Linear(input, recipe.ClipLength * width);
        prefix_const = Fresh.Normal(1, recipe.PrefixLength, width);
        _clipLength = recipe.ClipLength;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var B = x.shape[0];
        var embedded = linear.forward(x).view(B, _clipLength, -1);                      // (B, C, w)
        var constants = prefix_const.unsqueeze(0).expand(B, -1, -1);                    // (B, P, w)
        var y = transformer.forward(cat([embedded, constants], 1));                     // (B, C + P, w)
        return y.narrow(1, _clipLength, y.shape[1] - _clipLength).flatten(1);           // (B, P w)
    }
}

internal sealed class MapperTransformer : Module<Tensor, Tensor>
{
    private readonly ModuleList<MapperBlock> layers;

    public MapperTransformer(int width, int heads, int count) : base(nameof(MapperTransformer))
    {
        if (width % heads != 0) throw new UserException($"The mapper's width of {width} is not divisible by its {heads} heads; choose heads that divide it.");
        layers = new ModuleList<MapperBlock>(Enumerable.Range(0, count).Select(_ => new MapperBlock(width, heads)).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in layers) x = layer.forward(x);
        return x;
    }
}

internal sealed class MapperBlock : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly MapperAttention attn;
    private readonly LayerNorm norm2;
    private readonly MapperMlp mlp;

    public MapperBlock(int width, int heads) : base(nameof(MapperBlock))
    {
        norm1 = LayerNorm(width);
        attn = new MapperAttention(width, heads);
        norm2 = LayerNorm(width);
        mlp = new MapperMlp(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + attn.forward(norm1.forward(x));
        return x + mlp.forward(norm2.forward(x));
    }
}

internal sealed class MapperAttention : Module<Tensor, Tensor>
{
    private readonly Linear to_queries;
    private readonly Linear to_keys_values;
    private readonly Linear project;
    private readonly int _heads;

    public MapperAttention(int width, int heads) : base(nameof(MapperAttention))
    {
        to_queries = Fresh.Linear(width, width, hasBias: false);
        to_keys_values = Fresh.Linear(width, 2 * width, hasBias: false);
        project = Fresh.Linear(width, width);
        _heads = heads;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        long B = x.shape[0], T = x.shape[1], C = x.shape[2];
        var q = to_queries.forward(x).view(B, T, _heads, C / _heads).transpose(1, 2);                       // (B, nh, T, hs)
        var kv = to_keys_values.forward(x).view(B, T, 2, _heads, C / _heads).permute(2, 0, 3, 1, 4);        // (2, B, nh, T, hs)
        var y = functional.scaled_dot_product_attention(q, kv[0], kv[1]);
        return project.forward(y.transpose(1, 2).reshape(B, T, C));
    }
}

/// <summary>w -> 2 w -> ReLU -> w.</summary>
internal sealed class MapperMlp : Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;

    public MapperMlp(int width) : base(nameof(MapperMlp))
    {
        fc1 = Fresh.Linear(width, 2 * width);
        fc2 = Fresh.Linear(2 * width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fc2.forward(functional.relu(fc1.forward(x)));
}
