using System.IO.Compression;

namespace UnsupClipCap;

/// <summary>plotly.js, for pages that are exported: charts in notebooks use the one that the front end has, and show a drawing where it has none.</summary>
public static class Plotly
{
    /// <summary>The gzipped script.</summary>
    public static string File => Path.Combine(Locations.Data, "plotly", "plotly-basic.min.js.gz");

    /// <summary>The script: 1.2 MB. In a page it goes before or after the charts, within <c>&lt;script&gt;</c>.</summary>
    /// <exception cref="UserException">The project's data folder is not here.</exception>
    public static string Script()
    {
        if (!System.IO.File.Exists(File)) throw new UserException($"{File} does not exist; it is part of the project's data folder. Get the project whole.");
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(File), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
