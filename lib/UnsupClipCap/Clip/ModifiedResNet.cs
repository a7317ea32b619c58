using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>A convolution of the given kernel, without bias, keeping the grid's size.</summary>
file static class Convolution
{
    public static Conv2d Of(int input, int output, int kernel, int stride = 1) =>
        Fresh.Convolution(input, output, kernel, stride, kernel / 2);
}

/// <summary>ResNet's bottleneck, with average pooling before its last convolution where the grid halves.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public const int Expansion = 4;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly Sequential? downsample;            // "0" convolution, "1" normalisation
    private readonly int _stride;

    public Bottleneck(int input, int planes, int stride) : base(nameof(Bottleneck))
    {
        conv1 = Convolution.Of(input, planes, 1);
        bn1 = BatchNorm2d(planes);
        conv2 = Convolution.Of(planes, planes, 3);
        bn2 = BatchNorm2d(planes);
        conv3 = Convolution.Of(planes, planes * Expansion, 1);
        bn3 = BatchNorm2d(planes * Expansion);
        if (stride > 1 || input != planes * Expansion)
            downsample = Sequential(("0", Convolution.Of(input, planes * Expansion, 1)), ("1", BatchNorm2d(planes * Expansion)));
        _stride = stride;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = functional.relu(bn1.forward(conv1.forward(x)));
        y = functional.relu(bn2.forward(conv2.forward(y)));
        y = bn3.forward(conv3.forward(Pool(y)));
        return functional.relu(y + (downsample is null ? x : downsample.forward(Pool(x))));
    }

    private Tensor Pool(Tensor x) => _stride > 1 ? functional.avg_pool2d(x, _stride) : x;
}

/// <summary>Attention over all places of a grid, asked by their mean.</summary>
internal sealed class AttentionPool : Module<Tensor, Tensor>
{
    private readonly Parameter positional_embedding;    // (1 + H W, C)
    private readonly Linear k_proj;
    private readonly Linear q_proj;
    private readonly Linear v_proj;
    private readonly Linear c_proj;
    private readonly int _heads;

    public AttentionPool(int grid, int width, int heads, int output) : base(nameof(AttentionPool))
    {
        if (width % heads != 0) throw new UserException($"An attention pool's width of {width} is not divisible by its {heads} heads; choose heads that divide it.");
        var std = 1 / Math.Sqrt(width);
        positional_embedding = Fresh.Normal(std, grid * grid + 1, width);
        (k_proj, q_proj, v_proj, c_proj) = (Fresh.Linear(width, width), Fresh.Linear(width, width), Fresh.Linear(width, width), Fresh.Linear(width, output));
        foreach (var linear in new[] { k_proj, q_proj, v_proj, c_proj }) Fresh.MakeNormal(linear.weight!, std);
        _heads = heads;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        long B = x.shape[0], C = x.shape[1];
        x = x.flatten(2).transpose(1, 2);                                           // (B, HW, C)
        x = cat([x.mean([1], keepdim: true), x], 1) + positional_embedding;         // (B, 1 + HW, C)
        var (q, k, v) = (Heads(q_proj.forward(x.narrow(1, 0, 1))), Heads(k_proj.forward(x)), Heads(v_proj.forward(x)));
        var y = functional.scaled_dot_product_attention(q, k, v);                   // (B, nh, 1, hs)
        return c_proj.forward(y.reshape(B, C));

        Tensor Heads(Tensor t) => t.view(B, t.shape[1], _heads, C / _heads).transpose(1, 2);
    }
}

/// <summary>
/// CLIP's ResNet: a stem of three convolutions, bottleneck stages with antialiased strides, an attention pool.
/// The published ones have four stages; the number of stages follows the configuration, so that a small picture keeps a grid to attend to.
/// </summary>
internal sealed class ModifiedResNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly AttentionPool attnpool;
    private readonly List<Sequential> _stages = [];

    public ModifiedResNet(ClipConfig config) : base(nameof(ModifiedResNet))
    {
        var (width, stages, size) = (config.Vision.Width, config.Vision.Layers.Length, config.Vision.ImageSize);
        if (size % (2 << stages) != 0)
            throw new UserException($"CLIP's image size of {size} is not a multiple of {2 << stages}, which a ResNet of {stages} stages needs.");
        conv1 = Convolution.Of(3, width / 2, 3, stride: 2);
        bn1 = BatchNorm2d(width / 2);
        conv2 = Convolution.Of(width / 2, width / 2, 3);
        bn2 = BatchNorm2d(width / 2);
        conv3 = Convolution.Of(width / 2, width, 3);
        bn3 = BatchNorm2d(width);
        attnpool = new AttentionPool(size / (2 << stages), OutputWidth(width, stages), config.Vision.Heads, config.EmbeddingWidth);
        RegisterComponents();
        var (input, planes) = (width, width);
        for (var stage = 0; stage < stages; stage++, planes *= 2)
        {
            var blocks = new List<(string, Module<Tensor, Tensor>)>();
            for (var i = 0; i < config.Vision.Layers[stage]; i++, input = planes * Bottleneck.Expansion)
                blocks.Add(($"{i}", new Bottleneck(input, planes, stage > 0 && i == 0 ? 2 : 1)));
            _stages.Add(Sequential(blocks));
            register_module($"layer{stage + 1}", _stages[^1]);
        }
        foreach (var (name, parameter) in named_parameters())                       // as OpenAI: each residual branch begins as nothing
            if (name.EndsWith("bn3.weight", StringComparison.Ordinal) && name.StartsWith("layer", StringComparison.Ordinal)) init.zeros_(parameter);
    }

    /// <summary>Channels after the last stage: 4 w 2^(stages - 1), 32 w for the published four.</summary>
    public static int OutputWidth(int width, int stages) => width * Bottleneck.Expansion << (stages - 1);

    public override Tensor forward(Tensor pixels)
    {
        var x = functional.relu(bn1.forward(conv1.forward(pixels)));                // (B, w/2, S/2, S/2)
        x = functional.relu(bn2.forward(conv2.forward(x)));
        x = functional.relu(bn3.forward(conv3.forward(x)));
        x = functional.avg_pool2d(x, 2);                                            // (B, w, S/4, S/4)
        foreach (var stage in _stages) x = stage.forward(x);                        // (B, 32 w, S/32, S/32) with four stages
        return attnpool.forward(x);
    }
}
