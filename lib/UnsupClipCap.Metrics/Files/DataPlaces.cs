namespace UnsupClipCap.Metrics;

/// <summary>Where data is looked for and where what is made once is kept; the same for the library of models and for the metrics by themselves.</summary>
internal static class DataPlaces
{
    /// <summary>The project's root, the first folder above this library or above the current folder that holds <c>UnsupClipCap.sln</c>; null where the library is used as a package.</summary>
    public static string? Project { get; } = FindProject();

    /// <summary><c>UNSUPCLIPCAP_CACHE</c>; else <c>data/cache</c> of the project, or the user's own folder of such things where there is no project.</summary>
    public static string Cache => Variable("UNSUPCLIPCAP_CACHE") is { } set ? Path.GetFullPath(set)
        : Project is { } root ? Path.Combine(root, "data", "cache")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "unsupclipcap");

    /// <summary>The folder in <c>UNSUPCLIPCAP_DATA</c> alone if it is set, else the cache and then <c>../shared/data</c> beside the project.</summary>
    public static IReadOnlyList<string> Folders => Variable("UNSUPCLIPCAP_DATA") is { } set ? [Path.GetFullPath(set)]
        : Project is { } root ? [Cache, Path.GetFullPath(Path.Combine(root, "..", "shared", "data"))]
        : [Cache];

    /// <summary>The first of <see cref="Folders"/> that holds <paramref name="name"/> (a file or folder), or null.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(Path.Exists);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? FindProject()
    {
        foreach (var start in new[] { Path.GetDirectoryName(typeof(DataPlaces).Assembly.Location), Environment.CurrentDirectory })
            for (var folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "UnsupClipCap.sln"))) return folder;
        return null;
    }
}
