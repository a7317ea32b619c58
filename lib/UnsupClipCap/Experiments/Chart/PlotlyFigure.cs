using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace UnsupClipCap;

/// <summary>Charts as plotly.js takes them. Only traces of its basic bundle are used: scatter and bar.</summary>
internal static class PlotlyFigure
{
    // Between black and white: the page's own colour cannot be asked for.
    private const string Ink = "#7d8590", Grid = "rgba(125,133,144,0.25)";
    private static readonly string[] symbols = ["circle", "square", "diamond"];

    public static JsonObject Of(Chart chart)
    {
        var layout = chart.Layout();
        layout["title"] = new JsonObject { ["text"] = Escape(chart.Title), ["x"] = 0.03, ["xanchor"] = "left", ["font"] = new JsonObject { ["size"] = 16, ["weight"] = 600 } };
        layout["font"] = new JsonObject { ["family"] = "system-ui, sans-serif", ["color"] = Ink };
        layout["paper_bgcolor"] = "rgba(0,0,0,0)";
        layout["plot_bgcolor"] = "rgba(0,0,0,0)";
        layout["height"] = Math.Round(Math.Max(chart.DrawingHeight, 300));
        layout["autosize"] = true;
        layout["modebar"] = new JsonObject { ["bgcolor"] = "rgba(0,0,0,0)", ["color"] = Ink, ["activecolor"] = Svg.Colour(0) };
        layout["hovermode"] = "closest";
        layout["hoverlabel"] = new JsonObject { ["align"] = "left" };
        layout["legend"] = new JsonObject { ["orientation"] = "h", ["y"] = 1.02, ["yanchor"] = "bottom", ["x"] = 0 };
        layout["margin"] = new JsonObject { ["l"] = 60, ["r"] = 20, ["t"] = 90, ["b"] = 55 };
        return new() { ["data"] = chart.Traces(), ["layout"] = layout, ["config"] = new JsonObject { ["responsive"] = true, ["displaylogo"] = false } };
    }

    /// <summary>The SVG in an element that a script turns to plotly's chart, now or once the page is loaded, if the page has plotly.js.</summary>
    public static string Html(Chart chart) => Metrics.Html.Fragment(Element(chart));

    /// <summary>The same, to be part of a fragment.</summary>
    public static string Element(Chart chart)
    {
        var figure = Of(chart).ToJsonString();                          // < and & are written as \u003C and \u0026: no text of it ends the script
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..16];
        return string.Concat($"<div data-ucc-chart=\"{id}\">{chart.ToSvg()}</div><script>(function(){{var f=", figure, $";function draw(){{if(window.Plotly)document.querySelectorAll('[data-ucc-chart=\"{id}\"]:not([data-drawn])')",
            ".forEach(function(e){e.setAttribute('data-drawn','');var s=e.firstElementChild,d=document.createElement('div');e.appendChild(d);",
            "Promise.resolve(Plotly.newPlot(d,f.data,f.layout,f.config)).then(function(){s.style.display='none'},function(){d.remove()})})}",
            "draw();if(!window.Plotly)window.addEventListener('load',draw)})()</script>");
    }

    public static JsonObject Trace<TX, TY>(string type, string name, IEnumerable<TX> x, IEnumerable<TY> y, IEnumerable<string> hover) => new()
    {
        ["type"] = type,
        ["name"] = Escape(name),
        ["x"] = Array(x),
        ["y"] = Array(y),
        ["hovertext"] = Array(hover.Select(Escape)),
        ["hovertemplate"] = "%{hovertext}<extra></extra>",
    };

    public static JsonObject Axis(string title) => new()
    {
        ["title"] = new JsonObject { ["text"] = Escape(title) },
        ["gridcolor"] = Grid,
        ["zerolinecolor"] = Grid,
        ["linecolor"] = Ink,
    };

    public static JsonObject Spread(IEnumerable<double> halves) => new() { ["type"] = "data", ["array"] = Array(halves), ["visible"] = true, ["thickness"] = 1 };

    public static string Symbol(int shape, bool open) => symbols[shape % symbols.Length] + (open ? "-open" : "");

    public static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(v => v is double d && !double.IsFinite(d) ? null : (JsonNode?)JsonValue.Create(v))];

    // Plotly reads a little HTML in texts.
    private static string Escape(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
}
