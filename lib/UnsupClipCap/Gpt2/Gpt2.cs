// GPT-2 (Radford et al., 2019), after Hugging Face's GPT2LMHeadModel: pre-norm blocks, learned positions, tanh GELU, tied output.
// Fields carry the published checkpoints' parameter names, so that state_dict keys are theirs and loading needs no table.
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the published checkpoints

/// <summary>A linear map whose weight is stored input-first, as GPT-2's checkpoints store it: y = x W + b.</summary>
internal sealed class Conv1D : Module<Tensor, Tensor>
{
    private readonly Parameter weight;                  // (in, out)
    private readonly Parameter bias;                    // (out)

    public Conv1D(int input, int output, double std) : base(nameof(Conv1D))
    {
        weight = Fresh.Normal(std, input, output);
        bias = Parameter(zeros(output));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var shape = x.shape;
        shape[^1] = bias.shape[0];
        return addmm(bias, x.reshape(-1, weight.shape[0]), weight, 1, 1).reshape(shape);
    }
}

internal sealed class Gpt2Attention : Module
{
    private readonly Conv1D c_attn;
    private readonly Conv1D c_proj;
    private readonly int _heads;
    private readonly int _layer;
    private readonly double _dropout;

    public Gpt2Attention(Gpt2Config config, int layer) : base(nameof(Gpt2Attention))
    {
        c_attn = new Conv1D(config.Width, 3 * config.Width, 0.02);
        c_proj = new Conv1D(config.Width, config.Width, Gpt2.ResidualStd(config));
        (_heads, _layer, _dropout) = (config.Heads, layer, config.Dropout);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, KeyValueCache? cache)
    {
        long B = x.shape[0], T = x.shape[1], C = x.shape[2];
        var qkv = c_attn.forward(x).view(B, T, 3, _heads, C / _heads).permute(2, 0, 3, 1, 4);   // (3, B, nh, T, hs)
        var (q, k, v) = (qkv[0], qkv[1], qkv[2]);                                               // (B, nh, T, hs)
        var past = cache?.Length ?? 0;
        if (cache is not null) (k, v) = cache.Append(_layer, k, v);                             // (B, nh, past + T, hs)
        // One new position sees all that went before; several new ones after a past need the mask spelled out.
        var mask = past > 0 && T > 1 ? ones(T, past + T, dtype: ScalarType.Bool, device: x.device).tril(past) : null;
        var y = functional.scaled_dot_product_attention(q, k, v, mask, training ? _dropout : 0, is_casual: past == 0 && T > 1);
        y = c_proj.forward(y.transpose(1, 2).reshape(B, T, C));
        return functional.dropout(y, _dropout, training);
    }
}

internal sealed class Gpt2Mlp : Module<Tensor, Tensor>
{
    private readonly Conv1D c_fc;
    private readonly Conv1D c_proj;
    private readonly double _dropout;

    public Gpt2Mlp(Gpt2Config config) : base(nameof(Gpt2Mlp))
    {
        c_fc = new Conv1D(config.Width, 4 * config.Width, 0.02);
        c_proj = new Conv1D(4 * config.Width, config.Width, Gpt2.ResidualStd(config));
        _dropout = config.Dropout;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) =>
        functional.dropout(c_proj.forward(functional.gelu(c_fc.forward(x), TorchSharp.Modules.GELU.Approximate.tanh)), _dropout, training);
}

internal sealed class Gpt2Block : Module
{
    private readonly LayerNorm ln_1;
    private readonly Gpt2Attention attn;
    private readonly LayerNorm ln_2;
    private readonly Gpt2Mlp mlp;

    public Gpt2Block(Gpt2Config config, int layer) : base(nameof(Gpt2Block))
    {
        ln_1 = LayerNorm(config.Width);
        attn = new Gpt2Attention(config, layer);
        ln_2 = LayerNorm(config.Width);
        mlp = new Gpt2Mlp(config);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, KeyValueCache? cache)
    {
        x = x + attn.forward(ln_1.forward(x), cache);
        return x + mlp.forward(ln_2.forward(x));
    }
}

/// <summary>The transformer under <c>transformer.</c> in a checkpoint.</summary>
internal sealed class Gpt2Transformer : Module
{
    internal readonly Embedding wte;
    internal readonly Embedding wpe;
    private readonly ModuleList<Gpt2Block> h;
    private readonly LayerNorm ln_f;
    private readonly double _dropout;

    public Gpt2Transformer(Gpt2Config config) : base(nameof(Gpt2Transformer))
    {
        wte = Fresh.Embedding(config.Vocabulary, config.Width);
        wpe = Fresh.Embedding(config.Positions, config.Width);
        Fresh.MakeNormal(wte.weight!, 0.02);
        Fresh.MakeNormal(wpe.weight!, 0.02);
        h = new ModuleList<Gpt2Block>(Enumerable.Range(0, config.Layers).Select(i => new Gpt2Block(config, i)).ToArray());
        ln_f = LayerNorm(config.Width);
        _dropout = config.Dropout;
        RegisterComponents();
    }

