using System.Globalization;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Lemmas by word and tag, learnt from the original's: of the rules for a tag, that of the longest ending of the word says how many letters to
/// take off and what to put in their place. A whole word, written with <c>^</c> before it, is the longest ending there is, so what was seen in training is exact.
/// </summary>
internal sealed class LemmaRules
{
    private const int LongestEnding = 6, LeastWords = 2;
    private readonly Dictionary<(string Tag, string Ending), (int Off, string On)> _rules = [];

    /// <summary>Reads rules.</summary>
    /// <param name="lines">A rule a line: <c>tag ending off on</c>, parted by tabs.</param>
    public LemmaRules(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var parts = line.Split('\t');
            _rules[(parts[0], parts[1])] = (int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
        }
    }

    /// <summary>The lemma of a word, lower case, with a tag; the word itself where no rule speaks of it.</summary>
    public string Lemma(string word, string tag)
    {
        var (off, on) = Find(word, tag);
        return off == 0 && on.Length == 0 ? word : string.Concat(word.AsSpan(0, word.Length - off), on);
    }

    private (int Off, string On) Find(string word, string tag)
    {
        if (_rules.TryGetValue((tag, "^" + word), out var rule)) return rule;
        for (var length = Math.Min(LongestEnding, word.Length); length >= 0; length--)
            if (_rules.TryGetValue((tag, word[^length..]), out rule) && rule.Off <= word.Length) return rule;
        return (0, "");
    }

    /// <summary>Learns rules: an ending gets one where most of its words differ from what the next shorter ending says.</summary>
    /// <param name="seen">Words with tag and lemma, each once.</param>
    /// <returns>Rules as the constructor reads them, in ordinal order.</returns>
    public static string[] Learn(IReadOnlyCollection<(string Word, string Tag, string Lemma)> seen)
    {
        var rules = new LemmaRules([]);
        for (var length = 0; length <= LongestEnding; length++)
        {
            var groups = seen.Where(s => s.Word.Length >= length).GroupBy(s => (s.Tag, Ending: s.Word[^length..])).ToList();
            var learnt = new List<((string, string) Key, (int, string) Rule)>();
            foreach (var group in groups)
            {
                var (change, count) = group.GroupBy(s => Change(s.Word, s.Lemma)).Select(g => (g.Key, g.Count())).OrderByDescending(g => g.Item2).ThenBy(g => g.Key.On, StringComparer.Ordinal).First();
                if (count >= LeastWords && rules.Find(group.First().Word, group.Key.Tag) != change) learnt.Add((group.Key, change));
            }
            foreach (var (key, rule) in learnt) rules._rules[key] = rule;
        }
        foreach (var (word, tag, lemma) in seen)
            if (rules.Lemma(word, tag) != lemma) rules._rules[(tag, "^" + word)] = Change(word, lemma);
        return [.. rules._rules.Select(r => $"{r.Key.Tag}\t{r.Key.Ending}\t{r.Value.Off}\t{r.Value.On}").Order(StringComparer.Ordinal)];
    }

    private static (int Off, string On) Change(string word, string lemma)
    {
        var same = 0;
        while (same < word.Length && same < lemma.Length && word[same] == lemma[same]) same++;
        return (word.Length - same, lemma[same..]);
    }
}
