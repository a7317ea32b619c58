using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>Full-size models on the meta device, which has shapes and no memory, against what the published checkpoints hold.</summary>
public sealed class ShapeTests : IDisposable
{
    private readonly Device _before = get_default_device();

    public ShapeTests() => set_default_device(new Device(TorchSharp.DeviceType.META));

    public void Dispose() => set_default_device(_before);

    [Theory]
    [InlineData("clip-vit-b-32", 224, 32, 8)]
    [InlineData("clip-vit-b-16", 224, 16, 8)]
    [InlineData("clip-vit-l-14", 224, 14, 12)]
    [InlineData("clip-rn50", 224, null, 8)]
    [InlineData("clip-rn50x4", 288, null, 10)]
    public void CLIP_as_OpenAI_published_it(string name, int image, int? patch, int textHeads)
    {
        using var scope = NewDisposeScope();
        var listing = ShapeListing.Read(name);
        var config = ClipCheckpoint.OpenAIConfig(name, Tensors(listing));
        Assert.Equal((image, patch, textHeads), (config.Vision.ImageSize, config.Vision.PatchSize, config.Text.Heads));
        using var clip = new Clip(config);
        Same(listing, clip);
        Assert.InRange(config.Parameters(), .9 * listing.Parameters, 1.1 * listing.Parameters);
    }

    public static TheoryData<string> Gpt2s => ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"];

    [Theory]
    [MemberData(nameof(Gpt2s))]
    public void GPT2_as_transformers_names_it(string name)
    {
        using var scope = NewDisposeScope();
        var listing = ShapeListing.Read(name);
        var config = name switch { "gpt2" => Gpt2Config.Small, "gpt2-medium" => Gpt2Config.Medium, "gpt2-large" => Gpt2Config.Large, _ => Gpt2Config.XL };
        using var gpt = new Gpt2(config);
        Same(listing, gpt);
        Assert.All(listing.Derived, n => Assert.True(Gpt2.IsDerived(n), n));
        Assert.InRange(config.Parameters, .9 * listing.Parameters, 1.1 * listing.Parameters);
    }

    [Theory]
    [InlineData("clipcap-mlp-512", 512, MapperKind.Mlp, 10)]
    [InlineData("clipcap-mlp-640", 640, MapperKind.Mlp, 10)]
    [InlineData("clipcap-transformer", 640, MapperKind.Transformer, 40)]
    public void ClipCap_as_published(string name, int width, MapperKind mapper, int prefix)
    {
        using var scope = NewDisposeScope();
        var listing = ShapeListing.Read(name);
        var (found, recipe) = PublishedCaptioner.Sizes(name, Tensors(listing), new());
        Assert.Equal((width, mapper, prefix, 12, 12), (found, recipe.Mapper, recipe.PrefixLength, recipe.Gpt2.Heads, recipe.Gpt2.Layers));
        if (mapper == MapperKind.Transformer) Assert.Equal((40, 8, 8), (recipe.ClipLength, recipe.MapperLayers, recipe.MapperHeads));
        using var model = new ClipCap(found, recipe);
        Same(listing, model);
        Assert.All(listing.Derived, n => Assert.True(Gpt2.IsDerived(n), n));
        Assert.InRange(ClipCap.Parameters(found, recipe), .9 * listing.Parameters, 1.1 * listing.Parameters);
    }

    [Fact]
    public void Hugging_Face_names_make_up_every_parameter_of_a_CLIP_once()
    {
        using var scope = NewDisposeScope();
        using var clip = new Clip(ClipCheckpoint.OpenAIConfig("ViT-B/32", Tensors(ShapeListing.Read("clip-vit-b-32"))));
        var named = clip.state_dict().SelectMany(p => ClipCheckpoint.HuggingFaceNames(p.Key, p.Value.detach())).ToDictionary(p => p.Name, p => p.Value.shape);
        Assert.Equal(151_277_313, named.Values.Sum(s => s.Aggregate(1L, (a, b) => a * b)));
        Assert.Equal(398, named.Count);                     // as transformers' CLIPModel lists them, without position ids
        foreach (var (name, shape) in new (string, long[])[]
        {
            ("vision_model.encoder.layers.11.self_attn.v_proj.weight", [768, 768]), ("text_model.encoder.layers.0.mlp.fc1.bias", [2048]), ("visual_projection.weight", [512, 768]),
            ("text_projection.weight", [512, 512]), ("vision_model.embeddings.patch_embedding.weight", [768, 3, 32, 32]), ("vision_model.pre_layrnorm.weight", [768]),
            ("text_model.embeddings.position_embedding.weight", [77, 512]), ("text_model.final_layer_norm.bias", [512]),
        })
            Assert.Equal(shape, named[name]);
    }

    private static Dictionary<string, Tensor> Tensors(ShapeListing listing) => listing.Own.ToDictionary(p => p.Key, p => empty(p.Value));

    private static void Same(ShapeListing listing, nn.Module module)
    {
        var own = module.state_dict().ToDictionary(p => p.Key, p => p.Value.shape);
        Assert.Equal(listing.Own.Keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        Assert.All(own, p => Assert.Equal(listing.Own[p.Key], p.Value));
        Assert.Equal(listing.Parameters, module.parameters().Sum(p => p.numel()));
        Assert.Equal(listing.Parameters, listing.Own.Where(p => !listing.Buffers.Contains(p.Key)).Sum(p => p.Value.Aggregate(1L, (a, b) => a * b)));
        Assert.Equal(listing.Buffers.Order(StringComparer.Ordinal), module.named_buffers().Select(b => b.name).Order(StringComparer.Ordinal));
    }
}
