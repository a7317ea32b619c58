namespace UnsupClipCap;

/// <summary>
/// The folder of one run: <c>settings.json</c> is written first and <c>results.json</c> last, so that a folder tells whose run it holds and whether
/// that is done.
/// </summary>
public sealed class RunDirectory
{
    private const string SettingsFile = "settings.json", ResultsFile = "results.json";

    private RunDirectory(string path, bool isDone) => (Path, IsDone) = (path, isDone);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the run of these settings is there in full.</summary>
    public bool IsDone { get; }

    /// <summary>The results file.</summary>
    public string Results => File(ResultsFile);

    /// <summary>A file of the run.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Opens a folder for a run, making it where it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="settings">The run's.</param>
    /// <param name="overwrite">Whether a run that it holds may be replaced.</param>
    /// <exception cref="UserException">It holds a run of other settings, or files that are no run.</exception>
    public static RunDirectory Open(string path, RunSettings settings, bool overwrite)
    {
        path = System.IO.Path.GetFullPath(path);
        if (System.IO.File.Exists(path)) throw new UserException($"{path} is a file; expected a folder for the results.");
        var (own, text) = (System.IO.Path.Combine(path, SettingsFile), settings.ToJson());
        if (System.IO.File.Exists(own))
        {
            var found = System.IO.File.ReadAllText(own);
            if (found == text && !overwrite) return new(path, System.IO.File.Exists(System.IO.Path.Combine(path, ResultsFile)));
            if (!overwrite)
                throw new UserException($"{path} holds a run of other settings: {Differences(found, text)}. Choose another --out, or --overwrite to replace it.");
            System.IO.File.Delete(System.IO.Path.Combine(path, ResultsFile));
        }
        else if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !overwrite)
            throw new UserException($"{path} holds files that are no run of ours ({SettingsFile} is not among them). Choose another --out, or --overwrite to write beside them.");
        AtomicFile.WriteText(own, text);
        return new(path, false);
    }

    private static string Differences(string found, string wanted)
    {
        var (a, b) = (found.Split('\n'), wanted.Split('\n'));
        var lines = a.Except(b).Select(l => l.Trim().TrimEnd(',').Replace("\"", "")).Where(l => l.Length > 1).ToList();
        return lines.Count == 0 ? "they are not those of this version" : string.Join(", ", lines);
    }
}
