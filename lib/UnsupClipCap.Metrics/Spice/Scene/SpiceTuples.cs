namespace UnsupClipCap.Metrics;

/// <summary>
/// What SPICE compared: the tuples of a candidate's scene graph and of its references' one, and how many match. A tuple is spelled
/// "object", "object | attribute" or "subject | relation | object"; words taken for one are parted by "/".
/// </summary>
public sealed class SpiceTuples
{
    private readonly SpiceCount[] _counts;

    private SpiceTuples(SceneGraph candidate, SceneGraph references)
    {
        Candidate = [.. candidate.Tuples];
        References = [.. references.Tuples];
        _counts = SceneComparison.Compare(candidate, references);
    }

    /// <summary>Tuples of the candidate.</summary>
    public IReadOnlyList<string> Candidate { get; }

    /// <summary>Tuples of the one graph of all references.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The counts of a category; the F1 of <see cref="SpiceCategory.All"/> is SPICE.</summary>
    public SpiceCount this[SpiceCategory category] => _counts[(int)category];

    /// <summary>Compares tuples made elsewhere, by the original for example, in the form they have here.</summary>
    /// <exception cref="MetricInputException">A tuple has more than three parts, or names an object that is no tuple of its own.</exception>
    public static SpiceTuples Compare(IEnumerable<string> candidate, IEnumerable<string> references)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(references);
        return Of(SceneGraph.Read(ConceptIndex.Shipped, candidate), SceneGraph.Read(ConceptIndex.Shipped, references));
    }

    internal static SpiceTuples Of(SceneGraph candidate, SceneGraph references) => new(candidate, references);
}
