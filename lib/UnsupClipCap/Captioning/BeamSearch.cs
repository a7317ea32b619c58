using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// ClipCap's beam search, batched over images and with cached keys and values. Beams are ranked by their mean log-probability; a beam that has
/// stopped keeps its score and competes on; an image is done when all its beams have stopped. Only beams still growing cost a row.
/// </summary>
public static class BeamSearch
{
    /// <summary>A growing sentence: its last token and the one before it, back to the first.</summary>
    private sealed record Beam(Beam? Before, int Token, double Sum, int Length, bool Stopped, int Row)
    {
        public double Mean => Length == 0 ? 0 : Sum / Length;
    }

    /// <summary>Finds a sentence for each prefix.</summary>
    /// <param name="gpt">The language model, in evaluation mode.</param>
    /// <param name="prefix">(B, P, w): embeddings that stand before each sentence.</param>
    /// <param name="beams">Beams an image, 1 or more; 1 is greedy decoding.</param>
    /// <param name="stops">Tokens that end a sentence.</param>
    /// <param name="maxTokens">Longest sentence.</param>
    /// <param name="cancel">Stops between tokens.</param>
    /// <param name="neverSaid">Tokens that no sentence may hold, such as one for unknown words.</param>
    /// <returns>The best sentence of each row, stop token included.</returns>
    public static GeneratedTokens[] Run(Gpt2 gpt, Tensor prefix, int beams, IReadOnlySet<int> stops, int maxTokens, CancellationToken cancel = default,
        IReadOnlyList<int>? neverSaid = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beams, 1);
        using var _ = inference_mode(true);
        using var cache = new KeyValueCache(gpt.Config.Layers);
        var images = Enumerable.Range(0, (int)prefix.shape[0]).Select(row => new List<Beam> { new(null, -1, 0, 0, false, row) }).ToArray();
        var input = prefix.alias().DetachFromDisposeScope();                        // (rows, T, w): the prefix, then one token at a time
        for (var length = 1; ; length++)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (tokens, logProbabilities) = Likeliest(gpt, input, cache, beams, neverSaid);   // rows x beams each
            input.Dispose();
            var parents = new List<long>();
            var next = new List<long>();
            for (var image = 0; image < images.Length; image++)
            {
                if (images[image].TrueForAll(b => b.Stopped)) continue;
                images[image] = Grow(images[image], tokens, logProbabilities, beams, token => length == maxTokens || stops.Contains(token));
                for (var i = 0; i < images[image].Count; i++)
                {
                    var beam = images[image][i];
                    if (beam.Stopped) continue;
                    images[image][i] = beam with { Row = next.Count };
                    parents.Add(beam.Row);
                    next.Add(beam.Token);
                }
            }
            if (next.Count == 0) break;
            if (parents.Count != tokens.GetLength(0) || parents.Where((parent, row) => parent != row).Any())
                cache.Select(tensor(parents, device: prefix.device));
            input = gpt.Embed(tensor(next, [next.Count, 1], device: prefix.device)).DetachFromDisposeScope();
        }
        return [.. images.Select(b => Sentence(b.MaxBy(beam => beam.Mean)!))];
    }

    /// <summary>The <paramref name="count"/> likeliest next tokens of each row and their log-probabilities.</summary>
    private static (int[,] Tokens, double[,] LogProbabilities) Likeliest(Gpt2 gpt, Tensor input, KeyValueCache cache, int count, IReadOnlyList<int>? neverSaid)
    {
        var hidden = gpt.Forward(input, cache);                                     // (rows, T, w)
        var logits = gpt.Logits(hidden.select(1, hidden.shape[1] - 1));             // (rows, V)
        NeverSay(logits, neverSaid);
        var (values, indices) = logits.topk(Math.Min(count, gpt.Config.Vocabulary));
        values = values - logits.logsumexp(-1, keepdim: true);
        int rows = (int)values.shape[0], width = (int)values.shape[1];
        var (v, t) = (values.to(ScalarType.Float64).cpu().data<double>().ToArray(), indices.cpu().data<long>().ToArray());
        var (tokens, logs) = (new int[rows, width], new double[rows, width]);
        for (var i = 0; i < v.Length; i++) (tokens[i / width, i % width], logs[i / width, i % width]) = ((int)t[i], v[i]);
        return (tokens, logs);
    }

    /// <summary>Takes all probability from these tokens.</summary>
    internal static void NeverSay(Tensor logits, IReadOnlyList<int>? tokens)
    {
        foreach (var token in tokens ?? []) logits.select(-1, token).fill_(float.NegativeInfinity);
    }

    /// <summary>The best beams one token on. The best of all continuations are among the best of each beam's own.</summary>
    private static List<Beam> Grow(List<Beam> image, int[,] tokens, double[,] logs, int beams, Func<int, bool> stops)
    {
        var candidates = new List<Beam>(image.Count * beams);
        foreach (var beam in image)
        {
            if (beam.Stopped)
            {
                candidates.Add(beam);
                continue;
            }
            for (var i = 0; i < tokens.GetLength(1); i++)
            {
                var token = tokens[beam.Row, i];
                candidates.Add(new Beam(beam.Length == 0 ? null : beam, token, beam.Sum + logs[beam.Row, i], beam.Length + 1, stops(token), beam.Row));
            }
        }
        return [.. candidates.OrderByDescending(b => b.Mean).Take(beams)];          // a stable sort: ties keep their order
    }

    private static GeneratedTokens Sentence(Beam best)
    {
        var tokens = new int[best.Length];
        for (var (beam, i) = (best, best.Length - 1); beam is not null; beam = beam.Before, i--) tokens[i] = beam.Token;
        return new GeneratedTokens(tokens, best.Mean);
    }
}
