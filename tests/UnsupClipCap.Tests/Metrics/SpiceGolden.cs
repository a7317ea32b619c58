using System.IO.Compression;
using System.Text.Json;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>The sets of parity/spice: captions as the original parses them, and images as it scores them.</summary>
internal static class SpiceGolden
{
    /// <summary>A sentence with the original's graphs, as "head dependent relation", and what it proposes from them, spelled as merged tuples are.</summary>
    public sealed record Parse(ParsedSentence Sentence, string[] Collapsed, string[] Enhanced, string[] Proposals);

    /// <summary>An image with its merged tuples and counts [true positives, false positives, false negatives] by category.</summary>
    public sealed record Image(string[] Candidate, string[] References, Dictionary<SpiceCategory, int[]> Counts, double Spice);

    /// <summary>Captions of one sentence of a file, at most so many; none where the file holds no such captions.</summary>
    public static List<Parse> Parses(string file, int most)
    {
        var parses = new List<Parse>();
        foreach (var line in Lines(file))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (!root.TryGetProperty("sentences", out var sentences) || !root.TryGetProperty("tuples", out var tuples)) return parses;
            if (sentences.GetArrayLength() != 1) continue;
            var sentence = sentences[0];
            var collapsed = Strings(sentence.GetProperty("collapsed"));
            parses.Add(new(
                Tree(sentence), collapsed, sentence.TryGetProperty("enhanced", out var enhanced) ? Strings(enhanced) : collapsed,
                [.. tuples.EnumerateArray().Select(t => string.Join(" | ", t.EnumerateArray().Select(w => w.GetString())))]));
            if (parses.Count == most) break;
        }
        return parses;
    }

    /// <summary>Images of a file; none where it holds no scored images.</summary>
    public static List<Image> Images(string file)
    {
        var images = new List<Image>();
        foreach (var line in Lines(file))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (!root.TryGetProperty("candidate_tuples", out var candidate)) return images;
            images.Add(new(
                Strings(candidate), Strings(root.GetProperty("reference_tuples")),
                root.GetProperty("scores").EnumerateObject().ToDictionary(
                    p => Enum.Parse<SpiceCategory>(p.Name), p => p.Value.EnumerateArray().Select(n => n.GetInt32()).ToArray()),
                root.GetProperty("spice").GetDouble()));
        }
        return images;
    }

    /// <summary>A graph of the original.</summary>
    public static DependencyGraph Graph(ParsedSentence sentence, string[] edges)
    {
        var graph = new DependencyGraph(sentence);
        foreach (var (head, dependent, relation) in edges.Select(Edge).OrderBy(e => e.Head).ThenBy(e => e.Dependent))
        {
            var (known, link) = RelationNames.Parse(relation);
            graph.Add(head, dependent, known, link);
        }
        return graph;
    }

    /// <summary>A proposal, spelled as the goldens spell it.</summary>
    public static string Spell(SpiceTuple tuple) =>
        string.Join(" | ", new[] { tuple.First, tuple.Second, tuple.Third }.Where(w => w is not null));

    private static ParsedSentence Tree(JsonElement sentence)
    {
        var words = Strings(sentence.GetProperty("words"));
        var heads = new int[words.Length];
        var relations = new string[words.Length];
        foreach (var (head, dependent, relation) in Strings(sentence.GetProperty("basic")).Select(Edge))
            (heads[dependent - 1], relations[dependent - 1]) = (head, relation);
        Assert.All(relations, Assert.NotNull);
        return new(words, Strings(sentence.GetProperty("tags")), Strings(sentence.GetProperty("lemmas")), heads, relations);
    }

    private static (int Head, int Dependent, string Relation) Edge(string edge)
    {
        var parts = edge.Split(' ', 3);
        return (int.Parse(parts[0]), int.Parse(parts[1]), parts[2]);
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
