using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace UnsupClipCap;

/// <summary>
/// Makes SkiaSharp's native library load in hosts of scripts, such as the original .NET Interactive: they load this library by its path, without the <c>.deps.json</c> that says where natives lie.
/// </summary>
internal static class PictureNatives
{
    private const string Library = "libSkiaSharp";

#pragma warning disable CA2255 // A library's module initializer: whoever first touches the library gets natives that load.
    [ModuleInitializer]
    internal static void Register()
#pragma warning restore CA2255
    {
        // Such hosts give each assembly a context of its own: SkiaSharp's is known when it comes.
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Help(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Help(assembly);
    }

    private static void Help(Assembly assembly)
    {
        if (assembly.GetName().Name != "SkiaSharp" || AssemblyLoadContext.GetLoadContext(assembly) is not { } context) return;
        // Raised only after the runtime's own search has failed: a no-op in programs.
        context.ResolvingUnmanagedDll += (_, name) => name == Library && Find() is { } path && NativeLibrary.TryLoad(path, out var handle) ? handle : 0;
    }

    private static string? Find()
    {
        var folder = Path.Combine(Path.GetDirectoryName(typeof(PictureNatives).Assembly.Location) ?? "", "runtimes");
        var (system, ending) = OperatingSystem.IsWindows() ? ("win", ".dll") : OperatingSystem.IsMacOS() ? ("osx", ".dylib") : ("linux", ".so");
        var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return new[] { $"{system}-{processor}", system }.Select(name => Path.Combine(folder, name, "native", Library + ending)).FirstOrDefault(File.Exists);
    }
}
