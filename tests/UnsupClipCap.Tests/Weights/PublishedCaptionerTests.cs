using UnsupClipCap.Cli;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class PublishedCaptionerTests
{
    private static readonly string Folder = Directory.CreateTempSubdirectory().FullName;

    private static string Write(Dictionary<string, Tensor> tensors)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, TorchFile.Zip(TorchFile.Entries(tensors)));
        return path;
    }

    private static Dictionary<string, Tensor> Weights(MapperKind mapper = MapperKind.Mlp)
    {
        using var model = new ClipCap(6, Recipe.ClipCapCompatible with { Gpt2 = new() { Vocabulary = 9, Positions = 12, Width = 128, Layers = 2, Heads = 2 }, Mapper = mapper, PrefixLength = 3, ClipLength = 2, MapperLayers = 2 });
        return ModuleWeights.Take(model);
    }

    [Theory]
    [InlineData(MapperKind.Mlp)]
    [InlineData(MapperKind.Transformer)]
    public void Sizes_follow_from_the_shapes_and_the_rest_is_published_defaults(MapperKind mapper)
    {
        var weights = Weights(mapper);
        weights.Add("gpt.lm_head.weight", weights["gpt.transformer.wte.weight"]);
        weights.Add("gpt.transformer.h.0.attn.bias", ones(1, 1, 12, 12));
        weights.Add("gpt.transformer.h.0.attn.masked_bias", tensor(-1e4f));
        var (model, recipe) = PublishedCaptioner.LoadModel(Write(weights));
        using (model)
        {
            Assert.Equal((6, mapper, 3, mapper == MapperKind.Mlp ? 10 : 2), (model.EmbeddingWidth, recipe.Mapper, recipe.PrefixLength, recipe.ClipLength));
            Assert.Equal(new Gpt2Config { Vocabulary = 9, Positions = 12, Width = 128, Layers = 2, Heads = 2 }, recipe.Gpt2);
            Assert.Equal((false, 67, 13, false), (recipe.Normalize, recipe.MaxTokens, recipe.StopTokens.Single(), recipe.LearnEnd));
            Assert.All(model.state_dict(), p => Assert.True(p.Value.equal(weights[p.Key]).all().item<bool>(), p.Key));
        }
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("state_dict.")]
    [InlineData("state_dict.module.")]
    public void Names_that_training_programs_wrap_are_unwrapped(string wrapper)
    {
        var weights = Weights();
        var wrapped = weights.ToDictionary(p => wrapper + p.Key, p => p.Value);
        if (wrapper.StartsWith("state", StringComparison.Ordinal)) wrapped.Add("optimizer.momentum", ones(3));
        var (model, _) = PublishedCaptioner.LoadModel(Write(wrapped));
        using (model) Assert.All(model.state_dict(), p => Assert.True(p.Value.equal(weights[p.Key]).all().item<bool>(), p.Key));
        // One name without what all others have is no wrapper.
        if (wrapper == "module.")
            Assert.Contains("clip_project", Assert.Throws<UserException>(() => PublishedCaptioner.LoadModel(Write(new(wrapped) { ["stranger"] = ones(1) }))).Message);
    }

    [Fact]
    public void Training_goes_on_from_its_weights()
    {
        var (model, recipe) = PublishedCaptioner.LoadModel(Write(Weights()));
        var tokenizer = new WordTokenizer(["a", "b", "c", "d", "e", "f"]);
        var card = new CaptionerCard { Recipe = recipe with { Steps = 2, BatchSize = 4, LearningRate = 0 }, EmbeddingWidth = 6, Source = Source.Images };
        using var start = new Captioner(card, model, tokenizer);
        var corpus = new CaptionCorpus([[1, 2], [3, 4], [2, 5], [1, 6]], [0, 1, 2, 3], null, randn(4, 6));
        using var same = CaptionerTraining.Run(card, corpus, tokenizer, CPU, start: start);
        Assert.Equal(ModuleWeights.Checksum(start.Model), ModuleWeights.Checksum(same.Model));
        using var trained = CaptionerTraining.Run(card with { Recipe = card.Recipe with { LearningRate = 1e-2, WarmupSteps = 0 } }, corpus, tokenizer, CPU, start: start);
        Assert.NotEqual(ModuleWeights.Checksum(start.Model), ModuleWeights.Checksum(trained.Model));
        Assert.Equal(same.Loss.Losses[0], trained.Loss.Losses[0]);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        string Refused(Dictionary<string, Tensor> weights, PublishedSettings? settings = null)
        {
            var path = Write(weights);
            var message = Assert.Throws<UserException>(() => PublishedCaptioner.LoadModel(path, settings)).Message;
            Assert.Contains(path, message);
            return message;
        }
        Assert.Contains("--heads", Refused(Weights(), new() { Heads = 3 }));
        Assert.Contains("'clip_project.…'", Refused(new() { ["a"] = ones(2) }));
        var odd = Weights();
        odd["clip_project.model.2.weight"] = ones(3 * 128 + 1, 192);
        Assert.Contains("385 rows", Refused(odd));
        var untied = Weights();
        untied["gpt.lm_head.weight"] = zeros(9, 128);
        Assert.Contains("gpt.lm_head.weight", Refused(untied));
        var lacking = Weights();
        lacking.Remove("gpt.transformer.h.1.mlp.c_fc.weight");
        lacking.Remove("gpt.transformer.ln_f.bias");
        lacking["clip_project.model.0.bias"] = ones(191);
        lacking["extra"] = ones(1);
        var all = Refused(lacking);
        Assert.All(["gpt.transformer.h.1.mlp.c_fc.weight [128, 512]", "gpt.transformer.ln_f.bias", "clip_project.model.0.bias is [191] and should be [192]", "extra"], part => Assert.Contains(part, all));
    }
}
