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
}
