using System.Globalization;

namespace UnsupClipCap;

/// <summary>One order of images whatever file they come from, so that two ways to the same data set give the same.</summary>
internal static class CaptionOrder
{
    /// <summary>Ids that are numbers by size, then names by letter.</summary>
    public static IReadOnlyList<CaptionedImage> ById(IEnumerable<CaptionedImage> images) =>
        [.. images.OrderBy(i => long.TryParse(i.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue).ThenBy(i => i.Id, StringComparer.Ordinal)];
}
