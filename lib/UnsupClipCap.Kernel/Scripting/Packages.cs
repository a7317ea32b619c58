using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UnsupClipCap.Kernel;

/// <summary>
/// Packages that cells ask for by <c>#r "nuget: Name, Version"</c>: restored by the SDK for a project of their own, all of them together so that their versions agree.
/// </summary>
internal sealed partial class Packages(References references) : IDisposable
{
    private readonly Dictionary<string, string> _wanted = new(StringComparer.OrdinalIgnoreCase);
    private DirectoryInfo? _folder;

    /// <summary>Restores a package and what it needs, and adds all to the references.</summary>
    /// <param name="request">"Name, Version" or "Name".</param>
    /// <param name="cancel">Ends the restore.</param>
    /// <exception cref="CellFaultException">There is no such package, or it cannot be had.</exception>
    public void Add(string request, CancellationToken cancel)
    {
        var parts = request.Split(',', 2, StringSplitOptions.TrimEntries);
        var (name, version) = (parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : "*");
        if (!Name().IsMatch(name)) throw new CellFaultException("PackageError", $"'nuget: {request}' names no package; expected #r \"nuget: Name, Version\".");
        if (_wanted.TryGetValue(name, out var known))
        {
            if (known == version || version == "*") return;
            throw new CellFaultException("PackageError", $"{name} {known} is already loaded, and {version} cannot be loaded beside it. Restart the kernel to change the version.");
        }
        var before = new Dictionary<string, string>(_wanted);
        _wanted[name] = version;
        try
        {
            Console.Out.Write($"Restoring {name}{(version == "*" ? "" : $" {version}")} …");
            var assets = Restore(name, cancel);
            Console.Out.WriteLine($"\rInstalled {name} {Take(assets, name)}.".PadRight(40));
        }
        catch
        {
            _wanted.Clear();
            foreach (var (n, v) in before) _wanted[n] = v;
            Console.Out.WriteLine();
            throw;
        }
    }

    private string Restore(string name, CancellationToken cancel)
    {
        _folder ??= Directory.CreateTempSubdirectory("unsupclipcap-packages-");
        var project = Path.Combine(_folder.FullName, "packages.csproj");
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
                new XElement("NuGetAudit", "false"),
                new XElement("ImportDirectoryBuildProps", "false"),
                new XElement("ImportDirectoryPackagesProps", "false")),
            new XElement("ItemGroup", _wanted.Select(w => new XElement("PackageReference", new XAttribute("Include", w.Key), new XAttribute("Version", w.Value))))).Save(project);
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, ["restore", project, "-nologo", "-v", "minimal"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        using var process = Process.Start(start) ?? throw new CellFaultException("PackageError", "The .NET SDK's 'dotnet' cannot be started; packages need it on the PATH.");
        using var end = cancel.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var said = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode == 0) return Path.Combine(_folder.FullName, "obj", "project.assets.json");
        var told = Error().Matches(said).Select(m => $"{m.Groups[2].Value.Trim()} ({m.Groups[1].Value})").Distinct().ToList();
        throw new CellFaultException("PackageError", $"{name} {_wanted[name]} could not be restored. {(told.Count > 0 ? string.Join(" ", told) : said.Trim())}");
    }

    /// <summary>Adds the assemblies and natives of a restored project.</summary>
    /// <returns>The version of <paramref name="name"/> that was taken.</returns>
    private string Take(string file, string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var root = document.RootElement;
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(p => p.Name).ToList();
        var taken = "";
        foreach (var library in root.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject())
        {
            var id = library.Name.Split('/');
            if (id[0].Equals(name, StringComparison.OrdinalIgnoreCase)) taken = id[1];
            if (root.GetProperty("libraries").GetProperty(library.Name) is var at && !at.TryGetProperty("path", out _)) continue;
            var folder = folders.Select(f => Path.Combine(f, at.GetProperty("path").GetString()!)).FirstOrDefault(Directory.Exists);
            if (folder is null) continue;
            var load = Assets("runtime").ToDictionary(p => Path.GetFileName(p), StringComparer.OrdinalIgnoreCase);
            foreach (var (path, _) in Specific("runtime")) load[Path.GetFileName(path)] = path;
            foreach (var compile in Assets("compile"))
            {
                var path = load.GetValueOrDefault(Path.GetFileName(compile), compile);
                var own = references.Own(Path.GetFileNameWithoutExtension(path));
                if (own is not null && References.VersionOf(own) is { } ours && References.VersionOf(path) is { } theirs && theirs > ours)
                    Console.Error.WriteLine($"{Path.GetFileName(path)}: the kernel's own version {ours} is used, not {theirs}.");
                references.Add(compile, path);
            }
            foreach (var path in load.Values) references.Add(path, path);
            foreach (var (path, _) in Specific("native")) references.AddNative(path);

            IEnumerable<string> Assets(string kind) => library.Value.TryGetProperty(kind, out var assets)
                ? assets.EnumerateObject().Where(a => a.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).Select(a => Path.Combine(folder, a.Name)) : [];

            // Of those for a system, the ones for this system: the nearest runtime first, so that the first of a name stands.
            List<(string Path, int Rank)> Specific(string kind) => !library.Value.TryGetProperty("runtimeTargets", out var targets) ? [] :
            [
                .. targets.EnumerateObject().Where(t => t.Value.GetProperty("assetType").GetString() == kind)
                    .Select(t => (Path.Combine(folder, t.Name), Array.IndexOf(Runtimes, t.Value.GetProperty("rid").GetString()))).Where(t => t.Item2 >= 0).OrderBy(t => kind == "native" ? t.Item2 : -t.Item2),
            ];
        }
        return taken;
    }

    /// <summary>This system's names among packages' runtimes, the nearest first.</summary>
    private static readonly string[] Runtimes = Systems().SelectMany(s => new[] { $"{s}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", s }).Append("any").ToArray();

    private static string[] Systems() => OperatingSystem.IsWindows() ? ["win"] : OperatingSystem.IsMacOS() ? ["osx", "unix"] : ["linux", "unix"];

    [GeneratedRegex(@"^[\w.-]+$")]
    private static partial Regex Name();

    [GeneratedRegex(@"error (NU\d+|MSB\d+|NETSDK\d+)\s*: (.+?)(?= \[|$)", RegexOptions.Multiline)]
    private static partial Regex Error();

    public void Dispose()
    {
        try
        {
            _folder?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A temporary folder; the system clears it.
        }
    }
}
