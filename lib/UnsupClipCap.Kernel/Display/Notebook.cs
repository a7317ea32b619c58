using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

namespace UnsupClipCap.Kernel;

/// <summary>What cells may call without naming it.</summary>
public static class Notebook
{
#pragma warning disable IDE1006 // The names that notebooks in C# know.
    /// <summary>Shows a value below the cell.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="mimeTypes">As these only, such as "text/html" (a text then is of that type); by default as the value's type prefers.</param>
    /// <returns>What is shown, to be updated.</returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => new DisplayedValue(mimeTypes).Show(value);

    /// <summary>Takes away what the cell has put out so far.</summary>
    /// <param name="wait">Only when the next output comes.</param>
    public static void clear_output(bool wait = false) => CellOutput.Current?.Publish("clear_output", new() { ["wait"] = wait });
#pragma warning restore IDE1006

    /// <summary>HTML as it stands.</summary>
    public static IHtmlContent HTML(string content) => Html.ToHtmlContent(content);

    /// <summary>Shows a value below the cell. See <see cref="display"/>.</summary>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => display(value, mimeTypes);

    /// <summary>Shows a value as one MIME type.</summary>
    public static DisplayedValue DisplayAs(this object? value, string mimeType) => display(value, mimeType);
}

/// <summary>Something shown below a cell.</summary>
public sealed class DisplayedValue
{
    private readonly string[] _mimeTypes;

    internal DisplayedValue(string[] mimeTypes) => _mimeTypes = mimeTypes;

    /// <summary>Its id among the displays of a notebook.</summary>
    public string DisplayId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Shows another value in its place, from any cell.</summary>
    public void Update(object? value) => Publish("update_display_data", value);

    internal DisplayedValue Show(object? value)
    {
        Publish("display_data", value);
        return this;
    }

    private void Publish(string type, object? value) => CellOutput.Current?.Publish(type, new()
    {
        ["data"] = Bundles.Of(value, _mimeTypes),
        ["metadata"] = new JsonObject(),
        ["transient"] = new JsonObject { ["display_id"] = DisplayId },
    });
}
