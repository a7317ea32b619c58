namespace UnsupClipCap.Metrics;

/// <summary>Something that shows itself in notebooks as HTML; its text is <see cref="object.ToString"/>.</summary>
/// <remarks>A type that has it is marked <c>[TypeFormatterSource(typeof(HtmlFormatters))]</c>, which is how engines find out.</remarks>
public interface IHtml
{
    /// <summary>A fragment that stands by itself: no files, no network, for light and dark pages alike. All text is escaped.</summary>
    string ToHtml();
}
