using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>A small valid file of one format, in the parts that it is packed from, and how it is read.</summary>
/// <param name="Format">What it is called in the table.</param>
/// <param name="File">Its name.</param>
/// <param name="Parts">Parts that can be changed before they are packed, so that checksums and lengths around them are right.</param>
/// <param name="Pack">Parts to file.</param>
/// <param name="Read">Reads it; given its path.</param>
/// <param name="Weight">How many of the files are of this format, in proportion.</param>
/// <param name="Beside">Files that lie beside it and stay as they are.</param>
internal sealed record FuzzSeed(string Format, string File, byte[][] Parts, Func<byte[][], byte[]> Pack, Action<string> Read, int Weight, params (string Name, byte[] Bytes)[] Beside)
{
    private static readonly Gpt2Config Gpt = new() { Vocabulary = 12, Positions = 8, Width = 4, Layers = 1, Heads = 2 };
    private static readonly byte[] Vocabulary = Encoding.UTF8.GetBytes("""{"a":0,"b":1,"ab":2,".":3,"\u0120":4,"\u0120a":5,"<|endoftext|>":6}""");
    private static readonly byte[] Merges = "#version: 0.2\na b\n\u0120 a\n"u8.ToArray();

    /// <summary>One or more of every format that is read here.</summary>
    public static IReadOnlyList<FuzzSeed> All()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var types = new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float64, ScalarType.Int64, ScalarType.Byte };
        var tensors = types.Select((type, i) => (type, i)).ToDictionary(p => $"layer.{p.i}.weight", p => rand(2, p.i).mul(9).to(p.type));
        tensors.Add("scalar", tensor(2.5f));
        var recipe = Recipe.ClipCapCompatible with { Gpt2 = Gpt, PrefixLength = 2 };
        using var clipcap = new ClipCap(4, recipe);
        using var own = new Captioner(new() { Recipe = recipe with { Gpt2 = Gpt with { Vocabulary = 6 } }, EmbeddingWidth = 4, Words = ["a", "dog", "."] }, new(4, recipe with { Gpt2 = Gpt with { Vocabulary = 6 } }), new WordTokenizer(["a", "dog", "."]));
        var config = new ClipConfig
        {
            EmbeddingWidth = 4,
            Vision = new() { ImageSize = 8, PatchSize = 4, Width = 4, Layers = [1], Heads = 1 },
            Text = new() { Vocabulary = 8, Context = 5, Width = 4, Layers = 1, Heads = 2 },
        };
        using var clip = new Clip(config);
        var clipWeights = Saved(clip.state_dict());
        using var gpt = new Gpt2(Gpt);
        var safetensors = Saved(tensors);
        return
        [
            Safe("safetensors", safetensors, path =>
            {
                Dispose(Safetensors.Read(path).Tensors);
                using var file = SafetensorsFile.Open(path);
                Touch(file.Tensors());
            }, 20),
            Whole("sharded index", "model.safetensors.index.json", Encoding.UTF8.GetBytes("{\"metadata\":{\"total_size\":1},\"weight_map\":{" +
                string.Join(',', tensors.Keys.Select(n => $"\"{n}\":\"model-1.safetensors\"")) + "}}"), path => Touch(ModuleWeights.Read(path)), 10, ("model-1.safetensors", safetensors)),
            Zipped("torch.save", "state_dict.pt", tensors, false, path => Touch(TorchArchive.Read(path)), 20),
            Zipped("torch.save, compressed", "packed.pt", tensors, false, path => Touch(TorchArchive.Read(path)), 5, CompressionLevel.Optimal),
            Zipped("TorchScript", "jit.pt", tensors, true, path => Touch(TorchArchive.Read(path)), 15),
            Zipped("ClipCap", "clipcap.pt", clipcap.state_dict(), false, path => PublishedCaptioner.LoadModel(path).Model.Dispose(), 2),
            Zipped("OpenAI's CLIP", "clip.pt", clip.state_dict(), true, path => ClipCheckpoint.Load(path).Dispose(), 2),
            Safe("captioner of ours", Written(own.Save), path => Captioner.Load(path).Dispose(), 2),
            Whole("CLIP, OpenCLIP", "open_clip_config.json", Encoding.UTF8.GetBytes(config.ToJson()), path => ClipCheckpoint.Load(Path.GetDirectoryName(path)!).Dispose(), 2, ("open_clip_model.safetensors", clipWeights)),
            Whole("CLIP, Hugging Face", "config.json", Encoding.UTF8.GetBytes("""
                {"model_type":"clip","projection_dim":4,"vision_config":{"hidden_act":"quick_gelu","image_size":8,"patch_size":4,"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":1,"intermediate_size":16},
                "text_config":{"hidden_act":"quick_gelu","vocab_size":8,"max_position_embeddings":5,"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":16}}
                """), path => ClipCheckpoint.Load(Path.GetDirectoryName(path)!).Dispose(), 2, ("model.safetensors", Saved(HuggingFaceClip()))),
            Whole("CLIP's pictures", "preprocessor_config.json", Encoding.UTF8.GetBytes("""
                {"image_processor_type":"CLIPImageProcessor","do_resize":true,"size":{"shortest_edge":10},"resample":3,"do_center_crop":true,"crop_size":{"height":8,"width":8},"do_rescale":true,
                "rescale_factor":0.00392156862745098,"do_normalize":true,"image_mean":[0.48145466,0.4578275,0.40821073],"image_std":[0.26862954,0.26130258,0.27577711],"do_convert_rgb":true}
                """), path => ImageProcessor.Fit(new(3, 2, new byte[18]), PicturePreparation.Read(Path.GetDirectoryName(path)!, 8)), 2, ("config.json", "{}"u8.ToArray())),
            Whole("GPT-2's configuration", "config.json", Encoding.UTF8.GetBytes("""{"model_type":"gpt2","activation_function":"gelu_new","vocab_size":12,"n_positions":8,"n_embd":4,"n_layer":1,"n_head":2,"resid_pdrop":0.1,"layer_norm_epsilon":1e-05}"""),
                path => Gpt2.Load(Path.GetDirectoryName(path)!).Dispose(), 2, ("model.safetensors", Saved(gpt.state_dict()))),
            Whole("npy", "x.npy", Written(path => Npy.Write(path, rand(3, 4))), path => Npy.Read(path).Dispose(), 10),
            Whole("GPT-2's tokens", "vocab.json", Vocabulary, path => Gpt2Tokenizer.Load(Path.GetDirectoryName(path)!).Encode("ab a."), 5, ("merges.txt", Merges)),
            Whole("GPT-2's merges", "merges.txt", Merges, path => Gpt2Tokenizer.Load(Path.GetDirectoryName(path)!).Encode("ab a."), 3, ("vocab.json", Vocabulary)),
            Whole("captions, COCO", "captions.json", Encoding.UTF8.GetBytes("""{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],"annotations":[{"id":1,"image_id":1,"caption":"A dog \u00e9."},{"id":2,"image_id":2,"caption":"Two cats."}]}"""),
                path => CaptionFile.Read(path), 5),
            Whole("captions, map", "map.json", Encoding.UTF8.GetBytes("""{"1":["A dog.","One dog."],"2":["Two cats."]}"""), path => CaptionFile.Read(path), 5),
        ];
    }

    /// <summary>Weights of the smallest CLIP of Hugging Face's form: width 4, one block a tower, 8 tokens.</summary>
    private static Dictionary<string, Tensor> HuggingFaceClip()
    {
        var shapes = new Dictionary<string, long[]>
        {
            ["logit_scale"] = [],
            ["visual_projection.weight"] = [4, 4],
            ["text_projection.weight"] = [4, 4],
            ["vision_model.embeddings.class_embedding"] = [4],
            ["vision_model.embeddings.patch_embedding.weight"] = [4, 3, 4, 4],
            ["vision_model.embeddings.position_embedding.weight"] = [5, 4],
            ["text_model.embeddings.token_embedding.weight"] = [8, 4],
            ["text_model.embeddings.position_embedding.weight"] = [5, 4],
        };
        foreach (var norm in new[] { "vision_model.pre_layrnorm", "vision_model.post_layernorm", "text_model.final_layer_norm" }) Layer(norm, [4], 4);
        foreach (var block in new[] { "vision_model.encoder.layers.0", "text_model.encoder.layers.0" })
        {
            foreach (var part in "qkv".Select(c => $"{c}_proj").Append("out_proj")) Layer($"{block}.self_attn.{part}", [4, 4], 4);
            Layer($"{block}.layer_norm1", [4], 4);
            Layer($"{block}.layer_norm2", [4], 4);
            Layer($"{block}.mlp.fc1", [16, 4], 16);
            Layer($"{block}.mlp.fc2", [4, 16], 4);
        }
        return shapes.ToDictionary(p => p.Key, p => rand(p.Value));

        void Layer(string name, long[] weight, long bias) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = (weight, [bias]);
    }

    private static FuzzSeed Whole(string format, string file, byte[] bytes, Action<string> read, int weight, params (string, byte[])[] beside) =>
        new(format, file, [bytes], parts => parts[0], read, weight, beside);

    /// <summary>A safetensors file, whose header can change with its length told rightly.</summary>
    private static FuzzSeed Safe(string format, byte[] file, Action<string> read, int weight)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return new(format, "model.safetensors", [file[8..(8 + length)], file[(8 + length)..]], parts => [.. BitConverter.GetBytes((long)parts[0].Length), .. parts[0], .. parts[1]], read, weight);
    }

    private static FuzzSeed Zipped(string format, string file, IReadOnlyDictionary<string, Tensor> tensors, bool script, Action<string> read, int weight, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var entries = TorchFile.Entries(tensors, script);
        return new(format, file, [.. entries.Select(e => e.Bytes)], parts => TorchFile.Zip(entries.Zip(parts, (e, part) => (e.Name, part)), level), read, weight);
    }

    private static byte[] Saved(IReadOnlyDictionary<string, Tensor> tensors) => Written(path => Safetensors.Write(path, tensors));

    private static byte[] Written(Action<string> write)
    {
        var path = Path.GetTempFileName();
        try
        {
            write(path);
            return System.IO.File.ReadAllBytes(path);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static byte[] Written(Action<string, ScalarType> write) => Written(path => write(path, ScalarType.Float32));

    /// <summary>Reads every number, so that memory that is not there would show.</summary>
    private static void Touch(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values)
        {
            using var sum = tensor.to(ScalarType.Float64).sum();
            _ = sum.item<double>();
        }
        Dispose(tensors);
    }

    private static void Dispose(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }
}
