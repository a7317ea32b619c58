using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Sentences as batches of one length each, in an order that is a function of the seed and the pass.</summary>
internal sealed class SpiceBatches
{
    /// <summary>B sentences of n words.</summary>
    /// <param name="Rows">(B, n + 1, features), int64: the root's row first.</param>
    /// <param name="FunctionWords">(B, n): places of the function words, counted from 1; 0 for other words.</param>
    /// <param name="Tags">(B, n).</param>
    /// <param name="Heads">(B, n): 0 for the root, else the word, counted from 1.</param>
    /// <param name="Relations">(B, n).</param>
    public sealed record Batch(Tensor Rows, Tensor FunctionWords, Tensor Tags, Tensor Heads, Tensor Relations);

    private sealed record Numbered(int[] Rows, int[] FunctionWords, int[] Counts, byte[] Tags, int[] Heads, byte[] Relations);

    private readonly SpiceRecipe _recipe;
    private readonly List<Numbered[]> _byLength;
    private readonly List<(int Group, int Start, int Count)> _plan = [];
    private int _pass = -1;
    private int[][] _orders = [];
    private int[] _batchOrder = [];

    public SpiceBatches(SpiceRecipe recipe, SpiceParserTraining.Inventory inventory, IReadOnlyDictionary<string, int> counts, IReadOnlyList<ParsedSentence> sentences)
    {
        _recipe = recipe;
        _byLength = [.. sentences.Where(s => s.Words.Length > 0).GroupBy(s => s.Words.Length).OrderBy(g => g.Key).Select(g => g.Select(s => Number(s, inventory, counts)).ToArray())];
        for (var g = 0; g < _byLength.Count; g++)
        {
            var size = Math.Max(1, recipe.BatchWords / _byLength[g][0].Heads.Length);
            for (var start = 0; start < _byLength[g].Length; start += size) _plan.Add((g, start, Math.Min(size, _byLength[g].Length - start)));
        }
    }

    /// <summary>Batches of one pass.</summary>
    public int StepsOfAPass => _plan.Count;

    /// <summary>The batch of a step, counted from 0 over all passes.</summary>
    public Batch Of(int step)
    {
        Order(step / _plan.Count);
        var (group, start, B) = _plan[_batchOrder[step % _plan.Count]];
        var random = new SeededRandom(_recipe.Seed, "spice", "unknown", $"{step}");
        int n = _byLength[group][0].Heads.Length, T = n + 1, F = WordFeatures.Count;
        var (rows, functions, tags, heads, relations) = (new long[B * T * F], new long[B * n], new long[B * n], new long[B * n], new long[B * n]);
        for (var b = 0; b < B; b++)
        {
            var sentence = _byLength[group][_orders[group][start + b]];
            rows[b * T * F] = WordFeatures.Root;
            for (var i = 0; i < n; i++)
            {
                var at = (b * T + i + 1) * F;
                for (var f = 0; f < F; f++) rows[at + f] = sentence.Rows[i * F + f];
                if (_recipe.Unknown > 0 && random.Chance(_recipe.Unknown / (_recipe.Unknown + sentence.Counts[i]))) rows[at] = WordFeatures.Unknown;
                (functions[b * n + i], tags[b * n + i], heads[b * n + i], relations[b * n + i]) = (sentence.FunctionWords[i], sentence.Tags[i], sentence.Heads[i], sentence.Relations[i]);
            }
        }
        return new(tensor(rows, [B, T, F]), tensor(functions, [B, n]), tensor(tags, [B, n]), tensor(heads, [B, n]), tensor(relations, [B, n]));
    }

    private void Order(int pass)
    {
        if (pass == _pass) return;
        var random = new SeededRandom(_recipe.Seed, "spice", "order", $"{pass}");
        _orders = [.. _byLength.Select(g => Shuffled(g.Length, random))];
        _batchOrder = Shuffled(_plan.Count, random);
        _pass = pass;
    }

    private static int[] Shuffled(int count, SeededRandom random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle<int>(order);
        return order;
    }

    private static Numbered Number(ParsedSentence sentence, SpiceParserTraining.Inventory inventory, IReadOnlyDictionary<string, int> counts)
    {
        var rows = new int[sentence.Words.Length * WordFeatures.Count];
        for (var i = 0; i < sentence.Words.Length; i++) inventory.Features.Rows(sentence.Words[i], rows.AsSpan(i * WordFeatures.Count, WordFeatures.Count));
        return new(rows, Array.ConvertAll(sentence.Words, w => Math.Max(0, Array.BinarySearch(inventory.FunctionWords, w, StringComparer.Ordinal) + 1)), Array.ConvertAll(sentence.Words, w => counts.GetValueOrDefault(w)),
            Array.ConvertAll(sentence.Tags, t => Place(inventory.Tags, t)), sentence.Heads, Array.ConvertAll(sentence.Relations, r => Place(inventory.Relations, r)));
    }

    private static byte Place(string[] all, string one) => checked((byte)Array.BinarySearch(all, one, StringComparer.Ordinal));
}
