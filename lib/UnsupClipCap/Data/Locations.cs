using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Where the project, its data and its cache lie.</summary>
public static class Locations
{
    /// <summary>
    /// The project's root: the first folder above this library, or above the current folder, that holds
    /// <c>UnsupClipCap.sln</c>; the current folder where there is none (the library used as a package).
    /// </summary>
    public static string Root { get; } = DataPlaces.Project ?? Environment.CurrentDirectory;

    /// <summary>What the project ships: <c>data</c> under the root.</summary>
    public static string Data => Path.Combine(Root, "data");

    /// <summary>
    /// Everything made once and kept: trained captioners, embeddings, downloads. <c>UNSUPCLIPCAP_CACHE</c>, or <c>data/cache</c>; in the user's own folder of such things
    /// where there is no project.
    /// </summary>
    public static string Cache => DataPlaces.Cache;

    /// <summary>
    /// Where data sets are looked for, in order: the folder in <c>UNSUPCLIPCAP_DATA</c> alone if it is set,
    /// else the cache and then <c>../shared/data</c>.
    /// </summary>
    public static IReadOnlyList<string> DataFolders => DataPlaces.Folders;

    /// <summary>The first of <see cref="DataFolders"/> that holds <paramref name="name"/> (a file or folder), or null.</summary>
    public static string? Find(string name) => DataPlaces.Find(name);
}
