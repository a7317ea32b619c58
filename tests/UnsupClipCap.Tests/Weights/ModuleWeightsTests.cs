using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ModuleWeightsTests
{
    [Fact]
    public void Missing_unknown_and_misshapen_tensors_are_all_listed()
    {
        var model = new Gpt2(new() { Vocabulary = 11, Width = 8, Layers = 1, Heads = 2, Positions = 4 });
        var tensors = ModuleWeights.Take(model);
        tensors.Remove("transformer.ln_f.bias");
        tensors["transformer.stranger"] = zeros(1);
        tensors["transformer.wte.weight"] = zeros(12, 8);
        var error = Assert.Throws<UserException>(() => ModuleWeights.Load(model, tensors, "some.file"));
        foreach (var expected in new[] { "some.file", "transformer.ln_f.bias", "transformer.stranger", "[12, 8]", "[11, 8]" }) Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.bin", Assert.Throws<UserException>(() => ModuleWeights.Read("/nowhere.bin")).Message);

    [Fact]
    public void A_Hugging_Face_CLIP_complains_in_its_own_names_and_lists_all()
    {
        var folder = CopyOf("clip_hf_vit", "config.json");
        var path = Path.Combine(folder, "model.safetensors");
        var tensors = Safetensors.Read(Path.Combine(Goldens.Folder("clip_hf_vit"), "model.safetensors")).Tensors;
        tensors.Remove("vision_model.encoder.layers.0.self_attn.k_proj.weight");
        tensors.Remove("text_model.final_layer_norm.bias");
        tensors["visual_projection.weight"] = zeros(3, 5);
        tensors["text_model.encoder.layers.0.mlp.fc1.bias"] = ones(tensors["text_model.encoder.layers.0.mlp.fc1.bias"].shape, dtype: ScalarType.Int64);
        tensors["vision_model.stranger"] = zeros(2);
        Safetensors.Write(path, tensors);
        var message = Assert.Throws<UserException>(() => ClipCheckpoint.Load(folder)).Message;
        Assert.All(
            [path, "Missing: ", "vision_model.encoder.layers.0.self_attn.k_proj.weight [", "text_model.final_layer_norm.bias [", "Not known: vision_model.stranger [2]",
                "visual_projection.weight is [3, 5] and should be [", "text_model.encoder.layers.0.mlp.fc1.bias is Int64"],
            part => Assert.Contains(part, message));
    }

    [Theory]
    [InlineData("hidden_size", 60_000)]
    [InlineData("num_hidden_layers", 128)]
    [InlineData("hidden_size", 2_000_000_000)]
    [InlineData("num_hidden_layers", 0)]
    [InlineData("patch_size", -4)]
    [InlineData("num_attention_heads", 0)]
    public void A_configuration_that_lies_takes_no_memory(string field, int value)
    {
        var folder = CopyOf("clip_hf_vit", "config.json", "model.safetensors");
        var path = Path.Combine(folder, "config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
        json["vision_config"]![field] = value;
        File.WriteAllText(path, json.ToJsonString());
        var before = System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64;
        Assert.Contains(folder, Assert.Throws<UserException>(() => ClipCheckpoint.Load(folder)).Message);
        // The system counts in steps: a later reading may be a little less.
        Assert.True(System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 - before < 200_000_000);
    }

    [Fact]
    public void GPT2_is_loaded_whole_or_sharded_and_with_or_without_the_head()
    {
        var folder = CopyOf("gpt2_hf", "config.json");
        using var whole = Gpt2.Load(Goldens.Folder("gpt2_hf"));
        var tensors = ModuleWeights.Take(whole);
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToList();
        var shards = names.GroupBy(n => names.IndexOf(n) % 2 == 0 ? "model-1.safetensors" : "model-2.safetensors").ToList();
        foreach (var shard in shards) Safetensors.Write(Path.Combine(folder, shard.Key), shard.ToDictionary(n => n["transformer.".Length..], n => tensors[n]));     // as GPT2Model names them
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"),
            System.Text.Json.JsonSerializer.Serialize(new { weight_map = shards.SelectMany(s => s.Select(n => (n, s.Key))).ToDictionary(p => p.n["transformer.".Length..], p => p.Key) }));
        using var sharded = Gpt2.Load(folder);
        Assert.Equal(ModuleWeights.Checksum(whole), ModuleWeights.Checksum(sharded));
    }

    private static string CopyOf(string set, params string[] files)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        foreach (var file in files) File.WriteAllBytes(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(Goldens.Folder(set), file)));
        return folder;
    }
}
