using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// What a ClipCap or CapDec checkpoint as published (a bare <c>state_dict</c>: <c>coco_weights.pt</c>, <c>transformer_weights.pt</c>) does not hold.
/// The defaults are the published code's (Mokady et al., 2021; Nukrai et al., 2022).
/// </summary>
public sealed record PublishedSettings
{
    /// <summary>GPT-2's attention heads, or null for heads 64 wide, as in every published GPT-2.</summary>
    public int? Heads { get; init; }
    /// <summary>Attention heads of a transformer mapper.</summary>
    public int MapperHeads { get; init; } = 8;
    /// <summary>
    /// Whether embeddings are brought to unit length: ClipCap's <c>normalize_prefix</c>, off in its training script and in <c>predict.py</c>, on where a checkpoint
    /// was trained so. CapDec's are trained on unit embeddings.
    /// </summary>
    public bool Normalize { get; init; }
    /// <summary>Tokens that end a caption: ".".</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [13];
    /// <summary>Longest caption, tokens.</summary>
    public int MaxTokens { get; init; } = 67;
    /// <summary>Dropout of GPT-2 where training goes on.</summary>
    public double Dropout { get; init; } = 0.1;
    /// <summary>The folder of GPT-2's vocabulary, or null for the published one among the data sets.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>These settings in words, beside the sizes found: what a reader of captions must know of how they were made.</summary>
    internal string Shown(Recipe recipe) =>
        $"heads {recipe.Gpt2.Heads}, embeddings {(Normalize ? "of unit length" : "not normalised")}, at most {MaxTokens} tokens, stops at token {string.Join(", ", StopTokens)}, GPT-2's vocabulary";
}

/// <summary>Loads ClipCap's and CapDec's published checkpoints. Sizes follow from the shapes.</summary>
public static class PublishedCaptioner
{
    /// <summary>Whether a file is one: it has weights under ClipCap's names.</summary>
    internal static bool IsOne(IReadOnlyDictionary<string, Tensor> tensors) => tensors.Keys.Any(k => k.StartsWith("clip_project.", StringComparison.Ordinal));

    /// <summary>Loads a checkpoint: <c>.pt</c>, <c>.bin</c> or <c>.safetensors</c>. It can caption, be saved as one of ours, and be trained further.</summary>
    /// <exception cref="UserException">It is absent, damaged, of another model, or does not fit the settings; or GPT-2's vocabulary is not there.</exception>
    public static Captioner Load(string path, PublishedSettings? settings = null)
    {
        settings ??= new();
        var tokenizer = Gpt2Tokenizer.Load(settings.Vocabulary);
        var (model, recipe) = LoadModel(path, settings);
        if (tokenizer.Count != recipe.Gpt2.Vocabulary)
        {
            model.Dispose();
            throw new UserException($"{path} has {recipe.Gpt2.Vocabulary} tokens, and the vocabulary found for it has {tokenizer.Count}. Give it the vocabulary that it was trained with.");
        }
        return new Captioner(new CaptionerCard
        {
            Recipe = recipe,
            EmbeddingWidth = model.EmbeddingWidth,
            Data = $"published checkpoint {Path.GetFileName(path)}; {settings.Shown(recipe)}",
            Vocabulary = "gpt2",
        }, model, tokenizer);
    }

    /// <summary>Loads the model alone, without GPT-2's vocabulary: for its tokens, losses and training.</summary>
    /// <exception cref="UserException">It is absent, damaged, of another model, or does not fit the settings.</exception>
    public static (ClipCap Model, Recipe Recipe) LoadModel(string path, PublishedSettings? settings = null)
    {
        var tensors = ModuleWeights.Read(path);
        try
        {
            var (width, recipe) = Sizes(path, tensors, settings ?? new());
            Gpt2.CheckHead(tensors, "gpt.", path);
            var model = ModuleWeights.Make(() => new ClipCap(width, recipe), ClipCap.Parameters(width, recipe), tensors, path, Gpt2.IsDerived);
            model.eval();
            return (model, recipe);
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    internal static (int EmbeddingWidth, Recipe Recipe) Sizes(string path, IReadOnlyDictionary<string, Tensor> tensors, PublishedSettings settings)
    {
        (int Rows, int Columns) Matrix(string name)
        {
            if (!tensors.TryGetValue(name, out var t)) throw Wrong($"it lacks '{name}'");
            return t.dim() == 2 && t.shape.All(n => n is >= 1 and <= ModelSizes.Tokens) ? ((int)t.shape[0], (int)t.shape[1])
                : throw Wrong($"'{name}' is [{string.Join(", ", t.shape)}] where two dimensions of 1 to {ModelSizes.Tokens} are due");
        }
        int Count(string prefix)
        {
            var found = tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..].Split('.')[0]).Distinct().Count();
            return found is >= 1 and <= ModelSizes.Layers ? found : throw Wrong($"it has {found} blocks '{prefix}N'; 1 to {ModelSizes.Layers} are due");
        }
        int Whole(int rows, int width, string name) => rows % width == 0 ? rows / width : throw Wrong($"'{name}' has {rows} rows, which is no multiple of GPT-2's width of {width}");
        UserException Wrong(string what) => new($"{path} is no ClipCap or CapDec checkpoint: {what}. Give a state_dict with 'gpt.…' and 'clip_project.…', as their training saves.");

        if (!IsOne(tensors)) throw Wrong("it has no weights named 'clip_project.…'");
        var (vocabulary, width) = Matrix("gpt.transformer.wte.weight");
        if (width > ModelSizes.Width) throw Wrong($"its GPT-2 is {width} wide, and none is wider than {ModelSizes.Width}");
        var heads = settings.Heads ?? Math.Max(1, width / 64);
        if (heads < 1 || width % heads != 0) throw new UserException($"{path} has a GPT-2 {width} wide, which {heads} heads do not divide. Tell how many heads it was trained with (--heads).");
        if (settings.MaxTokens < 1) throw new UserException($"Captions of at most {settings.MaxTokens} tokens were asked for; expected 1 or more.");
        var recipe = Recipe.ClipCapCompatible with
        {
            Gpt2 = new()
            {
                Vocabulary = vocabulary,
                Width = width,
                Heads = heads,
                Layers = Count("gpt.transformer.h."),
                Positions = Matrix("gpt.transformer.wpe.weight").Rows,
                Dropout = settings.Dropout,
            },
            Normalize = settings.Normalize,
            StopTokens = settings.StopTokens,
            MaxTokens = settings.MaxTokens,
            MapperHeads = settings.MapperHeads,
        };
        if (tensors.ContainsKey("clip_project.prefix_const"))
        {
            var (rows, columns) = Matrix("clip_project.linear.weight");
            return (columns, recipe with
            {
                Mapper = MapperKind.Transformer,
                PrefixLength = Matrix("clip_project.prefix_const").Rows,
                ClipLength = Whole(rows, width, "clip_project.linear.weight"),
                MapperLayers = Count("clip_project.transformer.layers."),
            });
        }
        return (Matrix("clip_project.model.0.weight").Columns, recipe with { Mapper = MapperKind.Mlp, PrefixLength = Whole(Matrix("clip_project.model.2.weight").Rows, width, "clip_project.model.2.weight") });
    }
}
