namespace UnsupClipCap.Metrics;

/// <summary>The metrics by name.</summary>
public static class CaptionMetrics
{
    // In coco-caption's order.
    private static readonly OrderedDictionary<string, Func<IProgress<double>?, CancellationToken, ICaptionMetric>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bleu"] = (_, _) => new Bleu(),
        ["meteor"] = (progress, cancellation) => new Meteor(MeteorData.Find(progress, cancellation)),
        ["rouge"] = (_, _) => new RougeL(),
        ["cider"] = (_, _) => new CiderD(),
        ["spice"] = (_, _) => new Spice(),
    };

    /// <summary>The names: bleu, meteor, rouge, cider, spice.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>All metrics, in coco-caption's order. METEOR is full where its tables are found: see <see cref="MeteorData.Find"/>.</summary>
    /// <param name="preparing">Told the share of METEOR's table packed, on first use only; may be null.</param>
    /// <param name="cancellation">Ends that work.</param>
    public static IReadOnlyList<ICaptionMetric> All(IProgress<double>? preparing = null, CancellationToken cancellation = default) => Named(Names, preparing, cancellation);

    /// <summary>Some metrics, each once, in coco-caption's order whatever the order asked for.</summary>
    /// <param name="names">One or more of <see cref="Names"/>; case does not matter.</param>
    /// <param name="preparing">Told the share of METEOR's table packed, on first use only; may be null.</param>
    /// <param name="cancellation">Ends that work.</param>
    /// <exception cref="MetricInputException">A name is unknown, or there is none; or METEOR's tables are damaged.</exception>
    public static IReadOnlyList<ICaptionMetric> Named(IEnumerable<string> names, IProgress<double>? preparing = null, CancellationToken cancellation = default)
    {
        var asked = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (asked.FirstOrDefault(name => !Known.ContainsKey(name)) is { } unknown)
            throw new MetricInputException($"There is no metric '{unknown}'; expected some of {string.Join(", ", Names)}. Name one or more of these.");
        if (asked.Count == 0) throw new MetricInputException($"No metric was asked for; expected some of {string.Join(", ", Names)}. Name one or more of these.");
        return [.. Known.Where(k => asked.Contains(k.Key)).Select(k => k.Value(preparing, cancellation))];
    }
}
