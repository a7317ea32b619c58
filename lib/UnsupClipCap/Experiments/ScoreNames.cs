using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>
/// The keys of a score map, in coco-caption's spelling. Metrics are on coco-caption's scale (0 to 1; CIDEr 0 to 10);
/// the two averages are means of the metrics times 100, as the paper reports them.
/// </summary>
public static class ScoreNames
{
    /// <summary>METEOR 1.5.</summary>
    public const string Meteor = "METEOR";

    /// <summary>CIDEr-D, the one users look at first.</summary>
    public const string Cider = "CIDEr";

    /// <summary>SPICE.</summary>
    public const string Spice = "SPICE";

    /// <summary>Mean of <see cref="Six"/> times 100.</summary>
    public const string Average6 = "average6";

    /// <summary>Mean of <see cref="Eight"/> times 100: the paper's "average performance".</summary>
    public const string Average = "average";

    /// <summary>The metrics that need neither METEOR's nor SPICE's tables, in the order of the paper's columns.</summary>
    public static IReadOnlyList<string> Six { get; } = CaptionScores.Averages[nameof(CaptionScores.Average6)];

    /// <summary>All metrics of the paper's Table 1, in the order of its columns.</summary>
    public static IReadOnlyList<string> Eight { get; } = CaptionScores.Averages[nameof(CaptionScores.Average)];

    /// <summary>Short column heading of a score: "B@1", "ROUGE-L", "mean of 6"; an unknown name is its own heading.</summary>
    public static string Heading(string name) => name switch
    {
        "Bleu_1" => "B@1",
        "Bleu_2" => "B@2",
        "Bleu_3" => "B@3",
        "Bleu_4" => "B@4",
        "ROUGE_L" => "ROUGE-L",
        Average6 => "mean of 6",
        Average => "mean of 8",
        _ => name,
    };

    /// <summary>What to multiply a score with to print it as papers do: 100 for metrics, 1 for the averages, which have it
    /// already.</summary>
    public static double Factor(string name) => name is Average6 or Average ? 1 : 100;

    /// <summary>Mean of the named metrics times 100, or null where one is missing.</summary>
    public static double? Mean(IReadOnlyDictionary<string, double> scores, IReadOnlyList<string> names) =>
        names.All(scores.ContainsKey) ? 100 * names.Sum(n => scores[n]) / names.Count : null;

    /// <summary>
    /// The same scores in the paper's column order, followed by <see cref="Average6"/> and <see cref="Average"/> where all their
    /// metrics are there; other entries come last. The one place where the averages are computed.
    /// </summary>
    public static IReadOnlyDictionary<string, double> WithAverages(IReadOnlyDictionary<string, double> scores)
    {
        var all = new OrderedDictionary<string, double>();
        foreach (var name in Eight)
            if (scores.TryGetValue(name, out var value)) all.Add(name, value);
        if (Mean(scores, Six) is { } six) all.Add(Average6, six);
        if (Mean(scores, Eight) is { } eight) all.Add(Average, eight);
        foreach (var (name, value) in scores) all.TryAdd(name, value);
        return all;
    }

    /// <summary>
    /// The average by which these score maps can be compared with each other: <see cref="Average"/> where all have it, otherwise
    /// <see cref="Average6"/> where all have that, otherwise null.
    /// </summary>
    public static string? CommonAverage(IEnumerable<IReadOnlyDictionary<string, double>> scores)
    {
        var all = scores.ToList();
        return all.Count == 0 ? null : new[] { Average, Average6 }.FirstOrDefault(name => all.All(s => s.ContainsKey(name)));
    }
}
