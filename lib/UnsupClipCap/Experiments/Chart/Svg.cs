using System.Globalization;
using System.Net;
using System.Text;

namespace UnsupClipCap;

/// <summary>
/// Writes the shapes of a chart. Text and lines take the page's colour (<c>currentColor</c>), series a palette that keeps three to one
/// against white and against near-black, so that one drawing serves light and dark pages and carries no style sheet.
/// </summary>
internal sealed class Svg : IDrawing
{
    public const string Font = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

    static readonly string[] palette = ["#2b7fd4", "#d9730d", "#2a9d68", "#9a63d6", "#d0507a", "#1a96a6", "#7d8590"];

    readonly StringBuilder text = new();
    readonly double width;
    readonly double height;
    readonly string label;

    public Svg(double width, double height, string label)
    {
        (this.width, this.height, this.label) = (width, height, label);
    }

    /// <summary>The palette's grey, with the first marker shape: for what is not a method of its own.</summary>
    public const int Grey = 6;

    public static string Colour(int index) => palette[index % palette.Length];

    /// <summary>Width of a text in the drawing's units: near enough to lay out legends without measuring a font.</summary>
    public static double TextWidth(string text, double size) =>
        text.Sum(c => "iljtf.,:;'|! ()-".Contains(c) ? .36 : char.IsUpper(c) || c is 'm' or 'w' ? .82 : .6) * size;

    public void Line(double x1, double y1, double x2, double y2, double opacity = 1, string? dash = null) => text.Append(
        $"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" stroke=\"currentColor\" stroke-opacity=\"{N(opacity)}\"{Dash(dash)}/>");

    public void Text(double x, double y, string content, string anchor = "start", double size = 12, double opacity = .75,
        bool bold = false, double turn = 0) => text.Append(
        $"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\" font-size=\"{N(size)}\" fill=\"currentColor\" fill-opacity=\"{N(opacity)}\"")
        .Append(bold ? " font-weight=\"600\"" : "").Append(turn != 0 ? $" transform=\"rotate({N(turn)} {N(x)} {N(y)})\"" : "")
        .Append($">{WebUtility.HtmlEncode(content)}</text>");

    public void Path(IEnumerable<(double X, double Y)> points, string colour, string? dash = null) => text.Append(
        $"<polyline points=\"{Points(points)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.25\" " +
        $"stroke-linejoin=\"round\" stroke-linecap=\"round\"{Dash(dash)}/>");

    public void Area(IEnumerable<(double X, double Y)> points, string colour) =>
        text.Append($"<polygon points=\"{Points(points)}\" fill=\"{colour}\" fill-opacity=\".16\"/>");

    /// <summary>A marker of the series' own shape, so that series differ without their colours.</summary>
    public void Marker(double x, double y, int shape, string colour, string? title = null, bool open = false, bool dashed = false)
    {
        var r = open ? 5.5 : 4;
        var paint = open
            ? $"fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{(dashed ? " stroke-dasharray=\"2.5 2\"" : "")}"
            : $"fill=\"{colour}\"";
        var inside = title is null ? "" : $"<title>{WebUtility.HtmlEncode(title)}</title>";
        text.Append((shape % 3) switch
        {
            0 => $"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(r)}\" {paint}>{inside}</circle>",
            1 => $"<rect x=\"{N(x - r * .9)}\" y=\"{N(y - r * .9)}\" width=\"{N(r * 1.8)}\" height=\"{N(r * 1.8)}\" {paint}>{inside}</rect>",
            _ => $"<polygon points=\"{Points([(x, y - r * 1.25), (x + r * 1.25, y), (x, y + r * 1.25), (x - r * 1.25, y)])}\" {paint}>{inside}</polygon>",
        });
    }

    // One path of points without length: a thousand points stay small, and each is as its line cap is.
    public void Dots(IReadOnlyList<(double X, double Y)> points, int shape, string colour) => text.Append(
        $"<path d=\"{string.Concat(points.Select(p => $"M{N(p.X)} {N(p.Y)}h0"))}\" fill=\"none\" stroke=\"{colour}\" stroke-opacity=\".6\" stroke-width=\"{(shape % 2 == 0 ? "5" : "4")}\" " +
        $"stroke-linecap=\"{(shape % 2 == 0 ? "round" : "square")}\"/>");

    public void Bar(double x, double y, double width, double height, string colour, bool open, string title) => text.Append(
        $"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\" rx=\"2\" ")
        .Append(open ? $"fill=\"{colour}\" fill-opacity=\".12\" stroke=\"{colour}\" stroke-width=\"1.5\"" : $"fill=\"{colour}\"")
        .Append($"><title>{WebUtility.HtmlEncode(title)}</title></rect>");

    /// <summary>The drawing; <paramref name="alone"/> makes it a file of its own, coloured by the reader's light or dark setting.</summary>
    public string Finish(bool alone)
    {
        var head = alone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "";
        var style = alone
            ? "<style>:root{color-scheme:light dark;color:#1c2127}@media(prefers-color-scheme:dark){:root{color:#e8eaed}}</style>"
            : "";
        return $"{head}<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(width)} {N(height)}\" width=\"{N(width)}\" height=\"{N(height)}\" " +
            $"role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\" font-family=\"{Font}\">{style}{text}</svg>" + (alone ? "\n" : "");
    }

    public static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    static string Dash(string? dash) => dash is null ? "" : $" stroke-dasharray=\"{dash}\"";

    static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(p => $"{N(p.X)},{N(p.Y)}"));
}
