// The residual transformer that CLIP's two towers share (Radford et al., 2021), under OpenAI's parameter names.
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

internal sealed class ClipAttention : Module
{
    private readonly Parameter in_proj_weight;          // (3 C, C)
    private readonly Parameter in_proj_bias;            // (3 C)
    private readonly Linear out_proj;
    private readonly int _heads;

    public ClipAttention(int width, int heads, int layers) : base(nameof(ClipAttention))
    {
        in_proj_weight = Fresh.Normal(1 / Math.Sqrt(width), 3 * width, width);
        in_proj_bias = Parameter(zeros(3 * width));
        out_proj = Fresh.Linear(width, width);
        Fresh.MakeNormal(out_proj.weight!, 1 / Math.Sqrt(2.0 * width * layers));
        init.zeros_(out_proj.bias!);
        _heads = heads;
        RegisterComponents();
    }

    public Tensor forward(Tensor x, bool causal)
    {
        long B = x.shape[0], T = x.shape[1], C = x.shape[2];
        var qkv = functional.linear(x, in_proj_weight, in_proj_bias).view(B, T, 3, _heads, C / _heads).permute(2, 0, 3, 1, 4); // (3, B, nh, T, hs)
        var y = functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_casual: causal);                           // (B, nh, T, hs)
        return out_proj.forward(y.transpose(1, 2).reshape(B, T, C));
    }
}

internal sealed class ClipMlp : Module<Tensor, Tensor>
{
    private readonly Linear c_fc;
    private readonly Linear c_proj;
    private readonly bool _quickGelu;

    public ClipMlp(int width, int hidden, int layers, bool quickGelu) : base(nameof(ClipMlp))
    {
        c_fc = Fresh.Linear(width, hidden);
        c_proj = Fresh.Linear(hidden, width);
        Fresh.MakeNormal(c_fc.weight!, 1 / Math.Sqrt(2.0 * width));
        Fresh.MakeNormal(c_proj.weight!, 1 / Math.Sqrt(2.0 * width * layers));
        _quickGelu = quickGelu;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = c_fc.forward(x);
        return c_proj.forward(_quickGelu ? x * sigmoid(1.702 * x) : functional.gelu(x));
    }
}

internal sealed class ClipBlock : Module
{
    private readonly ClipAttention attn;
    private readonly LayerNorm ln_1;
    private readonly ClipMlp mlp;
    private readonly LayerNorm ln_2;

    public ClipBlock(int width, int heads, int hidden, int layers, bool quickGelu) : base(nameof(ClipBlock))
    {
        attn = new ClipAttention(width, heads, layers);
        ln_1 = LayerNorm(width);
        mlp = new ClipMlp(width, hidden, layers, quickGelu);
        ln_2 = LayerNorm(width);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, bool causal)
    {
        x = x + attn.forward(ln_1.forward(x), causal);
        return x + mlp.forward(ln_2.forward(x));
    }
}

internal sealed class ClipTransformer : Module
{
    private readonly ModuleList<ClipBlock> resblocks;
    private readonly bool _causal;

    public ClipTransformer(int width, int heads, int layers, bool causal, bool quickGelu, int? hidden = null) : base(nameof(ClipTransformer))
    {
        if (width % heads != 0)
            throw new UserException($"A transformer's width of {width} is not divisible by its {heads} heads; choose heads that divide it.");
        resblocks = new ModuleList<ClipBlock>(Enumerable.Range(0, layers).Select(_ => new ClipBlock(width, heads, hidden ?? 4 * width, layers, quickGelu)).ToArray());
        _causal = causal;
        RegisterComponents();
    }

    public Tensor forward(Tensor x)
    {
        foreach (var block in resblocks) x = block.forward(x, _causal);
        return x;
    }
}
