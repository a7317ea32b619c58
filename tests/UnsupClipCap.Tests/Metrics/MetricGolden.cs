using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>A set of captions scored by coco-caption: one file of parity/metrics. Any part but the captions may be absent.</summary>
internal sealed class MetricGolden
{
    private MetricGolden(string file, JsonElement root)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        if (!root.TryGetProperty("images", out var images) || images.GetArrayLength() == 0)
            Assert.Fail($"{file} has no 'images' to check.");
        foreach (var image in images.EnumerateArray())
        {
            Candidates.Add(Required(file, image, "candidate").GetString()!);
            References.Add([.. Required(file, image, "references").EnumerateArray().Select(r => r.GetString()!)]);
            CandidateTokens.Add(image.TryGetProperty("candidate_tokens", out var tokens) ? Split(tokens) : null);
            ReferenceTokens.Add(image.TryGetProperty("reference_tokens", out var all) ? [.. all.EnumerateArray().Select(Split)] : null);
            Scores.Add(image.TryGetProperty("scores", out var scores) ? Numbers(scores) : []);
        }
        if (root.TryGetProperty("corpus", out var corpus)) Corpus = Numbers(corpus);
    }

    public string Name { get; }

    public bool IsTricky => Name.StartsWith("tricky", StringComparison.OrdinalIgnoreCase);

    public List<string> Candidates { get; } = [];

    public List<string[]> References { get; } = [];

    public List<string[]?> CandidateTokens { get; } = [];

    public List<string[][]?> ReferenceTokens { get; } = [];

    public List<Dictionary<string, double>> Scores { get; } = [];

    public Dictionary<string, double> Corpus { get; } = [];

    public static IEnumerable<MetricGolden> All()
    {
        foreach (var file in Goldens.Files("metrics", "*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("images", out _))
                yield return new(file, json.RootElement);
        }
    }

    private static JsonElement Required(string file, JsonElement image, string key) =>
        image.TryGetProperty(key, out var value) ? value : throw new InvalidDataException($"{file}: an image has no '{key}'.");

    private static string[] Split(JsonElement tokens) => tokens.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, double> Numbers(JsonElement scores) =>
        scores.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number).ToDictionary(p => p.Name, p => p.Value.GetDouble());
}
