namespace UnsupClipCap;

/// <summary>Where the project, its data and its cache lie.</summary>
public static class Locations
{
    /// <summary>
    /// The project's root: the first folder above this library, or above the current folder, that holds
    /// <c>UnsupClipCap.sln</c>; the current folder where there is none (the library used as a package).
    /// </summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What the project ships: <c>data</c> under the root.</summary>
    public static string Data => Path.Combine(Root, "data");

    /// <summary>
    /// Everything made once and kept: trained captioners, embeddings, downloads. <c>UNSUPCLIPCAP_CACHE</c>, or <c>data/cache</c>.
    /// </summary>
    public static string Cache => Variable("UNSUPCLIPCAP_CACHE") is { } set ? Path.GetFullPath(set) : Path.Combine(Data, "cache");

    /// <summary>
    /// Where data sets are looked for, in order: the folder in <c>UNSUPCLIPCAP_DATA</c> alone if it is set,
    /// else the cache and then <c>../shared/data</c>.
    /// </summary>
    public static IReadOnlyList<string> DataFolders => Variable("UNSUPCLIPCAP_DATA") is { } set
        ? [Path.GetFullPath(set)]
        : [Cache, Path.GetFullPath(Path.Combine(Root, "..", "shared", "data"))];

    /// <summary>The first of <see cref="DataFolders"/> that holds <paramref name="name"/> (a file or folder), or null.</summary>
    public static string? Find(string name) =>
        DataFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(Path.Exists);

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string FindRoot()
    {
        foreach (var start in new[] { Path.GetDirectoryName(typeof(Locations).Assembly.Location), Environment.CurrentDirectory })
            for (var folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "UnsupClipCap.sln"))) return folder;
        return Environment.CurrentDirectory;
    }
}
