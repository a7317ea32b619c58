using SkiaSharp;

namespace UnsupClipCap;

/// <summary>Draws a chart's shapes on a bitmap, as <see cref="Svg"/> writes them.</summary>
internal sealed class PngDrawing : IDrawing, IDisposable
{
    private static readonly SKColor ink = SKColor.Parse("#1c2127");
    private readonly SKCanvas _canvas;
    private readonly SKPaint _paint = new() { IsAntialias = true };
    private readonly SKTypeface _plain = ChartFont.Find(bold: false), _bold = ChartFont.Find(bold: true);

    private PngDrawing(SKCanvas canvas) => _canvas = canvas;

    public static byte[] Of(Chart chart, double scale)
    {
        if (!(scale is >= .1 and <= 20)) throw new UserException($"The scale {scale} of a PNG is out of range; expected 0.1 to 20 pixels a CSS pixel.");
        using var bitmap = new SKBitmap(new SKImageInfo((int)Math.Ceiling(chart.Width * scale), (int)Math.Ceiling(chart.DrawingHeight * scale), SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Scale((float)scale);
        using var drawing = new PngDrawing(canvas);
        chart.Draw(drawing);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Line(double x1, double y1, double x2, double y2, double opacity = 1, string? dash = null)
    {
        Stroke(Thinned(ink, opacity), 1, dash);
        _canvas.DrawLine((float)x1, (float)y1, (float)x2, (float)y2, _paint);
    }

    public void Text(double x, double y, string content, string anchor = "start", double size = 12, double opacity = .75, bool bold = false, double turn = 0)
    {
        Fill(Thinned(ink, opacity));
        using var font = new SKFont(bold ? _bold : _plain, (float)size) { Subpixel = true };
        var align = anchor switch { "middle" => SKTextAlign.Center, "end" => SKTextAlign.Right, _ => SKTextAlign.Left };
        _canvas.Save();
        if (turn != 0) _canvas.RotateDegrees((float)turn, (float)x, (float)y);
        _canvas.DrawText(content, (float)x, (float)y, align, font, _paint);
        _canvas.Restore();
    }

    public void Path(IEnumerable<(double X, double Y)> points, string colour, string? dash = null)
    {
        using var path = Polygon(points, close: false);
        Stroke(SKColor.Parse(colour), 2.25f, dash);
        _canvas.DrawPath(path, _paint);
    }

    public void Area(IEnumerable<(double X, double Y)> points, string colour)
    {
        using var path = Polygon(points, close: true);
        Fill(Thinned(SKColor.Parse(colour), .16));
        _canvas.DrawPath(path, _paint);
    }

    public void Marker(double x, double y, int shape, string colour, string? title = null, bool open = false, bool dashed = false)
    {
        var r = open ? 5.5 : 4;
        if (open) Stroke(SKColor.Parse(colour), 2, dashed ? "2.5 2" : null);
        else Fill(SKColor.Parse(colour));
        switch (shape % 3)
        {
            case 0:
                _canvas.DrawCircle((float)x, (float)y, (float)r, _paint);
                break;
            case 1:
                _canvas.DrawRect((float)(x - r * .9), (float)(y - r * .9), (float)(r * 1.8), (float)(r * 1.8), _paint);
                break;
            default:
                using (var diamond = Polygon([(x, y - r * 1.25), (x + r * 1.25, y), (x, y + r * 1.25), (x - r * 1.25, y)], close: true)) _canvas.DrawPath(diamond, _paint);
                break;
        }
    }

    public void Dots(IReadOnlyList<(double X, double Y)> points, int shape, string colour)
    {
        Fill(Thinned(SKColor.Parse(colour), .6));
        foreach (var (x, y) in points)
            if (shape % 2 == 0) _canvas.DrawCircle((float)x, (float)y, 2.5f, _paint);
            else _canvas.DrawRect((float)x - 2, (float)y - 2, 4, 4, _paint);
    }

    public void Bar(double x, double y, double width, double height, string colour, bool open, string title)
    {
        var place = new SKRect((float)x, (float)y, (float)(x + width), (float)(y + height));
        Fill(Thinned(SKColor.Parse(colour), open ? .12 : 1));
        _canvas.DrawRoundRect(place, 2, 2, _paint);
        if (!open) return;
        Stroke(SKColor.Parse(colour), 1.5f, null);
        _canvas.DrawRoundRect(place, 2, 2, _paint);
    }

    private void Fill(SKColor colour) => (_paint.Style, _paint.Color, _paint.PathEffect) = (SKPaintStyle.Fill, colour, null);

    private void Stroke(SKColor colour, float width, string? dash)
    {
        (_paint.Style, _paint.Color, _paint.StrokeWidth, _paint.StrokeCap, _paint.StrokeJoin) = (SKPaintStyle.Stroke, colour, width, dash is null ? SKStrokeCap.Round : SKStrokeCap.Butt, SKStrokeJoin.Round);
        _paint.PathEffect = dash is null ? null : SKPathEffect.CreateDash([.. dash.Split(' ').Select(d => float.Parse(d, System.Globalization.CultureInfo.InvariantCulture))], 0);
    }

    private static SKColor Thinned(SKColor colour, double opacity) => colour.WithAlpha((byte)Math.Round(255 * Math.Clamp(opacity, 0, 1)));

    private static SKPath Polygon(IEnumerable<(double X, double Y)> points, bool close)
    {
        var path = new SKPath();
        foreach (var (x, y) in points)
            if (path.PointCount == 0) path.MoveTo((float)x, (float)y);
            else path.LineTo((float)x, (float)y);
        if (close) path.Close();
        return path;
    }

    public void Dispose() => _paint.Dispose();
}
