namespace UnsupClipCap.Metrics;

/// <summary>The kinds of tuples that SPICE counts apart (Anderson et al. 2016, section 4.4). Colours, numbers and sizes are attributes too.</summary>
public enum SpiceCategory
{
    /// <summary>All tuples; SPICE is their F1.</summary>
    All,

    /// <summary>Objects: "dog".</summary>
    Object,

    /// <summary>Relations: "dog | on | couch".</summary>
    Relation,

    /// <summary>Attributes of any kind: "dog | small".</summary>
    Attribute,

    /// <summary>Attributes that are colours: "dog | brown".</summary>
    Color,

    /// <summary>Attributes that are numbers or quantities: "dog | two".</summary>
    Cardinality,

    /// <summary>Attributes that are sizes: "dog | small".</summary>
    Size,
}
