using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;

namespace UnsupClipCap;

/// <summary>
/// Makes TorchSharp's native library load where it would not by itself. Its Linux build asks for libstdc++ 3.4.32 (GCC 13),
/// a version attached to a single symbol that no relocation uses; Debian 12, Ubuntu 22.04 and RHEL 9 have an older one.
/// There, a copy whose request for that version is marked weak is loaded from the cache; nothing on the system changes.
/// Where the library loads as it is, nothing is done. <c>UNSUPCLIPCAP_LIBTORCH</c> names the folder of another libtorch
/// (an installed PyTorch's <c>lib</c>) to use instead of the packaged one; it must be of the version that TorchSharp was built for.
/// </summary>
public static class Natives
{
    private const string Library = "libLibTorchSharp.so";
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private static readonly Lock Gate = new();
    private static nint _handle;

    /// <summary>What was done to load the library: for <c>./run doctor</c>.</summary>
    public static string Remedy { get; private set; } = "none needed";

    /// <summary>Which libtorch is used, and how its version was found: for <c>./run doctor</c>.</summary>
    public static string Libtorch { get; private set; } = "the packaged one";

    /// <summary>What keeps the library from loading, if <see cref="Load"/> failed. TorchSharp's own error would blame a missing package.</summary>
    public static UserException? Fault { get; private set; }

    /// <summary>Throws <see cref="Fault"/>, if there is one.</summary>
    /// <exception cref="UserException">The library does not load.</exception>
    public static void Check()
    {
        if (Fault is { } fault) throw new UserException(fault.Message, fault);
    }

    private static string? Other => Environment.GetEnvironmentVariable("UNSUPCLIPCAP_LIBTORCH") is { Length: > 0 } set ? Path.GetFullPath(set) : null;

#pragma warning disable CA2255 // A library's module initializer: whoever first touches the library gets natives that load.
    [ModuleInitializer]
    internal static void Register()
    {
        if (!OperatingSystem.IsLinux()) return;
        KeepFreedMemory();
        // Raised only after the runtime's own search has failed: a no-op on systems that need no remedy.
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name is "LibTorchSharp" or Library ? Load() : 0;
        if (Other is null) return;
        // TorchSharp must not find the packaged one first. What is wrong with the other is told where tensors are first used.
        NativeLibrary.SetDllImportResolver(typeof(TorchSharp.torch).Assembly, (name, _, _) => name is "LibTorchSharp" or Library ? Load() : 0);
        try
        {
            Load();
        }
        catch (UserException) { }                           // is in Fault
    }
#pragma warning restore CA2255

    /// <summary>
    /// Keeps freed tensors' memory in the process. glibc gives large blocks back at once, and every step of training then pays page faults for
    /// the same blocks again: a quarter of its time.
    /// </summary>
    private static void KeepFreedMemory()
    {
        const int trimThreshold = -1, mmapThreshold = -3;
        _ = mallopt(mmapThreshold, 32 << 20);               // the highest that glibc takes
        _ = mallopt(trimThreshold, int.MaxValue);
    }

    [DllImport("libc", ExactSpelling = true)]
    private static extern int mallopt(int parameter, int value);

    /// <summary>Loads the native library, with the remedy if it needs it, and returns its handle.</summary>
    /// <exception cref="UserException">It is absent, or does not load either way.</exception>
    public static nint Load()
    {
        lock (Gate)
        {
            try
            {
                return _handle != 0 ? _handle : _handle = Loaded();
            }
            catch (UserException e)
            {
                Fault = e;
                throw;
            }
        }
    }

    private static nint Loaded()
    {
        var other = Other;
        var found = other is null ? Libtorch : LibtorchFolder.Check(other);
        var original = FindLibrary(with: other is null ? "libtorch.so" : null);
        var libtorch = other ?? Path.GetDirectoryName(original)!;
        try
        {
            foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so" })
                if (File.Exists(Path.Combine(libtorch, name)) && Preload(Path.Combine(libtorch, name), ofOther: other is not null))
                    found = $"{other}, {LibtorchFolder.Expected} as the library itself says";
        }
        catch (Exception e) when (other is not null && e is DllNotFoundException or BadImageFormatException)
        {
            throw new UserException($"UNSUPCLIPCAP_LIBTORCH is {other}, whose libtorch does not load: {e.Message}", e);
        }
        Libtorch = found;
        try
        {
            if (NativeLibrary.TryLoad(original, out var handle)) return handle;
            handle = NativeLibrary.Load(PatchedCopy(original));
            Remedy = $"a copy of {Library} that does not insist on {MissingVersion}";
            return handle;
        }
        catch (Exception e) when (e is DllNotFoundException or InvalidDataException or BadImageFormatException)
        {
            throw new UserException($"{original} loads neither as it is nor with its request for {MissingVersion} made weak: {e.Message} " +
                "It needs 64-bit Linux with glibc 2.28 or later; './run doctor' shows what is here.", e);
        }
    }

