using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class Gpt2ParityTests
{
    private static readonly string[] Files = ["model.safetensors", "pytorch_model.bin"];

    private static Gpt2 Load(ModelGoldens golden, string file)
    {
        var gpt = new Gpt2(Gpt2Config.Read(golden.PathOf("config.json")));
        gpt.Load(ModuleWeights.Read(file), file);
        gpt.eval();
        return gpt;
    }

    private static IEnumerable<Gpt2> Models(ModelGoldens golden)
    {
        var files = Files.Select(golden.PathOf).Where(File.Exists).ToList();
        Assert.True(files.Count > 0, $"{golden.Folder} holds none of {string.Join(", ", Files)}");
        return files.Select(file => Load(golden, file));
    }

    [Fact]
    public void Logits_equal_the_reference_plain_padded_and_after_a_prefix()
    {
        var golden = new ModelGoldens(Goldens.Folder("gpt2_hf"));
        using var _ = no_grad();
        foreach (var gpt in Models(golden))
        {
            var embeddings = gpt.Embed(golden["input_ids"]);
            var logits = gpt.Logits(gpt.Forward(embeddings));
            if (golden.Offers("logits")) ModelGoldens.Close(golden["logits"], logits);
            var lengths = golden.Offers("lengths", "logits_masked") ? golden["lengths"].data<long>().ToArray() : [];
            for (var row = 0; row < lengths.Length; row++)
                ModelGoldens.Close(golden["logits_masked"][row].narrow(0, 0, lengths[row]), logits[row].narrow(0, 0, lengths[row]));
            if (golden.Offers("prefix", "logits_with_prefix"))
                ModelGoldens.Close(golden["logits_with_prefix"], gpt.Logits(gpt.Forward(cat([golden["prefix"], embeddings], 1))));
        }
        golden.MustHaveOffered();
    }

    [Theory]
    [InlineData("greedy", 1)]
    [InlineData("beam5", 5)]
    public void Search_finds_the_reference_tokens(string key, int beams)
    {
        var golden = new ModelGoldens(Goldens.Folder("gpt2_hf"));
        if (!golden.Offers(key)) Assert.Skip($"{golden.Folder} has no '{key}'.");
        var expected = golden[key];
        var ids = golden["input_ids"];
        // The prompt is what all rows share with the input; the rest was generated.
        var prompt = 0L;
        while (prompt < Math.Min(ids.shape[1], expected.shape[1]) && ids.select(1, prompt).equal(expected.select(1, prompt)).all().item<bool>()) prompt++;
        foreach (var gpt in Models(golden))
        {
            var found = BeamSearch.Run(gpt, gpt.Embed(expected.narrow(1, 0, prompt)), beams, new HashSet<int>(), (int)(expected.shape[1] - prompt));
            for (var row = 0; row < found.Length; row++)
                Assert.Equal(expected[row].narrow(0, prompt, expected.shape[1] - prompt).data<long>().Select(t => (int)t), found[row].Tokens);
        }
    }
}
