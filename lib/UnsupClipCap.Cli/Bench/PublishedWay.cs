using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap.Cli;

/// <summary>
/// Decoding and training as ClipCap's published code does them (Mokady et al., 2021; its notebook's <c>generate_beam</c> and its <c>train.py</c>),
/// on the same network: what the library's own way is measured against.
/// </summary>
internal static class PublishedWay
{
    /// <summary>
    /// Beam search of one image: at every step the prefix and all tokens so far of every beam, stopped ones too, go through the network anew,
    /// and logits are computed at every position although the last alone is used.
    /// </summary>
    /// <param name="gpt">In evaluation mode.</param>
    /// <param name="prefix">(1, P, w).</param>
    /// <param name="beams">Beams.</param>
    /// <param name="stop">The token that ends a sentence.</param>
    /// <param name="maxTokens">Longest sentence.</param>
    /// <returns>Tokens of the best sentence, its stop token included, and their mean log-probability.</returns>
    public static GeneratedTokens Caption(Gpt2 gpt, Tensor prefix, int beams, int stop, int maxTokens)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var generated = prefix;                                                         // (beams, P + tokens, w)
        Tensor? tokens = null;                                                          // (beams, tokens)
        var (scores, lengths, stopped) = (zeros(beams), ones(beams), zeros(beams, dtype: ScalarType.Bool));
        for (var step = 0; step < maxTokens && !stopped.all().item<bool>(); step++)
        {
            var all = gpt.Logits(gpt.Forward(generated));                               // (beams, P + tokens, V)
            var logs = all.select(1, all.shape[1] - 1).softmax(-1).log();               // (beams, V)
            Tensor next;                                                                // (beams)
            if (tokens is null)
            {
                (var best, next) = logs.topk(beams);
                (scores, next) = (best.squeeze(0), next.squeeze(0));
                generated = generated.expand(beams, -1, -1);
                tokens = next.unsqueeze(1);
            }
            else
            {
                logs[stopped] = double.NegativeInfinity;                                // a stopped beam goes on in one way, at no cost
                logs[stopped, 0] = 0;
                var sums = scores.unsqueeze(1) + logs;
                lengths = lengths + stopped.logical_not();
                var (means, chosen) = (sums / lengths.unsqueeze(1)).view(-1).topk(beams);
                var parent = chosen.div(logs.shape[1], RoundingMode.floor).to(ScalarType.Int64);
                next = chosen - parent * logs.shape[1];
                lengths = lengths.index_select(0, parent);
                scores = means * lengths;
                stopped = stopped.index_select(0, parent);
                tokens = cat([tokens.index_select(0, parent), next.unsqueeze(1)], 1);
                generated = generated.index_select(0, parent);
            }
            generated = cat([generated, gpt.Embed(next).unsqueeze(1)], 1);
            stopped = stopped.logical_or(next.eq(stop));
        }
        var mean = scores / lengths;
        var row = mean.argmax().item<long>();
        return new([.. tokens![row].data<long>().Take((int)lengths[row].item<float>()).Select(t => (int)t)], mean[row].item<float>());
    }

    /// <summary>Positions whose blocks, and whose logits, <see cref="Caption"/> computes where no beam stops: the prefix once, then all beams each step.</summary>
    public static long Positions(int prefix, int beams, int tokens) => prefix + Enumerable.Range(1, tokens - 1).Sum(t => (long)beams * (prefix + t));

    /// <summary>
    /// The loss of one batch: captions padded with token 0 to <paramref name="padded"/> tokens, logits at every position, padding left out of the mean.
    /// </summary>
    /// <param name="model">In training mode.</param>
    /// <param name="captions">Token ids of each caption.</param>
    /// <param name="embeddings">(B, d).</param>
    /// <param name="padded">Tokens a caption is padded to.</param>
    public static Tensor Loss(ClipCap model, IReadOnlyList<int[]> captions, Tensor embeddings, int padded)
    {
        var ids = new long[captions.Count * padded];
        for (var row = 0; row < captions.Count; row++)
            for (var t = 0; t < Math.Min(padded, captions[row].Length); t++) ids[row * padded + t] = captions[row][t];
        using var scope = NewDisposeScope();
        var tokens = tensor(ids, [captions.Count, padded]);
        var prefix = model.Prefix(embeddings);                                          // (B, P, w)
        var P = prefix.shape[1];
        var logits = model.Gpt.Logits(model.Gpt.Forward(cat([prefix, model.Gpt.Embed(tokens)], 1)));    // (B, P + T, V)
        return functional.cross_entropy(logits.narrow(1, P - 1, padded).flatten(0, 1), tokens.flatten(), ignore_index: 0).MoveToOuterDisposeScope();
    }
}
