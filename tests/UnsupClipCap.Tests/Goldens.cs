using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>
/// Independent references beside the repository. They are no part of it: where they are absent a test is skipped, and says
/// so and why; where a folder is there but holds nothing to check, the test fails.
/// </summary>
internal static class Goldens
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of all parity sets: environment variable UNSUPCLIPCAP_PARITY, else ../shared/parity.</summary>
    public static string Root => Environment.GetEnvironmentVariable("UNSUPCLIPCAP_PARITY") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.GetFullPath(Path.Combine(Repository, "..", "shared", "parity"));

    /// <summary>The folder of data sets: ../shared/data.</summary>
    public static string DataRoot => Path.GetFullPath(Path.Combine(Repository, "..", "shared", "data"));

    /// <summary>The folder of one parity set. Skips the test where the root or this folder is absent; fails where the folder is empty.</summary>
    public static string Folder(string name)
    {
        if (!Directory.Exists(Root))
            Assert.Skip($"No parity sets: looked in {Root}. Set UNSUPCLIPCAP_PARITY to the folder that holds them.");
        var folder = Path.Combine(Root, name);
        if (!Directory.Exists(folder))
            Assert.Skip($"No parity set '{name}': the parity root {Root} is there, but has no such folder.");
        Assert.True(Directory.EnumerateFileSystemEntries(folder).Any(), $"The parity folder {folder} is empty: there is nothing to check.");
        return folder;
    }

    /// <summary>The files of one parity set whose names match a pattern, in order of name; fails where there are none.</summary>
    public static IReadOnlyList<string> Files(string name, string pattern)
    {
        var folder = Folder(name);
        string[] files = [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 0, $"The parity folder {folder} holds no {pattern}: there is nothing to check.");
        return files;
    }

    /// <summary>A file of the data sets. Skips the test where it is absent.</summary>
    public static string Data(string path)
    {
        var file = Path.Combine(DataRoot, path);
        if (!File.Exists(file)) Assert.Skip($"No data to check against: looked for {file}.");
        return file;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "UnsupClipCap.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds UnsupClipCap.sln; expected the repository's root.");
    }
}
