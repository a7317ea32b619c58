using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Loads a CLIP from the files it is published in: OpenAI's archives, Hugging Face's and OpenCLIP's folders, and ours (an OpenCLIP folder).</summary>
public static partial class ClipCheckpoint
{
    /// <summary>
    /// Loads the CLIP in <paramref name="path"/>: a folder with <c>config.json</c> (Hugging Face) or <c>open_clip_config.json</c> and weights,
    /// or one of OpenAI's files. The model is in evaluation mode, float32.
    /// </summary>
    /// <exception cref="UserException">There is none, or it is damaged or of a kind that is not supported.</exception>
    public static Clip Load(string path)
    {
        if (File.Exists(path)) return FolderOf(path) is { } folder ? Load(folder) : LoadOpenAI(path);
        if (!Directory.Exists(path)) throw new UserException($"{path} does not exist; expected a folder or file with a CLIP.");
        if (File.Exists(Path.Combine(path, "open_clip_config.json")))
            return Load(ClipConfig.Read(Path.Combine(path, "open_clip_config.json")), Weights(path, OpenClipWeights));
        if (IsHuggingFace(path)) return LoadHuggingFace(path);
        throw new UserException($"{path} holds neither open_clip_config.json nor config.json; expected the folder of a CLIP.");
    }

    private static readonly string[] OpenClipWeights = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"], HuggingFaceWeights = ["model.safetensors", "pytorch_model.bin"];

