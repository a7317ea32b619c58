using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace UnsupClipCap.Metrics;

/// <summary>A list that shows itself as one thing, not item by item.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
internal sealed class ShownList<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, string> html, Func<IReadOnlyList<T>, string>? text = null) : IReadOnlyList<T>, IHtml
{
    public T this[int index] => items[index];

    public int Count => items.Count;

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public string ToHtml() => html(items);

    public override string ToString() => text is null ? string.Join('\n', items) : text(items);
}

/// <summary>A map by name that shows itself as one thing.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
internal sealed class ShownMap<T>(IReadOnlyDictionary<string, T> entries, Func<IReadOnlyDictionary<string, T>, string> html, Func<string, string> label) : IReadOnlyDictionary<string, T>, IHtml
{
    public T this[string key] => entries[key];

    public IEnumerable<string> Keys => entries.Keys;

    public IEnumerable<T> Values => entries.Values;

    public int Count => entries.Count;

    public bool ContainsKey(string key) => entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => entries.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public string ToHtml() => html(entries);

    public override string ToString() => string.Join('\n', entries.Select(e => $"{label(e.Key)}: {e.Value}"));
}
