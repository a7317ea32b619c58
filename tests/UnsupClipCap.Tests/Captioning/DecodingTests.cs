using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class DecodingTests
{
    private static readonly Tensor Embeddings = TinyWorld.Rows(24, "decoding");
    private static readonly IReadOnlySet<int> End = new HashSet<int> { TinyWorld.Tokenizer.End };

    /// <summary>Decoding as simply as it can be said: the whole sentence again for each token, one image at a time.</summary>
    private static int[] GreedyByHand(Captioner captioner, Tensor embedding)
    {
        using var _ = no_grad();
        var gpt = captioner.Model.Gpt;
        var sequence = captioner.Model.Prefix(embedding);
        var tokens = new List<int>();
        while (tokens.Count < captioner.Card.Recipe.MaxTokens)
        {
            var hidden = gpt.Forward(sequence);
            var token = (int)gpt.Logits(hidden.select(1, hidden.shape[1] - 1)).argmax(-1).item<long>();
            tokens.Add(token);
            if (End.Contains(token)) break;
            sequence = cat([sequence, gpt.Embed(tensor(new long[] { token }, [1, 1]))], 1);
        }
        return [.. tokens];
    }

    [Fact]
    public void A_beam_of_one_is_greedy_and_cached_equals_uncached()
    {
        using var captioner = TinyWorld.Untrained();
        using var _ = no_grad();
        var found = BeamSearch.Run(captioner.Model.Gpt, captioner.Model.Prefix(Embeddings), 1, End, captioner.Card.Recipe.MaxTokens);
        for (var i = 0; i < found.Length; i++) Assert.Equal(GreedyByHand(captioner, Embeddings.narrow(0, i, 1)), found[i].Tokens);
        Assert.Contains(found, f => f.Tokens.Length < captioner.Card.Recipe.MaxTokens);       // else nothing stopped and little was tested
    }

    [Fact]
    public void What_an_image_is_batched_with_does_not_change_its_caption()
    {
        using var captioner = TinyWorld.Untrained();
        foreach (var decoding in new[] { new Decoding { Beams = 4 }, Decoding.Greedy, new Decoding { Kind = DecodingKind.Nucleus, Seed = 9 } })
        {
            var together = captioner.Caption(Embeddings, decoding);
            var apart = captioner.Caption(Embeddings, decoding with { BatchSize = 5 });
            Assert.Equal(together.Select(c => c.Text), apart.Select(c => c.Text));
        }
    }

    [Fact]
    public void Scores_are_mean_log_probabilities_of_the_tokens_made()
    {
        using var captioner = TinyWorld.Untrained();
        using var _ = no_grad();
        var prefix = captioner.Model.Prefix(Embeddings);
        var found = BeamSearch.Run(captioner.Model.Gpt, prefix, 3, End, 12);
        for (var i = 0; i < found.Length; i++)
        {
            var tokens = tensor(found[i].Tokens.Select(t => (long)t).ToArray(), [1, found[i].Tokens.Length]);
            var hidden = captioner.Model.Gpt.Forward(cat([prefix.narrow(0, i, 1), captioner.Model.Gpt.Embed(tokens)], 1));
            var logs = captioner.Model.Gpt.Logits(hidden.narrow(1, captioner.Card.Recipe.PrefixLength - 1, tokens.shape[1])).log_softmax(-1);
            Assert.Equal(logs.gather(2, tokens.unsqueeze(2)).mean().item<float>(), found[i].Score, 1e-4);
        }
    }

    [Fact]
    public void A_wider_beam_rarely_finds_a_worse_sentence()
    {
        using var captioner = TinyWorld.Untrained();
        using var _ = no_grad();
        var prefix = captioner.Model.Prefix(Embeddings);
        double Mean(int beams) => BeamSearch.Run(captioner.Model.Gpt, prefix, beams, End, 12).Average(f => f.Score);
        Assert.True(Mean(5) > Mean(1));
    }

    [Fact]
    public void Stop_tokens_end_a_sentence_and_belong_to_it()
    {
        using var captioner = TinyWorld.Untrained();
        using var _ = no_grad();
        var stops = new HashSet<int>(Enumerable.Range(1, 15));
        foreach (var found in BeamSearch.Run(captioner.Model.Gpt, captioner.Model.Prefix(Embeddings), 2, stops, 12))
        {
            Assert.All(found.Tokens.SkipLast(1), t => Assert.DoesNotContain(t, stops));
            Assert.True(stops.Contains(found.Tokens[^1]) || found.Tokens.Length == 12);
        }
    }

    [Fact]
    public void What_is_never_said_is_never_said()
    {
        using var captioner = TinyWorld.Untrained();
        using var _ = no_grad();
        var prefix = captioner.Model.Prefix(Embeddings);
        var free = BeamSearch.Run(captioner.Model.Gpt, prefix, 3, End, 12);
        var banned = free[0].Tokens[0];
        Assert.DoesNotContain(BeamSearch.Run(captioner.Model.Gpt, prefix, 3, End, 12, neverSaid: [banned]), f => f.Tokens.Contains(banned));
        Assert.DoesNotContain(NucleusSampling.Run(captioner.Model.Gpt, prefix, new Decoding { TopP = 1 }, End, 12, neverSaid: [banned]), f => f.Tokens.Contains(banned));
    }

    [Fact]
    public void Nucleus_sampling_repeats_with_its_seed_and_nears_greedy_as_its_share_falls()
    {
        using var captioner = TinyWorld.Untrained();
        IEnumerable<string> Texts(double p, int seed) => captioner.Caption(Embeddings, new Decoding { Kind = DecodingKind.Nucleus, TopP = p, Seed = seed }).Select(c => c.Text);
        Assert.Equal(Texts(0.9, 1), Texts(0.9, 1));
        Assert.NotEqual(Texts(0.9, 1), Texts(0.9, 2));
        Assert.Equal(captioner.Caption(Embeddings, Decoding.Greedy).Select(c => c.Text), Texts(1e-6, 1));
    }

    [Fact]
    public void Decoding_leaves_no_live_tensors()
    {
        using var captioner = TinyWorld.Untrained();
        captioner.Caption(Embeddings);
        var before = TinyWorld.LiveTensors();
        for (var i = 0; i < 3; i++) captioner.Caption(Embeddings);
        Assert.Equal(before, TinyWorld.LiveTensors());
    }

    [Fact]
    public void A_captioner_comes_back_from_its_file_as_it_was()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "c.safetensors");
        using var captioner = TinyWorld.Untrained();
        captioner.Save(file);
        using var loaded = Captioner.Load(file);
        Assert.Equal(captioner.Caption(Embeddings).Select(c => c.Text), loaded.Caption(Embeddings).Select(c => c.Text));
        Assert.Equal(captioner.Card.Recipe with { StopTokens = loaded.Card.Recipe.StopTokens }, loaded.Card.Recipe);
    }

    [Fact]
    public void A_model_outlives_the_dispose_scope_it_was_made_in()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "c.safetensors");
        Captioner captioner, loaded;
        ClipEncoder encoder;
        using (NewDisposeScope())
        {
            captioner = TinyWorld.Untrained();
            captioner.Save(file);
            loaded = Captioner.Load(file);
            encoder = MiniClip.Load();
        }
        Assert.Equal(captioner.Caption(Embeddings).Select(c => c.Text), loaded.Caption(Embeddings).Select(c => c.Text));
        Assert.Equal(128, encoder.EncodeTexts(["a dog"]).shape[1]);
        captioner.Dispose();
        loaded.Dispose();
        encoder.Dispose();
    }

    [Fact]
    public void Embeddings_of_another_width_are_refused_by_name_of_the_encoder()
    {
        using var captioner = TinyWorld.Untrained();
        Assert.Contains("16 numbers", Assert.Throws<UserException>(() => captioner.Caption(ones(2, 8))).Message);
    }
}
