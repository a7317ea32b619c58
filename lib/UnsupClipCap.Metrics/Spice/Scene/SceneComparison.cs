namespace UnsupClipCap.Metrics;

/// <summary>Counts of shared tuples of two scene graphs, in all and by category. A colour matches a colour only, and so numbers and sizes.</summary>
internal static class SceneComparison
{
    private static readonly int CategoryCount = Enum.GetValues<SpiceCategory>().Length;

    /// <summary>The counts, by category.</summary>
    public static SpiceCount[] Compare(SceneGraph candidate, SceneGraph references)
    {
        var counts = new SpiceCount[CategoryCount];
        var alike = new bool[candidate.Objects.Count, references.Objects.Count];
        for (var c = 0; c < candidate.Objects.Count; c++)
        {
            var matched = false;
            for (var r = 0; r < references.Objects.Count; r++) matched |= alike[c, r] = candidate.Objects[c].IsLike(references.Objects[r]);
            Count(counts, SpiceCategory.Object, matched);
        }
        foreach (var (owner, attribute) in candidate.Attributes)
        {
            var category = AttributeCategories.Of(attribute);
            bool matched = false, inCategory = false;
            foreach (var (otherOwner, other) in references.Attributes)
            {
                if (!alike[owner, otherOwner] || !attribute.IsLike(other)) continue;
                matched = true;
                inCategory |= category is not null && category == AttributeCategories.Of(other);
            }
            Count(counts, SpiceCategory.Attribute, matched);
            if (category is { } kind) Count(counts, kind, inCategory);
        }
        foreach (var relation in candidate.Relations)
        {
            var matched = false;
            foreach (var other in references.Relations)
                if (matched = alike[relation.Subject, other.Subject] && alike[relation.Object, other.Object] && relation.Relation.IsLike(other.Relation)) break;
            Count(counts, SpiceCategory.Relation, matched);
        }
        CountReferences(counts, references);
        Sum(counts);
        return counts;
    }

    private static void Count(SpiceCount[] counts, SpiceCategory category, bool matched)
    {
        ref var count = ref counts[(int)category];
        count = count with { Candidate = count.Candidate + 1, Matched = count.Matched + (matched ? 1 : 0) };
    }

    private static void CountReferences(SpiceCount[] counts, SceneGraph references)
    {
        Add(counts, SpiceCategory.Object, references.Objects.Count);
        Add(counts, SpiceCategory.Attribute, references.Attributes.Count);
        Add(counts, SpiceCategory.Relation, references.Relations.Count);
        foreach (var (_, attribute) in references.Attributes)
            if (AttributeCategories.Of(attribute) is { } kind) Add(counts, kind, 1);
    }

    private static void Add(SpiceCount[] counts, SpiceCategory category, int references)
    {
        ref var count = ref counts[(int)category];
        count = count with { Reference = count.Reference + references };
    }

    private static void Sum(SpiceCount[] counts)
    {
        var (objects, attributes, relations) = (counts[(int)SpiceCategory.Object], counts[(int)SpiceCategory.Attribute], counts[(int)SpiceCategory.Relation]);
        counts[(int)SpiceCategory.All] = new(objects.Matched + attributes.Matched + relations.Matched,
            objects.Candidate + attributes.Candidate + relations.Candidate, objects.Reference + attributes.Reference + relations.Reference);
    }
}
