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
            return LoadOpenClip(Path.Combine(path, "open_clip_config.json"), ModuleWeights.Find(path, OpenClipWeights));
        if (IsHuggingFace(path)) return LoadHuggingFace(path);
        throw new UserException($"{path} holds neither open_clip_config.json nor config.json; expected the folder of a CLIP.");
    }

    /// <summary>What OpenAI's archives hold beside parameters.</summary>
    private static bool IsDerived(string name) => name is "input_resolution" or "context_length" or "vocab_size" or "attn_mask";

    private static readonly string[] OpenClipWeights = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"], HuggingFaceWeights = ["model.safetensors", "pytorch_model.bin"];

    /// <summary>The folder that a weights file is part of, where its configuration lies beside it: without that the file would be taken for OpenAI's, whose activation is another.</summary>
    internal static string? FolderOf(string file)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file));
        return OpenClipWeights.Contains(name) && File.Exists(Path.Combine(folder, "open_clip_config.json")) || HuggingFaceWeights.Contains(name) && IsHuggingFace(folder) ? folder : null;
    }

    /// <summary>Whether a folder holds a checkpoint in Hugging Face's form.</summary>
    internal static bool IsHuggingFace(string path) => File.Exists(Path.Combine(path, "config.json")) && !File.Exists(Path.Combine(path, "open_clip_config.json"));

    private static Clip LoadOpenClip(string sizes, string weights)
    {
        var config = ClipConfig.Read(sizes);
        var tensors = ModuleWeights.Read(weights);
        try
        {
            return Fill(config, null, null, tensors, weights, IsDerived, null, sizes);
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static Clip Fill(ClipConfig config, int? visionHidden, int? textHidden, Dictionary<string, Tensor> tensors, string source, Func<string, bool> ignored, ModuleWeights.Naming? names, string sizes)
    {
        var clip = ModuleWeights.Make(() => new Clip(config, visionHidden, textHidden), config.Parameters(visionHidden, textHidden), tensors, source, ignored, names, sizes);
        clip.eval();
        return clip;
    }

    /// <summary>OpenAI's files tell no sizes: they follow from the shapes, with heads 64 wide.</summary>
    private static Clip LoadOpenAI(string path)
    {
        var tensors = ModuleWeights.Read(path);
        try
        {
            return Fill(OpenAIConfig(path, tensors), null, null, tensors, path, IsDerived, null, path);
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    internal static ClipConfig OpenAIConfig(string path, Dictionary<string, Tensor> tensors)
    {
        int Size(string name, int dimension, int rank, int most = ModelSizes.Width)
        {
            if (!tensors.TryGetValue(name, out var t)) throw new UserException($"{path} is no CLIP of OpenAI's form: it lacks '{name}'. A folder with a configuration may be given instead.");
            return t.dim() == rank && t.shape[dimension] >= 1 && t.shape[dimension] <= most ? (int)t.shape[dimension]
                : throw new UserException($"{path} is no CLIP of OpenAI's form: '{name}' is [{string.Join(", ", t.shape)}]; expected {rank} dimensions, the one at {dimension} from 1 to {most}. A folder with a configuration may be given instead.");
        }
        int Count(string pattern)
        {
            var found = tensors.Keys.Select(k => Regex.Match(k, pattern)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct().Count();
            return found is >= 1 and <= ModelSizes.Layers ? found : throw new UserException($"{path} is no CLIP of OpenAI's form: it has {found} blocks of names like {pattern}; expected 1 to {ModelSizes.Layers}. A folder with a configuration may be given instead.");
        }

        ClipVisionConfig vision;
        if (tensors.ContainsKey("visual.proj"))
        {
            var (width, patch) = (Size("visual.conv1.weight", 0, 4), Size("visual.conv1.weight", 2, 4, ModelSizes.Pixels));
            var grid = (int)Math.Round(Math.Sqrt(Size("visual.positional_embedding", 0, 2, ModelSizes.Positions) - 1));
            vision = new() { ImageSize = grid * patch, Width = width, PatchSize = patch, Layers = [Count(@"^visual\.transformer\.resblocks\.(\d+)\.")], Heads = Math.Max(1, width / 64) };
        }
        else
        {
            var width = Size("visual.layer1.0.conv1.weight", 0, 4);
            var stages = Count(@"^visual\.layer(\d+)\.");
            if (stages > 8) throw new UserException($"{path} is no CLIP of OpenAI's form: its image tower has {stages} stages; expected 1 to 8.");
            var layers = Enumerable.Range(1, stages).Select(s => Count($@"^visual\.layer{s}\.(\d+)\.")).ToArray();
            var grid = (int)Math.Round(Math.Sqrt(Size("visual.attnpool.positional_embedding", 0, 2, ModelSizes.Positions) - 1));
            vision = new() { ImageSize = grid * (2 << stages), Width = width, Layers = layers, Heads = Math.Max(1, ModifiedResNet.OutputWidth(width, stages) / 64) };
        }
        return new ClipConfig
        {
            EmbeddingWidth = Size("text_projection", 1, 2),
            QuickGelu = true,
            Vision = vision,
            Text = new()
            {
                Vocabulary = Size("token_embedding.weight", 0, 2, ModelSizes.Tokens),
                Context = Size("positional_embedding", 0, 2, ModelSizes.Positions),
                Width = Size("ln_final.weight", 0, 1),
                Layers = Count(@"^transformer\.resblocks\.(\d+)\."),
                Heads = Math.Max(1, Size("ln_final.weight", 0, 1) / 64),
            },
        };
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
            EmbeddingWidth = json.Size("projection_dim", ModelSizes.Width, 512),
            QuickGelu = activation == "quick_gelu",
            Vision = new()
            {
                ImageSize = vision.Size("image_size", ModelSizes.Pixels, 224),
                PatchSize = vision.Size("patch_size", ModelSizes.Pixels, 32),
                Width = vision.Size("hidden_size", ModelSizes.Width, 768),
                Layers = [vision.Size("num_hidden_layers", ModelSizes.Layers, 12)],
                Heads = vision.Size("num_attention_heads", ModelSizes.Width, 12),
            },
            Text = new()
            {
                Vocabulary = text.Size("vocab_size", ModelSizes.Tokens, 49408),
                Context = text.Size("max_position_embeddings", ModelSizes.Positions, 77),
                Width = text.Size("hidden_size", ModelSizes.Width, 512),
                Layers = text.Size("num_hidden_layers", ModelSizes.Layers, 12),
                Heads = text.Size("num_attention_heads", ModelSizes.Width, 8),
            },
        };
        foreach (var (tower, place) in new[] { (vision, "vision_config"), (text, "text_config") })
            if (tower.Optional("layer_norm_eps")?.Number() is { } epsilon && epsilon != 1e-5) throw new UserException($"{path}: {place}.layer_norm_eps is {epsilon}; expected 1e-05, CLIP's own.");
        var weights = ModuleWeights.Find(folder, HuggingFaceWeights);
        var (visionHidden, textHidden) = (vision.Size("intermediate_size", ModelSizes.Width, 3072), text.Size("intermediate_size", ModelSizes.Width, 2048));
        var tensors = ModuleWeights.Read(weights);
        try
        {
            return Fill(config, visionHidden, textHidden, tensors, weights, name => name.EndsWith("position_ids", StringComparison.Ordinal), HuggingFaceNames, path);
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    /// <summary>
    /// A parameter under Hugging Face's names: each tower's own prefix, other names of a block's parts, queries, keys and values apart, projections transposed.
    /// </summary>
    internal static IEnumerable<(string Name, Tensor Value)> HuggingFaceNames(string name, Tensor value)
    {
        var tower = name.StartsWith("visual.", StringComparison.Ordinal) ? "vision_model" : "text_model";
        if (BlockName().Match(name) is not { Success: true } block)
            return name switch
            {
                "visual.class_embedding" => [("vision_model.embeddings.class_embedding", value)],
                "visual.conv1.weight" => [("vision_model.embeddings.patch_embedding.weight", value)],
                "visual.positional_embedding" => [("vision_model.embeddings.position_embedding.weight", value)],
                "visual.proj" => [("visual_projection.weight", value.t())],
                "token_embedding.weight" => [("text_model.embeddings.token_embedding.weight", value)],
                "positional_embedding" => [("text_model.embeddings.position_embedding.weight", value)],
                "text_projection" => [("text_projection.weight", value.t())],
                _ => [(name.Replace("visual.ln_pre.", "vision_model.pre_layrnorm.").Replace("visual.ln_post.", "vision_model.post_layernorm.")
                    .Replace("ln_final.", "text_model.final_layer_norm."), value)],
            };
        var (prefix, part) = ($"{tower}.encoder.layers.{block.Groups["n"].Value}.", block.Groups["part"].Value);
        if (part is "attn.in_proj_weight" or "attn.in_proj_bias")
        {
            var (kind, width) = (part["attn.in_proj_".Length..], value.shape[0] / 3);
            return "qkv".Select((letter, i) => ($"{prefix}self_attn.{letter}_proj.{kind}", value.narrow(0, i * width, width)));
        }
        return [(prefix + part.Replace("attn.out_proj.", "self_attn.out_proj.").Replace("ln_1.", "layer_norm1.").Replace("ln_2.", "layer_norm2.")
            .Replace("mlp.c_fc.", "mlp.fc1.").Replace("mlp.c_proj.", "mlp.fc2."), value)];
    }

    [GeneratedRegex(@"^(?:visual\.)?transformer\.resblocks\.(?<n>\d+)\.(?<part>.+)$")]
    private static partial Regex BlockName();
}
