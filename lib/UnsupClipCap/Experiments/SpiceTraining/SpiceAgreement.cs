using System.Globalization;
using System.Text;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>How nearly our SPICE does what the original does.</summary>
/// <param name="Dev">On captions that were parsed by the original and not trained on; null where the folder has none.</param>
/// <param name="Sets">On sets of captions that the original scored, in order of name.</param>
public sealed record SpiceAgreement(SpiceAgreement.Parses? Dev, IReadOnlyList<SpiceAgreement.Scores> Sets)
{
    /// <summary>Agreement of parses.</summary>
    /// <param name="Captions">Captions compared.</param>
    /// <param name="Tags">Share of words with the original's tag.</param>
    /// <param name="Lemmas">Share of words with its lemma.</param>
    /// <param name="Heads">Share of words with its head.</param>
    /// <param name="Labelled">Share of words with its head and relation.</param>
    /// <param name="TupleF1">F1 over the tuples that captions propose, as multisets.</param>
    /// <param name="Whole">Share of captions that propose just the original's tuples.</param>
    public sealed record Parses(int Captions, double Tags, double Lemmas, double Heads, double Labelled, double TupleF1, double Whole);

    /// <summary>Agreement of scores.</summary>
    /// <param name="Name">The set.</param>
    /// <param name="Images">Images compared.</param>
    /// <param name="Ours">Our corpus score.</param>
    /// <param name="Original">The original's.</param>
    /// <param name="Correlation">Pearson's, of the images' scores.</param>
    public sealed record Scores(string Name, int Images, double Ours, double Original, double Correlation);

    /// <summary>
    /// Measures against what the original gave: <c>dev.jsonl.gz</c> (parses and tuples) and every other <c>.jsonl.gz</c> of the folder whose lines have
    /// <c>candidate</c>, <c>references</c> and <c>spice</c>. Files to train on are passed over.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">A parser's model file, or null for the shipped one.</param>
    /// <exception cref="UserException">The folder has nothing of the kind, or a line is not what the format says.</exception>
    public static SpiceAgreement Measure(string folder, string? model = null)
    {
        if (!Directory.Exists(folder)) throw new UserException($"{folder} does not exist. It holds captions parsed and scored by the original SPICE.");
        if (model is not null && !File.Exists(model)) throw new UserException($"{model} does not exist; expected a SPICE parser. './run train-spice --out FILE' makes one.");
        var parser = model is null ? null : new SpiceParser(ParserWeights.Read(model, File.ReadAllBytes(model)));
        var spice = parser is null ? new Spice() : new Spice(parser);
        Parses? dev = null;
        var sets = new List<Scores>();
        foreach (var file in Directory.GetFiles(folder, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file)[..^".jsonl.gz".Length];
            if (name is "train" or "more") continue;
            var lines = SpiceCorpus.Lines(file).ToList();
            if (lines.Count == 0) continue;
            if (lines[0].Optional("sentences") is not null) dev = CompareParses(lines, spice.Parser);
            else sets.Add(CompareScores(name, lines, spice));
        }
        if (dev is null && sets.Count == 0) throw new UserException($"{folder} holds no .jsonl.gz with what the original SPICE gave; expected dev.jsonl.gz or scored sets.");
        return new(dev, sets);
    }

    /// <summary>A line for each part measured.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Dev is { } d)
            text.AppendLine(CultureInfo.InvariantCulture, $"parses of {d.Captions:n0} captions: tags {d.Tags:0.0000}, lemmas {d.Lemmas:0.0000}, heads {d.Heads:0.0000}, labelled {d.Labelled:0.0000}; tuples F1 {d.TupleF1:0.0000}, all right for {d.Whole:0.0%}");
        foreach (var s in Sets)
            text.AppendLine(CultureInfo.InvariantCulture, $"{s.Name}, {s.Images:n0} images: {s.Ours:0.0000} (original {s.Original:0.0000}, {s.Ours - s.Original:+0.0000;-0.0000}), per-image correlation {s.Correlation:0.000}");
        return text.ToString().TrimEnd();
    }

    private static Parses CompareParses(List<JsonPlace> lines, SpiceParser parser)
    {
        var golden = lines.ConvertAll(l => (Sentences: l.Required("sentences").List(SpiceCorpus.Sentence), Tuples: l.Required("tuples").List(t => string.Join(" | ", t.List(w => w.Text())))));
        var parsed = parser.Parse([.. lines.Select(l => l.Required("caption").Text().Split(' ', StringSplitOptions.RemoveEmptyEntries))]);
        int words = 0, tags = 0, lemmas = 0, heads = 0, labelled = 0, shared = 0, ours = 0, theirs = 0, whole = 0;
        for (var c = 0; c < parsed.Length; c++)
        {
            words += golden[c].Sentences.Sum(s => s.Words.Length);
            foreach (var (right, found) in golden[c].Sentences.Zip(parsed[c]))
            {
                if (right.Words.Length != found.Words.Length) continue;         // all its words count as wrong
                for (var i = 0; i < right.Words.Length; i++)
                {
                    if (right.Tags[i] == found.Tags[i]) tags++;
                    if (right.Lemmas[i] == found.Lemmas[i]) lemmas++;
                    if (right.Heads[i] != found.Heads[i]) continue;
                    heads++;
                    if (right.Relations[i] == found.Relations[i]) labelled++;
                }
            }
            var left = golden[c].Tuples.CountBy(t => t).ToDictionary();
            var mine = parsed[c].SelectMany(SceneGraphTuples.Of).Select(t => string.Join(" | ", new[] { t.First, t.Second, t.Third }.OfType<string>())).ToList();
            var matched = mine.Count(t => left.GetValueOrDefault(t) > 0 && left[t]-- > 0);
            (shared, ours, theirs) = (shared + matched, ours + mine.Count, theirs + golden[c].Tuples.Count);
            if (matched == mine.Count && matched == golden[c].Tuples.Count) whole++;
        }
        double Of(int count) => (double)count / words;
        return new(parsed.Length, Of(tags), Of(lemmas), Of(heads), Of(labelled), 2.0 * shared / (ours + theirs), (double)whole / parsed.Length);
    }

    private static Scores CompareScores(string name, List<JsonPlace> lines, Spice spice)
    {
        static string[] Words(JsonPlace caption) => caption.Text().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (ours, each) = MetricRun.Of(spice, lines.ConvertAll(l => Words(l.Required("candidate"))), lines.ConvertAll(l => l.Required("references").List(Words))).Scores();
        var original = lines.ConvertAll(l => l.Required("spice").Number());
        double a = ours[0], b = original.Average(), products = 0, squaresA = 0, squaresB = 0;
        for (var i = 0; i < original.Count; i++)
        {
            products += (each[0][i] - a) * (original[i] - b);
            squaresA += (each[0][i] - a) * (each[0][i] - a);
            squaresB += (original[i] - b) * (original[i] - b);
        }
        return new(name, original.Count, a, b, products / Math.Sqrt(squaresA * squaresB));
    }
}
