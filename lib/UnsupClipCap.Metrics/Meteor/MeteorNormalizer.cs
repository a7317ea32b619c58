namespace UnsupClipCap.Metrics;

internal static class MeteorNormalizer
{
    public static IReadOnlyList<string> Normalize(string[] tokens) => tokens;
}
