using System.Text.RegularExpressions;

namespace UnsupClipCap;

/// <summary>Which version of libtorch lies in a folder: TorchSharp's library calls it by names and layouts that change between versions, so any other may compute wrongly or crash.</summary>
internal static partial class LibtorchFolder
{
    /// <summary>The version that TorchSharp was built for: <c>libtorch-cpu-*</c> in <c>lib/Directory.Packages.props</c>.</summary>
    public const string Expected = "2.10.0";

    /// <summary>Where a version is written down, seen from the folder of the libraries: an installed PyTorch's, a libtorch archive's, CMake's in both.</summary>
    private static readonly string[] Places = ["../version.py", "../build-version", "../share/cmake/Torch/TorchConfigVersion.cmake"];

    /// <summary>The version as it is written, "2.10.0+cu128", and the file that says so; null where no file does.</summary>
    public static (string Version, string File)? Version(string folder)
    {
        foreach (var path in Places.Select(p => Path.GetFullPath(Path.Combine(folder, p))).Where(File.Exists))
            if (Written().Match(File.ReadAllText(path)) is { Success: true } match) return (match.Groups["version"].Value, path);
        return null;
    }

    /// <summary>Sees that a folder holds the expected libtorch, as far as its files tell.</summary>
    /// <returns>What was found, for people.</returns>
    /// <exception cref="UserException">There is none, or it is of another version.</exception>
    public static string Check(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "libtorch.so")))
            throw new UserException($"UNSUPCLIPCAP_LIBTORCH is {folder}, which holds no libtorch.so; expected the 'lib' folder of an installed PyTorch {Expected}.");
        if (Version(folder) is not var (version, file)) return $"{folder}, whose version no file beside it tells";
        return IsExpected(version) ? $"{folder}, {version}" : throw Other(folder, version, $"{file} says");
    }

    /// <summary>Sees that the libtorch that was loaded from a folder is the expected one, as far as it tells itself.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="packed">What its <c>aoti_torch_abi_version</c> returns: major, minor and patch version, a byte each, from the top.</param>
    /// <exception cref="UserException">It is of another version.</exception>
    public static void Check(string folder, ulong packed)
    {
        var version = FormattableString.Invariant($"{packed >> 56}.{packed >> 48 & 255}.{packed >> 40 & 255}");
        if (!IsExpected(version)) throw Other(folder, version, "the library itself says");
    }

    /// <summary>What is behind "+" tells the compute platform only; any other ending is another version ("2.10.0a0" comes before 2.10.0).</summary>
    private static bool IsExpected(string version) => version.Split('+')[0] == Expected;

    private static UserException Other(string folder, string version, string who) => new(
        $"UNSUPCLIPCAP_LIBTORCH is {folder}, which holds libtorch {version} ({who} so); TorchSharp {Natives.TorchSharpVersion} was built for libtorch {Expected}, and another may crash or compute wrongly. " +
        $"Name the 'lib' folder of PyTorch {Expected} (pip install torch=={Expected}), or unset the variable for the packaged one.");

    [GeneratedRegex("""(?:__version__[^'"=]*=\s*|PACKAGE_VERSION\s+|^\s*)['"]?(?<version>\d+\.\d+\.\d+[^'"\s)]*)""", RegexOptions.Multiline)]
    private static partial Regex Written();
}
