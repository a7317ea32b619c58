namespace UnsupClipCap;

/// <summary>The report of a run: one self-contained HTML page that needs no network.</summary>
public static class Report
{
    /// <summary>Writes the page to <paramref name="path"/> (by custom <c>index.html</c>), replacing it whole or not at all.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(string path, ReportInput input) => AtomicFile.WriteText(path, Html(input));

    /// <summary>The page as text.</summary>
    public static string Html(ReportInput input) => throw new NotImplementedException();
}
