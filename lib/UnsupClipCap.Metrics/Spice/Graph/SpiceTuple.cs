namespace UnsupClipCap.Metrics;

/// <summary>
/// One proposal of a scene graph: an object alone, an object and an attribute, or a subject, an object and the relation between them.
/// </summary>
/// <param name="First">The object, or the subject of a relation.</param>
/// <param name="Second">The attribute, or the object of a relation; null for an object alone.</param>
/// <param name="Third">The relation, or null.</param>
internal readonly record struct SpiceTuple(string First, string? Second = null, string? Third = null);
