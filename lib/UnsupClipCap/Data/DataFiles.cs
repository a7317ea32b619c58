using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>The files of one data set among the data folders, each as it is or packed (<c>.gz</c>), and the words for those that are missing.</summary>
internal sealed class DataFiles
{
    private readonly List<(string File, string Fetch)> _missing = [];

    /// <summary>The path of <c>FOLDER/FILE</c> or <c>FOLDER/FILE.gz</c>, or null; what is missing is kept for <see cref="ThrowIfMissing"/>.</summary>
    /// <param name="file">Path under a data folder, with <c>/</c>.</param>
    /// <param name="fetch">The name under which it is fetched.</param>
    public string? Need(string file, string fetch)
    {
        var found = Find(file);
        if (found is null) _missing.Add((file, fetch));
        return found;
    }

    /// <summary>The path of the first of these files that is there, as it is or packed, or null.</summary>
    public static string? Find(params IEnumerable<string> files) =>
        files.SelectMany(f => new[] { f, f + ".gz" }).Select(f => Locations.Find(f.Replace('/', Path.DirectorySeparatorChar))).FirstOrDefault(File.Exists);

    /// <summary>Fails where a file was missing: names each of them, the folders looked into and what to type.</summary>
    /// <param name="name">The data set.</param>
    /// <param name="otherwise">What would do instead of all of them, as a sentence.</param>
    /// <exception cref="UserException">Something is missing.</exception>
    public void ThrowIfMissing(string name, string otherwise)
    {
        if (_missing.Count == 0) return;
        throw new UserException($"{name} is not here in full: {string.Join(", ", _missing.Select(m => m.File))} (or the same with .gz) {(_missing.Count == 1 ? "is" : "are")} in none of the data folders " +
            $"({string.Join(", ", Locations.DataFolders)}). Get {(_missing.Count == 1 ? "it" : "them")} by {Fetches(_missing.Select(m => m.Fetch))}, or set UNSUPCLIPCAP_DATA to a folder that holds {(_missing.Count == 1 ? "it" : "them")}. {otherwise}");
    }

    /// <summary>The commands that fetch these, each once.</summary>
    public static string Fetches(IEnumerable<string> names) => string.Join(" and ", names.Distinct().Select(n => $"'./run fetch {n}'"));

    /// <summary>Reads with the metrics' readers; their complaints are the user's to mend as well.</summary>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MetricInputException e)
        {
            throw new UserException(e.Message, e);
        }
    }

    /// <summary>The lines of a text, packed or not, with the number of each, from 1; blank ones are passed over.</summary>
    /// <exception cref="UserException">It is absent, empty, cut off or not UTF-8.</exception>
    public static IReadOnlyList<(string Text, int Number)> Lines(string path) => Read(() =>
    {
        var content = FileContent.Read(path);
        if (FileContent.Invalid(content.Text) is >= 0 and var wrong) throw new MetricInputException($"{path} is not UTF-8 ({content.Place(wrong)}). Save it as UTF-8.");
        return (IReadOnlyList<(string, int)>)[.. System.Text.Encoding.UTF8.GetString(content.Text).Split('\n').Select((line, i) => (line.TrimEnd('\r'), i + 1)).Where(l => !string.IsNullOrWhiteSpace(l.Item1))];
    });
}
