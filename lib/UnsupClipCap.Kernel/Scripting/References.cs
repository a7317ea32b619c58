using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace UnsupClipCap.Kernel;

/// <summary>
/// The assemblies that cells may use: the framework, the library and what it stands on, and what cells add by #r. All are loaded into one context, so that
/// a type is one type wherever it is named; an assembly that the kernel already has is never loaded a second time from elsewhere.
/// </summary>
internal sealed class References
{
    private readonly Dictionary<string, string> _own = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _added = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _natives = new(StringComparer.OrdinalIgnoreCase);

    public References()
    {
        var metadata = new List<MetadataReference>();
        var trusted = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var path in trusted)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (!_own.TryAdd(name, path)) continue;
            metadata.Add(MetadataReference.CreateFromFile(path, documentation: Documentation(path)));
        }
        Metadata = metadata;
        AssemblyLoadContext.Default.Resolving += (context, name) => _added.TryGetValue(name.Name ?? "", out var path) ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Native(name);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<MetadataReference> Metadata { get; private set; }

    /// <summary>Adds an assembly by its file, and the native libraries beside it.</summary>
    /// <returns>False if one of that name is already there.</returns>
    public bool Add(string path)
    {
        path = Path.GetFullPath(path);
        if (!Add(path, path)) return false;
        var beside = Path.GetDirectoryName(path)!;
        foreach (var folder in new[] { beside, Path.Combine(beside, "runtimes", RuntimeInformation.RuntimeIdentifier, "native") }.Where(Directory.Exists))
            foreach (var file in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".so" or ".dylib" or ".dll")) AddNative(file);
        return true;
    }

    /// <summary>Adds an assembly that is compiled against in one file and loaded from another.</summary>
    public bool Add(string compile, string load)
    {
        var name = Path.GetFileNameWithoutExtension(load);
        if (_own.ContainsKey(name) || !_added.TryAdd(name, load)) return false;
        Metadata = [.. Metadata, MetadataReference.CreateFromFile(compile, documentation: Documentation(compile))];
        return true;
    }

    /// <summary>Adds a native library, to be found by its file's name with or without "lib" and the ending.</summary>
    public void AddNative(string path)
    {
        var file = Path.GetFileName(path);
        var bare = Path.GetFileNameWithoutExtension(file);
        foreach (var name in new[] { file, bare, bare.StartsWith("lib", StringComparison.Ordinal) ? bare[3..] : bare }) _natives.TryAdd(name, path);
    }

    /// <summary>The file of the kernel's own assembly of that name, or null.</summary>
    public string? Own(string name) => _own.GetValueOrDefault(name);

    private nint Native(string name) =>
        _natives.TryGetValue(name, out var path) && NativeLibrary.TryLoad(path, out var handle) ? handle : 0;

    private static DocumentationProvider? Documentation(string path) =>
        Path.ChangeExtension(path, ".xml") is var xml && File.Exists(xml) ? XmlDocumentationProvider.CreateFromFile(xml) : null;

    /// <summary>An assembly's version, or null if the file is no managed assembly.</summary>
    public static Version? VersionOf(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path).Version;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
