namespace UnsupClipCap.Metrics;

/// <summary>The metrics by name.</summary>
public static class CaptionMetrics
{
    // In coco-caption's order.
    private static readonly OrderedDictionary<string, Func<ICaptionMetric>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bleu"] = () => new Bleu(),
        ["meteor"] = () => new Meteor(MeteorData.Find()),
        ["rouge"] = () => new RougeL(),
        ["cider"] = () => new CiderD(),
        ["spice"] = () => new Spice(),
    };

    /// <summary>The names: bleu, rouge, cider.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>All metrics, in coco-caption's order.</summary>
    public static IReadOnlyList<ICaptionMetric> All() => Named(Names);

    /// <summary>Some metrics, each once, in coco-caption's order whatever the order asked for.</summary>
    /// <param name="names">One or more of <see cref="Names"/>; case does not matter.</param>
    /// <exception cref="MetricInputException">A name is unknown, or there is none.</exception>
    public static IReadOnlyList<ICaptionMetric> Named(IEnumerable<string> names)
    {
        var asked = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (asked.FirstOrDefault(name => !Known.ContainsKey(name)) is { } unknown)
            throw new MetricInputException($"There is no metric '{unknown}'; expected some of {string.Join(", ", Names)}. Name one or more of these.");
        if (asked.Count == 0) throw new MetricInputException($"No metric was asked for; expected some of {string.Join(", ", Names)}. Name one or more of these.");
        return [.. Known.Where(k => asked.Contains(k.Key)).Select(k => k.Value())];
    }
}