    public Tensor forward(Tensor embeddings, KeyValueCache? cache)
    {
        var T = embeddings.shape[1];
        var x = embeddings + wpe.weight!.narrow(0, cache?.Length ?? 0, T);          // (B, T, C)
        x = functional.dropout(x, _dropout, training);
        foreach (var block in h) x = block.forward(x, cache);
        cache?.Advance((int)T);
        return ln_f.forward(x);                                                     // (B, T, C)
    }
}

/// <summary>GPT-2 with a language-model head tied to its token embeddings.</summary>
public sealed class Gpt2 : Module
{
    private readonly Gpt2Transformer transformer;

    /// <summary>A model of these sizes, initialised as GPT-2 (normal, 0.02; residual projections over the root of twice the layers).</summary>
    public Gpt2(Gpt2Config config) : base(nameof(Gpt2))
    {
        if (config.Width % config.Heads != 0)
            throw new UserException($"GPT-2's width of {config.Width} is not divisible by its {config.Heads} heads; choose heads that divide it.");
        Config = config;
        transformer = new Gpt2Transformer(config);
        RegisterComponents();
        ModuleWeights.Keep(this);
    }

    /// <summary>The model's sizes.</summary>
    public Gpt2Config Config { get; }

    /// <summary>Token ids (B, T), int64, to token embeddings (B, T, d), without positions.</summary>
    public Tensor Embed(Tensor ids) => transformer.wte.forward(ids);

    /// <summary>
    /// Embeddings (B, T, d), from tokens or a prefix, to final hidden states (B, T, d). Each position sees itself and those before it,
    /// the cache's included; the cache grows by T. Padding on the right needs no mask: nothing before it sees it.
    /// </summary>
    /// <exception cref="UserException">The sequence is longer than the model has positions for.</exception>
    public Tensor Forward(Tensor embeddings, KeyValueCache? cache = null)
    {
        var length = embeddings.shape[1] + (cache?.Length ?? 0);
        if (length > Config.Positions)
            throw new UserException($"A sequence of {length} positions is longer than this GPT-2's {Config.Positions}; shorten the prefix or the caption.");
        return transformer.forward(embeddings, cache);
    }

    /// <summary>Hidden states (…, d) to logits over the vocabulary (…, V).</summary>
    public Tensor Logits(Tensor hidden) => functional.linear(hidden, transformer.wte.weight!);

    /// <summary>Loads a Hugging Face folder: <c>config.json</c> and the weights beside it, whole or sharded. The model is in evaluation mode, float32.</summary>
    /// <exception cref="UserException">Something is absent, damaged, or does not fit.</exception>
    public static Gpt2 Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new UserException($"{folder} does not exist; expected a folder with a GPT-2: config.json and its weights.");
        var sizes = Path.Combine(folder, "config.json");
        var config = Gpt2Config.Read(sizes);
        var weights = ModuleWeights.Find(folder, "model.safetensors", "pytorch_model.bin");
        var tensors = ModuleWeights.Read(weights);
        try
        {
            CheckHead(tensors, "", weights);
            var gpt = ModuleWeights.Make(() => new Gpt2(config), config.Parameters, tensors, weights, IsDerived, Names(tensors), sizes);
            gpt.eval();
            return gpt;
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    /// <summary>
    /// Loads a Hugging Face checkpoint: names with or without <c>transformer.</c>; attention masks and the tied head are passed over.
    /// </summary>
    /// <exception cref="UserException">Tensors are missing, not known or of another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        CheckHead(tensors, "", source);
        ModuleWeights.Load(this, tensors, source, IsDerived, Names(tensors));
    }

    /// <summary>Sees that an output head that a file holds is its token embeddings again, so that passing it over loses nothing.</summary>
    /// <exception cref="UserException">It is another.</exception>
    internal static void CheckHead(IReadOnlyDictionary<string, Tensor> tensors, string prefix, string source)
    {
        var head = $"{prefix}lm_head.weight";
        if (!tensors.TryGetValue(head, out var own) || !tensors.TryGetValue($"{prefix}transformer.wte.weight", out var embeddings)) return;
        using var scope = NewDisposeScope();
        if (!own.shape.SequenceEqual(embeddings.shape) || !own.eq(embeddings).all().item<bool>())
            throw new UserException($"{source}: '{head}' is not '{prefix}transformer.wte.weight' again; expected an output head tied to the token embeddings, as in GPT-2. Save the model with tied embeddings.");
    }

    /// <summary>GPT2Model's files lack the prefix that GPT2LMHeadModel's have.</summary>
    private static ModuleWeights.Naming Names(IReadOnlyDictionary<string, Tensor> tensors)
    {
        const string prefix = "transformer.";
        var bare = !tensors.Keys.Any(k => k.StartsWith(prefix, StringComparison.Ordinal));
        return (name, value) => [(bare && name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name, value)];
    }

    /// <summary>Whether a checkpoint's tensor holds nothing of its own: causal masks, and the output head that is tied to the embeddings.</summary>
    internal static bool IsDerived(string name) =>
        name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal) || name.EndsWith("lm_head.weight", StringComparison.Ordinal);

    internal static double ResidualStd(Gpt2Config config) => 0.02 / Math.Sqrt(2 * config.Layers);
}
