using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>
/// Words that may stand for each other without a change to the parse. The parser to imitate is an unlexicalised PCFG (Klein &amp; Manning, 2003): of a content word it sees
/// how probable the word is under each tag, and nothing else. Two that have one and the same tag wherever they occur are therefore parsed alike: of pairs of
/// training captions that differ in such words alone, more than 99.9 % have the same tree. Exchanging them keeps the network from learning which words go together in sensible
/// captions, which the PCFG does not know; so it errs as the PCFG does where a caption makes no sense.
/// </summary>
internal sealed class ExchangeableWords
{
    private static readonly string[] Tags = ["NN", "NNS", "JJ", "CD", "VBG", "VBN", "VBZ"];

    // "Get" is an auxiliary of the passive now and then.
    private static readonly string[] HalfAuxiliaries = ["gets", "getting"];

    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private readonly int[][][] _rows;           // of each class its words' rows

    public ExchangeableWords(SpiceRecipe recipe, SpiceParserTraining.Inventory inventory, IReadOnlyList<ParsedSentence> sentences)
    {
        var apart = inventory.FunctionWords.Union(HalfAuxiliaries).ToHashSet(StringComparer.Ordinal);
        var words = Tags.Select(_ => new List<int[]>()).ToArray();
        var tagged = sentences.SelectMany(s => s.Words.Zip(s.Tags)).CountBy(w => w).ToLookup(w => w.Key.First, w => (Tag: w.Key.Second, Count: w.Value));
        foreach (var word in tagged.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            var (tag, count) = word.MaxBy(t => t.Count);
            var all = word.Sum(t => t.Count);
            var c = Array.IndexOf(Tags, tag);
            if (c < 0 || all < recipe.ExchangeableSeen || count < recipe.ExchangeableShare * all || apart.Contains(word.Key)) continue;
            var rows = new int[WordFeatures.Count];
            inventory.Features.Rows(word.Key, rows);
            words[c].Add(rows);
            _classes.Add(word.Key, c);
        }
        _rows = [.. words.Select(w => w.ToArray())];
    }

    /// <summary>The class of a word with that tag; -1 for none.</summary>
    public int ClassOf(string word, string tag) => _classes.TryGetValue(word, out var c) && Tags[c] == tag ? c : -1;

    /// <summary>The rows of some word of a class, each as likely as the others.</summary>
    public int[] Rows(int of, SeededRandom random) => random.Pick(_rows[of]);
}
