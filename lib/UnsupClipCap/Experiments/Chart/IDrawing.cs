namespace UnsupClipCap;

/// <summary>What charts are drawn with: the few shapes that they have, in CSS pixels from the top left. Text and axes take the page's colour.</summary>
internal interface IDrawing
{
    /// <summary>A line of the page's colour.</summary>
    void Line(double x1, double y1, double x2, double y2, double opacity = 1, string? dash = null);

    /// <summary>A text; <paramref name="anchor"/> is "start", "middle" or "end" of it at x, y its base line.</summary>
    void Text(double x, double y, string content, string anchor = "start", double size = 12, double opacity = .75, bool bold = false, double turn = 0);

    /// <summary>A series' line.</summary>
    void Path(IEnumerable<(double X, double Y)> points, string colour, string? dash = null);

    /// <summary>A filled area, thin enough for what is under it to show.</summary>
    void Area(IEnumerable<(double X, double Y)> points, string colour);

    /// <summary>A marker of the series' own shape, so that series differ without their colours.</summary>
    void Marker(double x, double y, int shape, string colour, string? title = null, bool open = false, bool dashed = false);

    /// <summary>Many small points; of odd shapes squares.</summary>
    void Dots(IReadOnlyList<(double X, double Y)> points, int shape, string colour);

    /// <summary>A bar.</summary>
    void Bar(double x, double y, double width, double height, string colour, bool open, string title);
}
