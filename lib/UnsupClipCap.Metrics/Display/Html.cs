using System.Net;

namespace UnsupClipCap.Metrics;

/// <summary>Fragments of HTML for notebooks.</summary>
internal static class Html
{
    // Colours are the page's own, thinned: front ends are light or dark by their own setting, which no media query tells. Good and bad keep three to one against white and black.
    private const string Style = "<style>" +
        ".ucc{font:14px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;max-width:100%}" +
        ".ucc .scroll{overflow-x:auto;max-width:100%}" +
        ".ucc table{border-collapse:collapse;border:0;margin:.3em 0 .6em;font-size:13px;font-variant-numeric:tabular-nums;display:table;width:auto}" +
        ".ucc th,.ucc td{padding:.28em .5em;text-align:right;vertical-align:top;white-space:nowrap;border:0;max-width:none;color:inherit}" +
        ".ucc thead th{font-weight:600;vertical-align:bottom;border-bottom:1px solid rgba(128,136,144,.6)}" +
        ".ucc tbody+tbody tr:first-child>*{border-top:1px solid rgba(128,136,144,.35)}" +
        // Jupyter's own style sheet has a class of this name.
        ".ucc th.label,.ucc td.label{text-align:left;color:inherit;font-size:inherit;line-height:inherit;display:table-cell;padding:.28em .5em}.ucc tbody th{font-weight:600}" +
        ".ucc table.scores tbody th.label{white-space:normal;min-width:11em;max-width:17em}" +
        ".ucc td.text{text-align:left;white-space:normal;min-width:16em}" +
        ".ucc tr.paper td,.ucc tr.difference td{opacity:.72}.ucc tr.difference td{font-style:italic}" +
        ".ucc caption{text-align:left;font-weight:600;padding:.2em 0;caption-side:top;color:inherit}" +
        ".ucc p{margin:.2em 0 .5em}.ucc .soft{opacity:.75}" +
        ".ucc .good{color:#2a9d68;font-weight:600}.ucc .bad{color:#d64d57;font-weight:600}" +
        ".ucc .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:14px;margin:.5em 0}" +
        ".ucc figure{margin:0;border:1px solid rgba(128,136,144,.35);border-radius:8px;overflow:hidden}" +
        ".ucc figure img{display:block;width:100%;max-height:260px;object-fit:contain;margin:0;background:rgba(128,136,144,.12)}" +
        ".ucc figcaption{padding:.5em .7em;font-size:13px}.ucc figcaption p{margin:.1em 0 .35em}.ucc .by{font-size:12px;opacity:.75;display:block}" +
        ".ucc summary,.ucc summary.by{display:list-item;cursor:pointer}.ucc ul{margin:.1em 0;padding-left:1.2em}.ucc mark{background:rgba(217,115,13,.28);color:inherit;border-radius:3px;padding:0 .1em}" +
        ".ucc s{text-decoration-color:#d64d57}.ucc svg{max-width:100%;height:auto}" +
        "</style>";

    /// <summary>What a cell shows: the content with the style of all our fragments.</summary>
    public static string Fragment(params IEnumerable<string> content) => $"<div class=\"ucc\">{Style}{string.Concat(content)}</div>";

    /// <summary>Text as HTML.</summary>
    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>What is wider than the page scrolls.</summary>
    public static string Scroll(string table) => $"<div class=\"scroll\" tabindex=\"0\">{table}</div>";

    /// <summary>A table; all but the first columns are numbers, to the right.</summary>
    /// <param name="headings">Plain texts.</param>
    /// <param name="rows">Plain texts, one a heading.</param>
    /// <param name="labels">How many of the first columns are texts.</param>
    /// <param name="caption">Above it; may be null.</param>
    public static string Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, int labels = 1, string? caption = null)
    {
        var head = string.Concat(headings.Select((h, i) => $"<th scope=\"col\"{(i < labels ? " class=\"label\"" : "")}>{Text(h)}</th>"));
        var body = string.Concat(rows.Select(row => "<tr>" + string.Concat(row.Select((cell, i) =>
            i == 0 && labels > 0 ? $"<th scope=\"row\" class=\"label\">{Text(cell)}</th>" : $"<td{(i < labels ? " class=\"label text\"" : "")}>{Text(cell)}</td>")) + "</tr>"));
        return Scroll($"<table>{Caption(caption)}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>");
    }

    /// <summary>Names and what they are.</summary>
    public static string Facts(IEnumerable<(string Name, string Value)> facts, string? caption = null) => Scroll(
        $"<table>{Caption(caption)}<tbody>{string.Concat(facts.Select(f => $"<tr><th scope=\"row\" class=\"label\">{Text(f.Name)}</th><td class=\"text\">{Text(f.Value)}</td></tr>"))}</tbody></table>");

    /// <summary>A number with so many decimals and a real minus.</summary>
    public static string Number(double? value, int decimals = 3) => value is not { } v || double.IsNaN(v) ? "–"
        : v.ToString("F" + decimals.ToString(System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Caption(string? caption) => caption is null ? "" : $"<caption>{Text(caption)}</caption>";
}
