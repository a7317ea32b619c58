using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;

namespace UnsupClipCap.Kernel;

/// <summary>A notebook as one HTML file that needs nothing else: words, code and outputs; charts are live where plotly.js is here, and pictures of themselves elsewhere.</summary>
internal static partial class NotebookPage
{
    private const string Plotly = "application/vnd.plotly.v1+json", Svg = "image/svg+xml";
    private static readonly MarkdownPipeline Words = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().UseGenericAttributes().Build();

    /// <summary>plotly.js, packed.</summary>
    public static string PlotlyFile => Path.Combine(Locations.Data, "plotly", "plotly-basic.min.js.gz");

    /// <summary>The page's text.</summary>
    public static string Of(NotebookFile notebook)
    {
        var (body, charts) = (new StringBuilder(), 0);
        var plotly = File.Exists(PlotlyFile);
        foreach (var cell in notebook.Cells)
        {
            if (cell.Type == "markdown") body.Append($"<section class=\"words\">\n{Markdown(cell.Source)}</section>\n");
            else if (cell.IsCode) AddCode(cell);
        }
        var title = notebook.Cells.Where(c => c.Type == "markdown").SelectMany(c => c.Source.Split('\n')).FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..] ?? notebook.Name;
        var script = charts > 0 ? $"<script>{Inline(Unpacked(PlotlyFile))}</script>\n<script>{Draw}</script>\n" : "";
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
            <title>{Text(title.Replace("`", "", StringComparison.Ordinal))}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            {body}</main>
            {script}</body>
            </html>

            """;

        void AddCode(NotebookCell cell)
        {
            var given = cell.Tags.Contains(NotebookParameters.InjectedTag) ? " given" : cell.Tags.Contains(NotebookParameters.Tag) ? " parameters" : "";
            body.Append($"<section class=\"code{given}\" id=\"{Text(cell.Id)}\"><span class=\"count\">[{(cell.Count is { } n ? $"{n}" : " ")}]</span><pre class=\"source\">{CodeColours.ToHtml(cell.Source.TrimEnd())}</pre></section>\n");
            foreach (var output in cell.Outputs.OfType<JsonObject>()) body.Append($"<section class=\"output{(CellProgress.IsIn(output) ? " progress" : "")}\">{Output(output)}</section>\n");
        }

        string Output(JsonObject output) => (string?)output["output_type"] switch
        {
            "stream" => $"<pre class=\"{((string?)output["name"] == "stderr" ? "stderr" : "stdout")}\">{Text(CellOutputs.Ended(NotebookCell.Text(output["text"])))}</pre>",
            "error" => $"<pre class=\"error\">{Text(Plain(string.Join("\n", (output["traceback"] as JsonArray ?? []).Select(l => (string?)l))))}</pre>",
            _ => output["data"] is JsonObject data ? Data(data) : "",
        };

        string Data(JsonObject data)
        {
            string Of(string mime) => NotebookCell.Text(data[mime]);
            string? picture = data.ContainsKey(Svg) ? Of(Svg) : new[] { "image/png", "image/jpeg" }.FirstOrDefault(data.ContainsKey) is { } image ? $"<img alt=\"\" src=\"data:{image};base64,{Of(image).Replace("\n", "", StringComparison.Ordinal)}\">" : null;
            if (plotly && data[Plotly] is JsonObject chart)
                return $"<div class=\"chart\" id=\"chart{++charts}\">{picture}</div><script type=\"application/json\" id=\"data{charts}\">{Inline(chart.ToJsonString())}</script>";
            if (data.ContainsKey("text/html") && data[Plotly] is null) return Of("text/html");
            return picture ?? (data.ContainsKey("text/markdown") ? Markdown(Of("text/markdown")) : $"<pre>{Text(Plain(Of("text/plain")))}</pre>");
        }
    }

    /// <summary>Writes the page, whole or not at all.</summary>
    public static void Save(NotebookFile notebook, string path) => AtomicFile.WriteText(path, Of(notebook));

    // Links from one notebook to another lead from page to page.
    private static string Markdown(string text) => LinkToNotebook().Replace(Markdig.Markdown.ToHtml(text, Words), "href=\"$1.html\"");

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Plain(string text) => Colour().Replace(text, "");

    // What would end the script element early.
    private static string Inline(string script) => script.Replace("</", "<\\/", StringComparison.Ordinal).Replace("<!--", "<\\!--", StringComparison.Ordinal);

    private static string Unpacked(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Draws each chart in the place of its picture; where that fails the picture stays.
    private const string Draw = """
        document.querySelectorAll('.chart').forEach(place => {
          try {
            const chart = JSON.parse(document.getElementById(place.id.replace('chart', 'data')).textContent);
            const live = document.createElement('div');
            place.before(live);
            Plotly.newPlot(live, chart.data, chart.layout, Object.assign({ responsive: true, displaylogo: false }, chart.config)).then(() => place.remove(), () => live.remove());
          } catch (error) { console.warn(error); }
        });
        """;

    private const string Style = """

        body { margin: 0; background: #fff; color: #1c1e21; font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 78rem; margin: 2.5rem auto 6rem; padding: 0 1.25rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; } h2 { font-size: 1.35rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
        a { color: #0b57a4; } p, li { max-width: 54rem; } .words code { background: #f2f3f5; padding: .1em .3em; border-radius: 3px; font-size: .9em; }
        pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
        .code { position: relative; margin: 1rem 0 .4rem; background: #f7f8fa; border: 1px solid #e4e6ea; border-radius: 6px; padding: .7rem .9rem; }
        .code.parameters { border-left: 4px solid #c8a13a; } .code.given { border-left: 4px solid #b3541e; }
        .code .count { position: absolute; right: 100%; top: .75rem; padding-right: .6rem; color: #8a9099; font: 12px ui-monospace, Menlo, Consolas, monospace; white-space: nowrap; }
        .source i { font-style: normal; } .source .keyword { color: #7b30a8; } .source .text { color: #98420f; } .source .number { color: #14695a; } .source .comment { color: #68717c; }
        .output { margin: .4rem 0 1rem; padding: 0 .1rem; overflow-x: auto; } .output pre { padding: .2rem .9rem; overflow-x: auto; white-space: pre; }
        .output.progress pre { color: #68717c; }
        .output pre.stderr { background: #fff6e6; } .output pre.error { background: #fdecec; color: #8e1b1b; white-space: pre-wrap; }
        .output svg, .output img { max-width: 100%; height: auto; }
        table { border-collapse: collapse; margin: .6rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; } th, td { padding: .3rem .6rem; border-bottom: 1px solid #e4e6ea; text-align: left; vertical-align: top; } th { color: #4c5560; }
        @media (max-width: 84rem) { .code .count { display: none; } }
        @media print { main { max-width: none; margin: 0; } .code, .output { break-inside: avoid; } }

        """;

    [GeneratedRegex("href=\"(?![a-z]+:)([^\"#]+)\\.ipynb\"")]
    private static partial Regex LinkToNotebook();

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();
}
