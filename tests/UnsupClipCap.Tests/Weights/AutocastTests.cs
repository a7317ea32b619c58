using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class AutocastTests
{
    [Fact]
    public void Products_are_bfloat16_while_it_lives_and_float32_again_after()
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 4);
        using (var cast = Autocast.OnCpu())
        {
            if (cast is null) Assert.Skip("libtorch's autocast is looked for on Linux alone.");
            Assert.Equal(ScalarType.BFloat16, x.mm(x).dtype);
            Assert.Equal(ScalarType.Float32, nn.functional.cross_entropy(x.mm(x), zeros(4, dtype: ScalarType.Int64)).dtype);
            using (Autocast.OnCpu()) Assert.Equal(ScalarType.BFloat16, x.mm(x).dtype);
            Assert.Equal(ScalarType.BFloat16, x.mm(x).dtype);
        }
        Assert.Equal(ScalarType.Float32, x.mm(x).dtype);
        Assert.Null(Autocast.Where(CPU));
    }

    [Fact]
    public void A_captioners_loss_in_bfloat16_is_that_in_float32_to_three_digits_and_its_gradients_are_float32()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var recipe = new Recipe { Gpt2 = new() { Vocabulary = 50, Positions = 32, Width = 32, Layers = 2, Heads = 2, Dropout = 0 }, PrefixLength = 4 };
        using var model = new ClipCap(16, recipe);
        using var batch = CaptionBatch.Of([[3, 4, 5], [6, 7, 8]], null, false, CPU);
        var embeddings = randn(2, 16);
        var exact = model.Loss(batch, embeddings).item<float>();
        Tensor loss;
        using (var cast = Autocast.OnCpu())
        {
            if (cast is null) Assert.Skip("libtorch's autocast is looked for on Linux alone.");
            loss = model.Loss(batch, embeddings);
        }
        Assert.NotEqual(exact, loss.item<float>());
        Assert.Equal(exact, loss.item<float>(), 2e-2 * exact);
        loss.backward();
        Assert.All(model.parameters(), p => Assert.Equal(ScalarType.Float32, p.grad!.dtype));
    }

    [Fact]
    public void A_device_without_bfloat16_is_told_of_where_it_is_asked_for()
    {
        Assert.Null(CudaDriver.Find(10_000));
        using var encoder = MiniClip.Load();
        Assert.Contains("float32", Assert.Throws<UserException>(() => encoder.To(CPU, bfloat16: true)).Message);
        Assert.False(encoder.IsBfloat16);
    }
}
