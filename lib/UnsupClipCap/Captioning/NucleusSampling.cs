using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Nucleus sampling (Holtzman et al., 2020): each token is drawn from the smallest set of likeliest tokens that holds p of the probability.</summary>
public static class NucleusSampling
{
    /// <summary>Draws a sentence for each prefix; see <see cref="BeamSearch.Run"/> for what the parameters share.</summary>
    /// <param name="gpt">The language model, in evaluation mode.</param>
    /// <param name="prefix">(B, P, w).</param>
    /// <param name="decoding">Share p, temperature and seed.</param>
    /// <param name="stops">Tokens that end a sentence.</param>
    /// <param name="maxTokens">Longest sentence.</param>
    /// <param name="firstImage">Number of the first row's image: it names the stream of random numbers.</param>
    /// <param name="cancel">Stops between tokens.</param>
    /// <param name="neverSaid">Tokens that no sentence may hold.</param>
    public static GeneratedTokens[] Run(Gpt2 gpt, Tensor prefix, Decoding decoding, IReadOnlySet<int> stops, int maxTokens, int firstImage = 0, CancellationToken cancel = default,
        IReadOnlyList<int>? neverSaid = null)
    {
        using var _ = inference_mode(true);
        using var cache = new KeyValueCache(gpt.Config.Layers);
        var B = (int)prefix.shape[0];
        var streams = Enumerable.Range(firstImage, B).Select(i => new SeededRandom(decoding.Seed, "nucleus", $"{i}")).ToArray();
        var (sentences, sums) = (Enumerable.Range(0, B).Select(_ => new List<int>()).ToArray(), new double[B]);
        var rows = Enumerable.Range(0, B).ToList();                                 // the image of each row still growing
        var input = prefix.alias().DetachFromDisposeScope();
        for (var length = 1; ; length++)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var hidden = gpt.Forward(input, cache);
            input.Dispose();
            var logits = gpt.Logits(hidden.select(1, hidden.shape[1] - 1));         // (rows, V)
            BeamSearch.NeverSay(logits, neverSaid);
            var (sorted, order) = (logits / decoding.Temperature).softmax(-1).sort(-1, descending: true);
            var before = sorted.cumsum(-1) - sorted;                                // probability of all likelier tokens
            var kept = sorted.masked_fill(before >= decoding.TopP, 0);
            var draws = tensor(rows.Select(i => streams[i].NextDouble()).ToArray(), device: prefix.device).to(kept.dtype).unsqueeze(1);
            var place = (kept.cumsum(-1) < draws * kept.sum(-1, keepdim: true)).sum(-1, keepdim: true).clamp_max(kept.shape[1] - 1);
            var token = order.gather(1, place);                                     // (rows, 1)
            var log = logits.log_softmax(-1).gather(1, token).to(ScalarType.Float64).cpu().data<double>().ToArray();
            var tokens = token.cpu().data<long>().ToArray();
            var live = new List<long>();
            for (var row = 0; row < rows.Count; row++)
            {
                sentences[rows[row]].Add((int)tokens[row]);
                sums[rows[row]] += log[row];
                if (length < maxTokens && !stops.Contains((int)tokens[row])) live.Add(row);
            }
            if (live.Count == 0) break;
            if (live.Count < rows.Count) cache.Select(tensor(live, device: prefix.device));
            input = gpt.Embed(tensor(live.Select(row => tokens[row]).ToArray(), [live.Count, 1], device: prefix.device)).DetachFromDisposeScope();
            rows = [.. live.Select(row => rows[(int)row])];
        }
        return [.. sentences.Select((s, i) => new GeneratedTokens([.. s], sums[i] / s.Count))];
    }
}
