using System.Text.Json.Nodes;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>A chart: SVG for light and dark pages alike, PNG, plotly's JSON, and in a notebook all that the front end may show.</summary>
/// <param name="Title">Above the chart; empty for none.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public abstract record Chart(string Title) : IMimeBundle, IHtml
{
    /// <summary>Width of the drawing in CSS pixels.</summary>
    public double Width { get; init; } = 720;

    /// <summary>Writes the chart as an SVG file of its own.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public void SaveSvg(string path) => AtomicFile.WriteText(path, ToSvg(alone: true));

    /// <summary>Writes the chart as a PNG file, dark on white.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">Pixels a CSS pixel: 2 for screens, 4 for print. 0.1 to 20.</param>
    /// <exception cref="UserException">The file cannot be written, or there is no font.</exception>
    public void SavePng(string path, double scale = 2)
    {
        var png = PngDrawing.Of(this, scale);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>The chart as an <c>svg</c> element.</summary>
    /// <param name="alone">Whether it is to be a file of its own, with an XML declaration and its own text colour.</param>
    public string ToSvg(bool alone = false)
    {
        var svg = new Svg(Width, DrawingHeight, Label);
        Draw(svg);
        return svg.Finish(alone);
    }

    /// <summary>The chart as plotly knows it: a JSON object of <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public string ToPlotly() => PlotlyFigure.Of(this).ToJsonString();

    /// <summary>The drawing, which becomes plotly's chart on a page that has plotly.js; it asks the network for nothing.</summary>
    public string ToHtml() => PlotlyFigure.Html(this);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MimeBundle() => new OrderedDictionary<string, string>
    {
        ["application/vnd.plotly.v1+json"] = ToPlotly(),
        ["text/html"] = ToHtml(),
        ["image/svg+xml"] = ToSvg(alone: true),
        ["text/plain"] = ToString(),
    };

    /// <summary>The title and the numbers.</summary>
    public sealed override string ToString() => Title.Length > 0 ? $"{Title}\n{Numbers()}" : Numbers();

    internal abstract double DrawingHeight { get; }

    /// <summary>For readers who do not see it.</summary>
    internal abstract string Label { get; }

    internal abstract void Draw(IDrawing drawing);

    /// <summary>Plotly's <c>data</c>.</summary>
    internal abstract JsonArray Traces();

    /// <summary>What plotly's <c>layout</c> has beside what all charts have.</summary>
    internal abstract JsonObject Layout();

    internal abstract string Numbers();
}
