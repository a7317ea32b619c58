using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ClipCapParityTests
{
    private sealed record Loaded(ModelGoldens Golden, ClipCap Model, Recipe Recipe);

    private static Loaded Load(string name)
    {
        var golden = new ModelGoldens(Goldens.Folder(name));
        var file = golden.PathOf("checkpoint.pt");
        // ClipCap's checkpoints hold neither; the references' have no dropout, and some heads that are not 64 wide.
        var (model, recipe) = PublishedCaptioner.LoadModel(file, new() { Heads = golden.Settings.GetProperty("heads").GetInt32(), Dropout = 0 });
        Assert.Equal((golden.Settings.GetProperty("prefix_length").GetInt32(), golden.Settings.GetProperty("mapper").GetString() == "transformer" ? MapperKind.Transformer : MapperKind.Mlp),
            (recipe.PrefixLength, recipe.Mapper));
        if (recipe.Mapper == MapperKind.Transformer) Assert.Equal(golden.Settings.GetProperty("clip_length").GetInt32(), recipe.ClipLength);
        return new(golden, model, recipe);
    }

    private static CaptionBatch Batch(ModelGoldens golden)
    {
        var lengths = golden["lengths"].data<long>().ToArray();
        var captions = lengths.Select((n, row) => golden["tokens"][row].narrow(0, 0, n).data<long>().Select(t => (int)t).ToArray()).ToList();
        return CaptionBatch.Of(captions, end: null, ignoreZero: true, CPU);
    }

    [Theory]
    [InlineData("clipcap_mlp")]
    [InlineData("clipcap_transformer")]
    public void Prefix_logits_and_loss_equal_the_reference(string name)
    {
        var (golden, model, recipe) = Load(name);
        using var _ = no_grad();
        var projected = model.Prefix(golden["prefix"]);
        if (golden.Offers("projected")) ModelGoldens.Close(golden["projected"], projected);
        var hidden = model.Gpt.Forward(cat([projected, model.Gpt.Embed(golden["tokens"])], 1));
        var logits = model.Gpt.Logits(hidden.narrow(1, recipe.PrefixLength - 1, golden["tokens"].shape[1]));
        var lengths = golden.Offers("lengths", "logits") ? golden["lengths"].data<long>().ToArray() : [];   // beyond them the reference masks, and nothing is asked of us
        for (var row = 0; row < lengths.Length; row++)
            ModelGoldens.Close(golden["logits"][row].narrow(0, 0, lengths[row]), logits[row].narrow(0, 0, lengths[row]));
        if (golden.Offers("loss")) Assert.Equal(golden.Settings.GetProperty("loss").GetDouble(), model.Loss(Batch(golden), golden["prefix"]).item<float>(), 1e-4);
        golden.MustHaveOffered();
    }

    [Theory]
    [InlineData("clipcap_mlp")]
    [InlineData("clipcap_transformer")]
    public void Five_steps_of_training_equal_the_reference(string name)
    {
        var (golden, model, recipe) = Load(name);
        if (!golden.Offers("losses_of_five_steps")) Assert.Skip($"{golden.Folder} has no 'losses_of_five_steps'.");
        var expected = golden.Settings.GetProperty("losses_of_five_steps").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        using var optimizer = new AdamW(model.named_parameters(), epsilon: 1e-6);
        var schedule = new LinearSchedule(2e-3, 2, 6);
        model.train();
        for (var step = 0; step < expected.Length; step++)
        {
            var loss = model.Loss(Batch(golden), golden["prefix"]);
            Assert.Equal(expected[step], loss.item<float>(), 2e-4);
            loss.backward();
            optimizer.Step(schedule.At(step));
        }
        if (golden.Has("final_wte")) ModelGoldens.Close(golden["final_wte"], model.state_dict()["gpt.transformer.wte.weight"]);
    }

    [Theory]
    [InlineData("clipcap_mlp")]
    [InlineData("clipcap_transformer")]
    public void Beams_find_the_reference_tokens_and_scores(string name)
    {
        var (golden, model, _) = Load(name);
        if (!golden.Offers("beam", "beam_tokens", "beam_scores")) Assert.Skip($"{golden.Folder} has no 'beam', 'beam_tokens' and 'beam_scores'.");
        var beam = golden.Settings.GetProperty("beam");
        var found = BeamSearch.Run(model.Gpt, model.Prefix(golden["prefix"]), beam.GetProperty("width").GetInt32(),
            new HashSet<int> { beam.GetProperty("stop_token").GetInt32() }, beam.GetProperty("max_new_tokens").GetInt32());
        var tokens = golden.Settings.GetProperty("beam_tokens").EnumerateArray().Select(r => r.EnumerateArray().Select(t => t.GetInt32()).ToArray()).ToArray();
        var scores = golden.Settings.GetProperty("beam_scores").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(tokens.Length, found.Length);
        for (var row = 0; row < tokens.Length; row++)
        {
            Assert.Equal(tokens[row], found[row].Tokens);
            Assert.Equal(scores[row], found[row].Score, 1e-4);
        }
    }
}
