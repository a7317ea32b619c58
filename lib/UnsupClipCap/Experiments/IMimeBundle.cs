namespace UnsupClipCap;

/// <summary>Something that shows itself in notebooks in more than one way; the front end takes the best that it can show.</summary>
public interface IMimeBundle
{
    /// <summary>
    /// What to show, by MIME type: <c>text/html</c>, <c>image/svg+xml</c>, <c>application/vnd.plotly.v1+json</c> (JSON as text), <c>image/png</c> (base 64), …;
    /// <c>text/plain</c> is <see cref="object.ToString"/> where it is not given.
    /// </summary>
    IReadOnlyDictionary<string, string> MimeBundle();
}