    /// <summary>The folder that a weights file is part of, where its configuration lies beside it: without that the file would be taken for OpenAI's, whose activation is another.</summary>
    internal static string? FolderOf(string file)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file));
        return OpenClipWeights.Contains(name) && File.Exists(Path.Combine(folder, "open_clip_config.json")) || HuggingFaceWeights.Contains(name) && IsHuggingFace(folder) ? folder : null;
    }

    /// <summary>Whether a folder holds a checkpoint in Hugging Face's form.</summary>
    internal static bool IsHuggingFace(string path) => File.Exists(Path.Combine(path, "config.json")) && !File.Exists(Path.Combine(path, "open_clip_config.json"));

    private static string Weights(string folder, params string[] names) =>
        names.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists)
        ?? throw new UserException($"{folder} has a CLIP's configuration but no weights: none of {string.Join(", ", names)} is there.");

    private static Clip Load(ClipConfig config, string weights)
    {
        var tensors = ModuleWeights.Read(weights);
        return Fill(new Clip(config), tensors, weights);
    }

    private static Clip Fill(Clip clip, Dictionary<string, Tensor> tensors, string source)
    {
        try
        {
            ModuleWeights.Load(clip, tensors, source, name => name is "input_resolution" or "context_length" or "vocab_size" or "attn_mask");
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
        clip.eval();
        return clip;
    }

    /// <summary>OpenAI's files tell no sizes: they follow from the shapes, with heads 64 wide.</summary>
    private static Clip LoadOpenAI(string path)
    {
        var tensors = ModuleWeights.Read(path);
        Tensor Find(string name) => tensors.TryGetValue(name, out var t) ? t
            : throw new UserException($"{path} is no CLIP of OpenAI's form: it lacks '{name}'. A folder with a configuration may be given instead.");
        int Size(string name, int dimension) => (int)Find(name).shape[dimension];
        int Count(string pattern) => tensors.Keys.Select(k => Regex.Match(k, pattern)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct().Count();

        ClipVisionConfig vision;
        if (tensors.ContainsKey("visual.proj"))
        {
            var (width, patch) = (Size("visual.conv1.weight", 0), Size("visual.conv1.weight", 2));
            var grid = (int)Math.Round(Math.Sqrt(Size("visual.positional_embedding", 0) - 1));
            vision = new() { ImageSize = grid * patch, Width = width, PatchSize = patch, Layers = [Count(@"^visual\.transformer\.resblocks\.(\d+)\.")], Heads = Math.Max(1, width / 64) };
        }
        else
        {
            var width = Size("visual.layer1.0.conv1.weight", 0);
            var stages = Count(@"^visual\.layer(\d+)\.");
            var layers = Enumerable.Range(1, stages).Select(s => Count($@"^visual\.layer{s}\.(\d+)\.")).ToArray();
            var grid = (int)Math.Round(Math.Sqrt(Size("visual.attnpool.positional_embedding", 0) - 1));
            vision = new() { ImageSize = grid * (2 << stages), Width = width, Layers = layers, Heads = Math.Max(1, ModifiedResNet.OutputWidth(width, stages) / 64) };
        }
        var config = new ClipConfig
        {
            EmbeddingWidth = Size("text_projection", 1),
            QuickGelu = true,
            Vision = vision,
            Text = new()
            {
                Vocabulary = Size("token_embedding.weight", 0),
                Context = Size("positional_embedding", 0),
                Width = Size("ln_final.weight", 0),
                Layers = Count(@"^transformer\.resblocks\.(\d+)\."),
                Heads = Math.Max(1, Size("ln_final.weight", 0) / 64),
            },
        };
        return Fill(new Clip(config), tensors, path);
    }

    private static Clip LoadHuggingFace(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        var json = JsonPlace.Read(path, "Fetch the checkpoint's configuration again.");
        if (json.Text("model_type", "") != "clip") throw new UserException($"{path}: model_type is '{json.Text("model_type", "")}'; expected 'clip'.");
        var (vision, text) = (json.Required("vision_config"), json.Required("text_config"));
        var activation = vision.Text("hidden_act", "quick_gelu");
        if (activation is not ("quick_gelu" or "gelu") || text.Text("hidden_act", "quick_gelu") != activation)
            throw new UserException($"{path}: hidden_act is '{activation}' and '{text.Text("hidden_act", "quick_gelu")}'; expected 'quick_gelu' or 'gelu' in both towers.");
        var config = new ClipConfig
        {
            EmbeddingWidth = json.Int("projection_dim", 512),
            QuickGelu = activation == "quick_gelu",
            Vision = new()
            {
                ImageSize = vision.Int("image_size", 224),
                PatchSize = vision.Int("patch_size", 32),
                Width = vision.Int("hidden_size", 768),
                Layers = [vision.Int("num_hidden_layers", 12)],
                Heads = vision.Int("num_attention_heads", 12),
            },
            Text = new()
            {
                Vocabulary = text.Int("vocab_size", 49408),
                Context = text.Int("max_position_embeddings", 77),
                Width = text.Int("hidden_size", 512),
                Layers = text.Int("num_hidden_layers", 12),
                Heads = text.Int("num_attention_heads", 8),
            },
        };
        var weights = Weights(folder, HuggingFaceWeights);
        var clip = new Clip(config, vision.Int("intermediate_size", 3072), text.Int("intermediate_size", 2048));
        return Fill(clip, FromHuggingFace(ModuleWeights.Read(weights)), weights);
    }

    /// <summary>Hugging Face's names to OpenAI's: each tower's prefix, block parts, joined query-key-value, projections transposed.</summary>
    private static Dictionary<string, Tensor> FromHuggingFace(Dictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var named = new Dictionary<string, Tensor>();
        var attention = new SortedDictionary<string, Tensor?[]>(StringComparer.Ordinal);    // block's joined name -> q, k, v
        foreach (var (name, tensor) in tensors)
        {
            if (name.EndsWith("position_ids", StringComparison.Ordinal)) continue;
            if (BlockName().Match(name) is { Success: true } block)
            {
                var prefix = (block.Groups["tower"].Value == "vision" ? "visual." : "") + $"transformer.resblocks.{block.Groups["n"].Value}.";
                var (part, kind) = (block.Groups["part"].Value, block.Groups["kind"].Value);
                if (part is "self_attn.q_proj" or "self_attn.k_proj" or "self_attn.v_proj")
                {
                    var joined = $"{prefix}attn.in_proj_{kind}";
                    if (!attention.TryGetValue(joined, out var qkv)) attention[joined] = qkv = new Tensor?[3];
                    qkv["qkv".IndexOf(part[10])] = tensor;
                    continue;
                }
                named[prefix + part switch
                {
                    "self_attn.out_proj" => "attn.out_proj",
                    "layer_norm1" => "ln_1",
                    "layer_norm2" => "ln_2",
                    "mlp.fc1" => "mlp.c_fc",
                    "mlp.fc2" => "mlp.c_proj",
                    _ => part,
                } + "." + kind] = tensor;
                continue;
            }
            named[name switch
            {
                "vision_model.embeddings.class_embedding" => "visual.class_embedding",
                "vision_model.embeddings.patch_embedding.weight" => "visual.conv1.weight",
                "vision_model.embeddings.position_embedding.weight" => "visual.positional_embedding",
                "text_model.embeddings.token_embedding.weight" => "token_embedding.weight",
                "text_model.embeddings.position_embedding.weight" => "positional_embedding",
                "visual_projection.weight" => "visual.proj",
                "text_projection.weight" => "text_projection",
                _ => name.Replace("vision_model.pre_layrnorm.", "visual.ln_pre.").Replace("vision_model.post_layernorm.", "visual.ln_post.")
                    .Replace("text_model.final_layer_norm.", "ln_final."),
            }] = name is "visual_projection.weight" or "text_projection.weight" ? tensor.t() : tensor;
        }
        foreach (var (name, qkv) in attention)
            if (qkv is [{ } q, { } k, { } v]) named[name] = cat([q, k, v], 0);
        foreach (var tensor in named.Values) tensor.DetachFromDisposeScope();
        return named;
    }

    [GeneratedRegex(@"^(?<tower>vision|text)_model\.encoder\.layers\.(?<n>\d+)\.(?<part>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex BlockName();
}
