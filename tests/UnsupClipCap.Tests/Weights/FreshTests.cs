using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class FreshTests
{
    private static readonly ClipConfig Vit = new()
    {
        EmbeddingWidth = 16,
        Vision = new() { ImageSize = 32, PatchSize = 8, Width = 32, Layers = [2], Heads = 2 },
        Text = new() { Vocabulary = 60, Context = 20, Width = 32, Layers = 2, Heads = 2 },
    };

    private static readonly ClipConfig ResNet = Vit with { Vision = new() { ImageSize = 64, Width = 16, Layers = [1, 1, 2], Heads = 2 } };

    private static readonly Recipe Small = new() { Gpt2 = new() { Vocabulary = 50, Positions = 32, Width = 32, Layers = 2, Heads = 2 }, PrefixLength = 4, ClipLength = 3, MapperHeads = 2, MapperLayers = 2 };

    public static TheoryData<string, Func<nn.Module>> Models => new()
    {
        { "ViT", () => new Clip(Vit) },
        { "ResNet", () => new Clip(ResNet) },
        { "MLP", () => new ClipCap(16, Small) },
        { "transformer", () => new ClipCap(16, Small with { Mapper = MapperKind.Transformer }) },
    };

    [Theory, MemberData(nameof(Models))]
    public void A_model_that_was_made_blank_and_filled_is_the_one_the_weights_were_taken_from(string name, Func<nn.Module> make)
    {
        using var scope = NewDisposeScope();
        using var first = make();
        using var filled = ModuleWeights.Make(make, 1e5, first.state_dict(), name);
        var (theirs, ours) = (first.state_dict(), filled.state_dict());
        Assert.Equal(theirs.Keys, ours.Keys);
        Assert.All(theirs, p => Assert.True(p.Value.equal(ours[p.Key]).all().item<bool>(), p.Key));
        Assert.Equal(first.named_parameters().Select(p => (p.name, p.parameter.requires_grad, p.parameter.shape.Length)), filled.named_parameters().Select(p => (p.name, p.parameter.requires_grad, p.parameter.shape.Length)));
        if (first is not Clip clip) return;
        clip.eval();
        filled.eval();
        var pixels = randn(2, 3, clip.Config.Vision.ImageSize, clip.Config.Vision.ImageSize);
        var (ids, ends) = ClipText.Batch([[1, 2, 3], [4, 5, 6, 7]], CPU);
        Assert.True(clip.EncodeImage(pixels).equal(((Clip)filled).EncodeImage(pixels)).all().item<bool>());
        Assert.True(clip.EncodeText(ids, ends).equal(((Clip)filled).EncodeText(ids, ends)).all().item<bool>());
    }

    [Theory, MemberData(nameof(Models))]
    public void No_weight_may_be_missing_from_what_fills_a_blank_model(string name, Func<nn.Module> make)
    {
        using var scope = NewDisposeScope();
        using var first = make();
        foreach (var lost in first.state_dict().Keys.Where(k => !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            var tensors = first.state_dict().Where(p => p.Key != lost).ToDictionary(p => p.Key, p => p.Value);
            Assert.Contains(lost, Assert.Throws<UserException>(() => ModuleWeights.Make(make, 1e5, tensors, name)).Message);
        }
    }

    [Fact]
    public void Blankness_ends_with_the_model()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<UserException>(() => Fresh.Blank<nn.Module>(() => throw new UserException("no")));
        manual_seed(1);
        using var a = new Clip(Vit);
        manual_seed(1);
        using var b = new Clip(Vit);
        Assert.Equal(ModuleWeights.Checksum(a), ModuleWeights.Checksum(b));
        Assert.Equal(0.02, a.state_dict()["token_embedding.weight"].std().item<float>(), 0.002);
    }
}