    /// <summary>Loads a part of libtorch, and asks it for its version if it can tell (2.10 can, older ones cannot): whether it told.</summary>
    private static bool Preload(string path, bool ofOther)
    {
        var library = NativeLibrary.Load(path);
        if (!ofOther || !NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var version)) return false;
        LibtorchFolder.Check(Path.GetDirectoryName(path)!, Marshal.GetDelegateForFunctionPointer<PackedVersion>(version)());
        return true;
    }

    private delegate ulong PackedVersion();

    /// <summary>TorchSharp's library in the first folder of natives that also holds <paramref name="with"/>, the libtorch it is to run on.</summary>
    private static string FindLibrary(string? with)
    {
        var folders = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(Natives).Assembly.Location), Path.Combine(Locations.Root, "lib", "bin") }
            .Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.Combine(f!, "runtimes", "linux-x64", "native")).Distinct().ToList();
        return folders.Where(f => with is null || File.Exists(Path.Combine(f, with))).Select(f => Path.Combine(f, Library)).FirstOrDefault(File.Exists)
            ?? throw new UserException($"{Library}{(with is null ? "" : $" and {with}")} were not found in {string.Join(" or ", folders)}. " +
                "Build the project again: './run help' builds when needed.");
    }

    private static string PatchedCopy(string original)
    {
        var elf = File.ReadAllBytes(original);
        var name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(elf))[..12]}.so";
        var copy = Path.Combine(Locations.Cache, "natives", name);
        if (File.Exists(copy)) return copy;
        if (!WeakenVersion(elf, MissingVersion))
            throw new InvalidDataException($"it does not ask for {MissingVersion}.");
        try
        {
            AtomicFile.Write(copy, s => s.Write(elf));
        }
        catch (UserException)
        {
            // A read-only checkout: any place that can be written will do.
            copy = Path.Combine(Path.GetTempPath(), $"unsupclipcap-{Environment.UserName}", name);
            AtomicFile.Write(copy, s => s.Write(elf));
        }
        return copy;
    }

    /// <summary>
    /// Sets the weak flag (0x2, VER_FLG_WEAK) of each entry for <paramref name="version"/> in the version-needed section
    /// (<c>.gnu.version_r</c>) of a 64-bit little-endian ELF image; the loader then only warns where it is lacking.
    /// True if there was one.
    /// </summary>
    internal static bool WeakenVersion(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException("it is not a 64-bit little-endian ELF file.");
        const int needSection = 0x6FFFFFFE;
        var found = false;
        int sections = (int)U64(elf, 0x28), sectionSize = U16(elf, 0x3A), sectionCount = U16(elf, 0x3C);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = sections + i * sectionSize;
            if (U32(elf, section + 4) != needSection) continue;
            var strings = (int)U64(elf, sections + U32(elf, section + 0x28) * sectionSize + 0x18);
            var need = (int)U64(elf, section + 0x18);
            for (var k = U32(elf, section + 0x2C); k > 0; k--, need += U32(elf, need + 12))
            {
                var entry = need + U32(elf, need + 8);
                for (var j = U16(elf, need + 2); j > 0; j--, entry += U32(elf, entry + 12))
                {
                    var name = elf[(strings + U32(elf, entry + 8))..];
                    if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) != version) continue;
                    elf[entry + 4] |= 2;
                    found = true;
                }
            }
        }
        return found;

        static int U16(ReadOnlySpan<byte> e, int at) => BinaryPrimitives.ReadUInt16LittleEndian(e[at..]);
        static int U32(ReadOnlySpan<byte> e, int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(e[at..]));
        static long U64(ReadOnlySpan<byte> e, int at) => BinaryPrimitives.ReadInt64LittleEndian(e[at..]);
    }

    /// <summary>The version of the TorchSharp that the library was built with.</summary>
    public static string TorchSharpVersion =>
        typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
