namespace UnsupClipCap;

/// <summary>Sizes of a GPT-2. Defaults: GPT-2 small (Radford et al., 2019; the published <c>config.json</c>).</summary>
public sealed record Gpt2Config
{
    /// <summary>Number of tokens (<c>vocab_size</c>).</summary>
    public int Vocabulary { get; init; } = 50257;
    /// <summary>Longest sequence, prefix included (<c>n_positions</c>).</summary>
    public int Positions { get; init; } = 1024;
    /// <summary>Width d of embeddings and hidden states (<c>n_embd</c>).</summary>
    public int Width { get; init; } = 768;
    /// <summary>Number of blocks (<c>n_layer</c>).</summary>
    public int Layers { get; init; } = 12;
    /// <summary>Attention heads (<c>n_head</c>); divides the width.</summary>
    public int Heads { get; init; } = 12;
    /// <summary>Probability of dropout in training, at GPT-2's three places (embeddings, attention, residuals). 0..1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>GPT-2 small, 124 M parameters.</summary>
    public static Gpt2Config Small { get; } = new();
    /// <summary>GPT-2 medium, 355 M parameters.</summary>
    public static Gpt2Config Medium { get; } = new() { Width = 1024, Layers = 24, Heads = 16 };
    /// <summary>GPT-2 large, 774 M parameters.</summary>
    public static Gpt2Config Large { get; } = new() { Width = 1280, Layers = 36, Heads = 20 };
    /// <summary>GPT-2 XL, 1,558 M parameters.</summary>
    public static Gpt2Config XL { get; } = new() { Width = 1600, Layers = 48, Heads = 25 };

    /// <summary>Reads a Hugging Face <c>config.json</c>.</summary>
    /// <exception cref="UserException">The file is absent, is no GPT-2 configuration or asks for a variant that is not supported.</exception>
    public static Gpt2Config Read(string path)
    {
        var json = JsonPlace.Read(path, "Fetch the checkpoint's configuration again.");
        if (json.Text("model_type", "gpt2") is var type && type != "gpt2")
            throw new UserException($"{path}: model_type is '{type}'; expected 'gpt2'.");
        if (json.Text("activation_function", "gelu_new") is var activation && activation != "gelu_new")
            throw new UserException($"{path}: activation_function is '{activation}'; expected 'gelu_new', GPT-2's own.");
        if (json.Optional("scale_attn_by_inverse_layer_idx")?.Truth() == true)
            throw new UserException($"{path}: scale_attn_by_inverse_layer_idx is true; only GPT-2's own attention (false) is supported.");
        if (json.Optional("layer_norm_epsilon")?.Number() is { } epsilon && epsilon != 1e-5)
            throw new UserException($"{path}: layer_norm_epsilon is {epsilon}; expected 1e-05, GPT-2's own.");
        var width = json.Size("n_embd", ModelSizes.Width);
        if (json.Int("n_inner", 4 * width) is var inner && inner != 4 * width)
            throw new UserException($"{path}: n_inner is {inner}; expected 4 * n_embd = {4 * width}, as in GPT-2.");
        return new()
        {
            Vocabulary = json.Size("vocab_size", ModelSizes.Tokens),
            Positions = json.Size("n_positions", ModelSizes.Positions),
            Width = width,
            Layers = json.Size("n_layer", ModelSizes.Layers),
            Heads = json.Size("n_head", ModelSizes.Width),
            Dropout = json.Optional("resid_pdrop")?.Number() is { } dropout ? dropout is >= 0 and < 1 ? dropout : throw json.Required("resid_pdrop").Wrong("a probability") : 0.1,
        };
    }

    /// <summary>About how many parameters a model of these sizes has.</summary>
    internal double Parameters => (double)Width * (Vocabulary + Positions + Layers * 12.0 * Width);
}
