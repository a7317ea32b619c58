using SkiaSharp;

namespace UnsupClipCap;

/// <summary>A sans-serif font for charts as bitmaps. Skia as we have it asks no font service on Linux, so files are looked for.</summary>
internal static class ChartFont
{
    private static readonly string[] families = ["Segoe UI", "Helvetica Neue", "Arial"];

    private static readonly string[] folders =
        ["/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "fonts")];

    private static readonly (string Plain, string Bold)[] files =
    [
        ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"), ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
        ("Roboto-Regular.ttf", "Roboto-Bold.ttf"), ("FreeSans.ttf", "FreeSansBold.ttf"), ("Ubuntu-R.ttf", "Ubuntu-B.ttf"),
    ];

    private static readonly Lazy<(SKTypeface? Plain, SKTypeface? Bold)> found = new(() => (Load(bold: false), Load(bold: true)));

    /// <exception cref="UserException">There is none.</exception>
    public static SKTypeface Find(bool bold) => (bold ? found.Value.Bold : found.Value.Plain) ?? found.Value.Plain
        ?? throw new UserException($"No font for the chart's text in {string.Join(", ", folders)}; looked for {string.Join(", ", files.Select(f => f.Plain))}. Install one (package fonts-dejavu-core), or save the chart as SVG.");

    private static SKTypeface? Load(bool bold)
    {
        if (!OperatingSystem.IsLinux())
        {
            var style = bold ? SKFontStyle.Bold : SKFontStyle.Normal;
            return families.Select(f => SKFontManager.Default.MatchFamily(f, style)).FirstOrDefault(t => t is not null);
        }
        var here = folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.ttf", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            .GroupBy(f => Path.GetFileName(f)!).ToDictionary(g => g.Key, g => g.First());
        return files.Select(f => here.GetValueOrDefault(bold ? f.Bold : f.Plain)).FirstOrDefault(f => f is not null) is { } file ? SKTypeface.FromFile(file) : null;
    }
}
