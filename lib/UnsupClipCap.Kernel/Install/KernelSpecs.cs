using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>A kernel that Jupyter front ends find.</summary>
/// <param name="Name">The name that notebooks ask for.</param>
/// <param name="DisplayName">What front ends show.</param>
/// <param name="Folder">Where its kernel.json lies.</param>
/// <param name="Program">The kernel's dll if it is this project's, from whatever checkout; else null.</param>
internal sealed record FoundSpec(string Name, string DisplayName, string Folder, string? Program);

/// <summary>Kernelspecs: the files by which front ends know which kernels there are.</summary>
internal static class KernelSpecs
{
    /// <summary>The name that C# notebooks ask for.</summary>
    public const string Name = ".net-csharp";

    private const string Dll = "UnsupClipCap.Kernel.dll", Spec = "kernel.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kernel of this build.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, Dll);

    /// <summary>Jupyter's data folder of the current user.</summary>
    public static string UserFolder
    {
        get
        {
            if (Variable("JUPYTER_DATA_DIR") is { } set) return set;
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsWindows()) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
            if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
            return Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter");
        }
    }

    /// <summary>Every folder in which front ends look, the first before the others.</summary>
    public static IReadOnlyList<string> Folders =>
    [
        .. (Variable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        UserFolder,
        .. OperatingSystem.IsWindows() ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter")] : new[] { "/usr/local/share/jupyter", "/usr/share/jupyter" },
    ];

    /// <summary>Writes the kernelspec for the current user.</summary>
    /// <param name="replace">Also over one that something else installed.</param>
    /// <param name="cuda">The kernel is to use a GPU.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="UserException">Another's is there; or this build has no CUDA.</exception>
    public static string Install(bool replace = false, bool cuda = false)
    {
        var folder = Path.Combine(UserFolder, "kernels", Name);
        var libtorch = Variable("UNSUPCLIPCAP_LIBTORCH") is { } set ? Path.GetFullPath(set) : null;
        if (cuda && libtorch is null && !HasCuda())
            throw new UserException("This build has no CUDA. 'TorchBackend=cuda ./run kernel install --cuda' builds with it; UNSUPCLIPCAP_LIBTORCH=DIR uses an installed PyTorch's 'lib'.");
        if (!replace && Read(folder) is { Program: null } other)
            throw new UserException($"{other.Folder} holds a kernel '{other.DisplayName}' that is not this project's; it is kept. '--replace' puts this one in its place.");
        var environment = new JsonObject();
        if (cuda) environment["TorchBackend"] = "cuda";
        if (libtorch is not null) environment["UNSUPCLIPCAP_LIBTORCH"] = libtorch;
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var content = new JsonObject
        {
            ["argv"] = new JsonArray(host, Program, "{connection_file}"),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
            ["interrupt_mode"] = "message",
            ["env"] = environment,
            ["metadata"] = new JsonObject { ["debugger"] = false },
        };
        AtomicFile.WriteText(Path.Combine(folder, Spec), content.ToJsonString(Json) + "\n");
        return folder;
    }

    /// <summary>Takes the current user's kernelspec away.</summary>
    /// <returns>The folder, or null if there was none.</returns>
    /// <exception cref="UserException">It is another's.</exception>
    public static string? Uninstall()
    {
        var folder = Path.Combine(UserFolder, "kernels", Name);
        if (Read(folder) is not { } found) return null;
        if (found.Program is null) throw new UserException($"{folder} holds a kernel '{found.DisplayName}' that is not this project's; it is kept.");
        Directory.Delete(folder, recursive: true);
        return folder;
    }

    /// <summary>All kernels that front ends find; of one name the first is used.</summary>
    public static IReadOnlyList<FoundSpec> List() =>
    [
        .. Folders.Distinct().Select(f => Path.Combine(f, "kernels")).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateDirectories(f).Order(StringComparer.Ordinal)).Select(Read).OfType<FoundSpec>(),
    ];

    private static FoundSpec? Read(string folder)
    {
        var path = Path.Combine(folder, Spec);
        if (!File.Exists(path)) return null;
        var name = Path.GetFileName(folder);
        try
        {
            var spec = JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
            var program = (spec?["argv"] as JsonArray)?.Select(a => (string?)a).FirstOrDefault(a => a is not null && Path.GetFileName(a.Replace('\\', '/')) == Dll);
            return new(name, (string?)spec?["display_name"] ?? name, folder, program);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return new(name, $"unreadable: {e.Message}", folder, null);
        }
    }

    private static bool HasCuda() => Path.Combine(AppContext.BaseDirectory, "runtimes") is var natives && Directory.Exists(natives) &&
        Directory.EnumerateFiles(natives, "*torch_cuda*", SearchOption.AllDirectories).Any();

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
