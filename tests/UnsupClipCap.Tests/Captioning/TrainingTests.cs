using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TrainingTests
{
    private static string Bytes(Captioner captioner)
    {
        using var scope = NewDisposeScope();
        return Cache.Key(ModuleWeights.Take(captioner.Model).OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value.bytes.ToArray()).ToArray());
    }

    private static Captioner Train(Source source = Source.OtherCaption, int seed = 3, string? state = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default) =>
        CaptionerTraining.Run(TinyWorld.Card(source, seed), TinyWorld.Corpus(), TinyWorld.Tokenizer, CPU, state, progress, cancel);

    [Fact]
    public void Epochs_that_are_asked_for_take_back_steps_and_a_recipe_comes_back_from_its_file()
    {
        var steps = new Recipe { Steps = 800 };
        Assert.Null((steps with { Epochs = 3 }).Steps);
        Assert.Equal(800, (steps with { Scale = 4 }).Steps);
        foreach (var recipe in new[] { steps, steps with { Epochs = 3 }, steps with { Epochs = 3, Steps = 7 } })
        {
            var back = System.Text.Json.JsonSerializer.Deserialize<Recipe>(System.Text.Json.JsonSerializer.Serialize(recipe))!;
            Assert.Equal((recipe.Epochs, recipe.Steps), (back.Epochs, back.Steps));
        }
    }

    [Fact]
    public void A_resumed_run_ends_with_the_same_weights_as_an_unbroken_one_bit_for_bit()
    {
        var state = Path.Combine(Directory.CreateTempSubdirectory().FullName, "run.state");
        using var unbroken = Train();
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(state: state, progress: new StopAt(10, source), cancel: source.Token));
        Assert.True(File.Exists(state));
        using var resumed = Train(state: state);
        Assert.Equal(Bytes(unbroken), Bytes(resumed));
        Assert.Equal(unbroken.Loss.Losses, resumed.Loss.Losses);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        using var a = Train();
        using var b = Train();
        using var c = Train(seed: 4);
        Assert.Equal(Bytes(a), Bytes(b));
        Assert.NotEqual(Bytes(a), Bytes(c));
    }

    [Theory]
    [InlineData(.01, 60)]
    [InlineData(1.7, 60)]
    [InlineData(6, 200)]
    [InlineData(60, 2000)]
    public void States_are_saved_each_minute_or_as_seldom_as_keeps_it_to_three_hundredths_of_the_time(double cost, double apart) =>
        Assert.Equal(apart, TrainingLoop.SaveEvery(TimeSpan.FromSeconds(cost)).TotalSeconds, 1e-6);

    [Fact]
    public void A_state_of_other_settings_is_refused()
    {
        var state = Path.Combine(Directory.CreateTempSubdirectory().FullName, "run.state");
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(state: state, progress: new StopAt(10, source), cancel: source.Token));
        var error = Assert.Throws<UserException>(() => Train(Source.Images, state: state));
        Assert.Contains(state, error.Message);
    }

    [Fact]
    public void Training_learns_captions_from_their_images()
    {
        var recipe = TinyWorld.Recipe with { Steps = 200, Noise = null, Scale = 8, LearningRate = 1e-2, Gpt2 = TinyWorld.Recipe.Gpt2 with { Dropout = 0 } };
        using var captioner = CaptionerTraining.Run(TinyWorld.Card(Source.SameCaption) with { Recipe = recipe }, TinyWorld.Corpus(), TinyWorld.Tokenizer, CPU);
        Assert.True(captioner.Loss.Last() < captioner.Loss.Losses[0] / 2, $"{captioner.Loss.Losses[0]} -> {captioner.Loss.Last()}");
    }

    [Fact]
    public void Live_tensors_do_not_grow_over_steps()
    {
        var counts = new List<long>();
        var progress = new Counter(counts);
        var recipe = TinyWorld.Recipe with { Steps = 40 };
        using var captioner = CaptionerTraining.Run(TinyWorld.Card() with { Recipe = recipe }, TinyWorld.Corpus(), TinyWorld.Tokenizer, CPU, null, progress);
        Assert.Equal(4, counts.Count);
        Assert.Single(counts.Skip(1).Distinct());
    }

    private sealed class Counter(List<long> counts) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress p) => counts.Add(TinyWorld.LiveTensors());
    }

    [Theory]
    [InlineData(Source.Images)]
    [InlineData(Source.OtherCaption)]
    [InlineData(Source.SameCaption)]
    public void Inputs_come_from_the_source(Source source)
    {
        var corpus = TinyWorld.Corpus();
        var random = new SeededRandom(1);
        for (var row = 0; row < corpus.Tokens.Count; row++)
        {
            var input = corpus.InputRow(source, row, random);
            if (source == Source.Images) Assert.Equal(corpus.Image[row], input);
            if (source == Source.SameCaption) Assert.Equal(row, input);
            if (source != Source.OtherCaption) continue;
            Assert.NotEqual(row, input);
            Assert.Equal(corpus.Image[row], corpus.Image[input]);
        }
    }

    [Fact]
    public void Every_other_caption_of_an_image_is_as_likely()
    {
        var corpus = TinyWorld.Corpus();
        var random = new SeededRandom(1);
        var counts = Enumerable.Range(0, 6000).GroupBy(_ => corpus.InputRow(Source.OtherCaption, 1, random)).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal([0, 2], counts.Keys.Order());
        Assert.All(counts.Values, n => Assert.InRange(n, 2800, 3200));
    }

    [Fact]
    public void An_image_with_one_caption_cannot_train_on_another_caption()
    {
        var corpus = new CaptionCorpus([[1], [2], [3]], [0, 0, 1], TinyWorld.Rows(3, "x"), null);
        Assert.Contains("Image 1", Assert.Throws<UserException>(() => corpus.Table(Source.OtherCaption)).Message);
        Assert.Throws<UserException>(() => corpus.Table(Source.Images));
    }

    [Fact]
    public void Batches_hold_captions_of_one_length_and_none_twice()
    {
        var corpus = TinyWorld.Corpus();
        var batches = corpus.Batches(8, new SeededRandom(1));
        Assert.Equal(batches.SelectMany(b => b).Count(), batches.SelectMany(b => b).Distinct().Count());
        Assert.All(batches, b => Assert.Equal(8, b.Length));
        var mixed = batches.Count(b => b.Select(r => corpus.Tokens[r].Length).Distinct().Count() > 1);
        Assert.True(mixed <= 4, $"{mixed} of {batches.Count} batches mix lengths");        // at most what is left over of each length
    }

    [Fact]
    public void Loss_of_a_padded_batch_is_the_mean_over_its_targets_alone()
    {
        using var captioner = TinyWorld.Untrained();
        int[][] captions = [[1, 2, 3], [4, 5, 6, 7, 8], [9]];
        var rows = TinyWorld.Rows(3, "loss");
        using var _ = no_grad();
        double sum = 0, targets = 0;
        for (var i = 0; i < captions.Length; i++)
        {
            using var one = CaptionBatch.Of([captions[i]], TinyWorld.Tokenizer.End, false, CPU);
            var count = captions[i].Length + 1;
            Assert.Null(one.Places);                                    // nothing to leave out: no padding
            sum += captioner.Model.Loss(one, rows.narrow(0, i, 1)).item<float>() * count;
            targets += count;
        }
        using var all = CaptionBatch.Of(captions, TinyWorld.Tokenizer.End, false, CPU);
        Assert.Equal(sum / targets, captioner.Model.Loss(all, rows).item<float>(), 1e-5);
    }
}
