namespace UnsupClipCap.Metrics;

/// <summary>
/// Marks types that show themselves in notebooks. .NET Interactive's formatting, which our kernel uses too, knows the attribute by this name and its properties' names, so that no
/// package is needed here.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A type with <c>CreateTypeFormatters()</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>What to show a value as, besides plain text.</summary>
    public string[] PreferredMimeTypes { get; } = ["text/html"];
}

/// <summary>What <see cref="TypeFormatterSourceAttribute"/> names: HTML by <see cref="IHtml"/>, plain text by <see cref="object.ToString"/>.</summary>
internal sealed class HtmlFormatters
{
    /// <summary>Found by its name.</summary>
#pragma warning disable CA1822 // called on an object
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
        [new HtmlFormatter("text/html", value => ((IHtml)value).ToHtml()), new HtmlFormatter("text/plain", value => value.ToString() ?? "")];
}

/// <summary>A way to show a value; its members are found by their names.</summary>
internal sealed class HtmlFormatter(string mimeType, Func<object, string> text)
{
    /// <summary>What it makes.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>Writes the value.</summary>
    public bool Format(object instance, TextWriter writer)
    {
        writer.Write(text(instance));
        return true;
    }
}
