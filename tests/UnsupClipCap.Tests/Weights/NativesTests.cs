using System.Diagnostics;
using System.Xml.Linq;
using Xunit;

namespace UnsupClipCap.Tests;

public class NativesTests
{
    [Fact]
    public void Only_an_elf_image_is_patched() =>
        Assert.Throws<InvalidDataException>(() => Natives.WeakenVersion(new byte[100], "GLIBCXX_3.4.32"));

    [Fact]
    public void Weakening_changes_one_flag_and_nothing_else()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        if (!File.Exists(path)) Assert.Skip($"{path} is not there: not Linux.");
        var (before, after) = (File.ReadAllBytes(path), File.ReadAllBytes(path));
        Assert.True(Natives.WeakenVersion(after, "GLIBCXX_3.4.32"));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.Equal(before[Assert.Single(changed)] | 2, after[changed[0]]);
        Assert.False(Natives.WeakenVersion(after, "GLIBCXX_99"));
    }

    /// <summary>A folder like an installed PyTorch's <c>lib</c>, with a library that does not load.</summary>
    private static string MadeUp(DataFolder folder, string? file, string text)
    {
        folder.Write("torch/lib/libtorch.so", "made up");
        if (file is not null) folder.Write(Path.Combine("torch", file), text);
        return folder.File("torch/lib");
    }

    [Theory]
    [InlineData("version.py", "from typing import Optional\n__all__ = ['__version__', 'debug']\n__version__ = '2.9.1+cu128'\ndebug = False\ncuda: Optional[str] = '12.8'\n", "2.9.1+cu128")]
    [InlineData("version.py", "__version__ = '2.10.0a0+git1234'\n", "2.10.0a0+git1234")]
    [InlineData("build-version", "2.11.0+cpu\n", "2.11.0+cpu")]
    [InlineData("share/cmake/Torch/TorchConfigVersion.cmake", "set(PACKAGE_VERSION \"2.4.0\")\n# Check whether the requested PACKAGE_FIND_VERSION is compatible\n", "2.4.0")]
    public void A_libtorch_of_another_version_is_refused_with_both_versions_and_the_remedy(string file, string text, string version)
    {
        using var folder = new DataFolder();
        var told = Assert.Throws<UserException>(() => LibtorchFolder.Check(MadeUp(folder, file, text))).Message;
        foreach (var part in new[] { $"libtorch {version} ", Path.GetFileName(file), $"libtorch {LibtorchFolder.Expected}", "UNSUPCLIPCAP_LIBTORCH", $"torch=={LibtorchFolder.Expected}" }) Assert.Contains(part, told);
    }

    [Theory]
    [InlineData("version.py", "__version__ = '2.10.0+cu128'\n", "2.10.0+cu128")]
    [InlineData("build-version", "2.10.0\n", "2.10.0")]
    [InlineData("share/cmake/Torch/TorchConfigVersion.cmake", "set(PACKAGE_VERSION \"2.10.0\")\n", "2.10.0")]
    [InlineData(null, "", "no file beside it tells")]
    public void A_libtorch_of_the_version_TorchSharp_was_built_for_is_taken_and_one_that_does_not_tell_is_said_to(string? file, string text, string said)
    {
        using var folder = new DataFolder();
        Assert.Contains(said, LibtorchFolder.Check(MadeUp(folder, file, text)));
    }

    [Fact]
    public void The_library_itself_is_believed_where_no_file_tells()
    {
        LibtorchFolder.Check("lib", 0x020A_00_0000000000);
        Assert.Contains("libtorch 2.11.1 ", Assert.Throws<UserException>(() => LibtorchFolder.Check("lib", 0x020B_01_0000000000)).Message);
    }

    [Fact]
    public void The_expected_version_is_that_of_TorchSharp_and_of_the_packages()
    {
        Assert.StartsWith(LibtorchFolder.Expected, TorchSharp.torch.__version__);
        var packages = XDocument.Load(Path.Combine(Locations.Root, "lib", "Directory.Packages.props")).Descendants("PackageVersion")
            .Where(p => p.Attribute("Include")!.Value.StartsWith("libtorch-", StringComparison.Ordinal)).Select(p => p.Attribute("Version")!.Value).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, v => Assert.Equal(LibtorchFolder.Expected, v));
    }

    [Fact]
    public void Doctor_shows_a_libtorch_of_another_version_and_goes_on()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Another libtorch is taken on Linux alone.");
        using var folder = new DataFolder();
        var (status, output) = Run(Path.Combine(Locations.Root, "lib", "bin"), ["UnsupClipCap.Cli.dll", "doctor"], MadeUp(folder, "version.py", "__version__ = '2.9.1'\n"));
        Assert.Equal(1, status);
        Assert.Matches("missing +libtorch .*libtorch 2.9.1 .*libtorch 2.10.0", output);
        Assert.Matches("ok +cache ", output);
    }

    [Theory]
    [InlineData("cpu", "libtorch-cpu-linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "TorchSharp-cuda-linux", "libtorch-cpu-linux-x64")]
    public void TorchBackend_chooses_the_package(string backend, string expected, string other)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The packages named here are Linux's.");
        var (status, output) = Run(Path.Combine(Locations.Root, "lib", "UnsupClipCap.Cli"), ["msbuild", "-getItem:PackageReference", $"-p:TorchBackend={backend}"]);
        Assert.Equal(0, status);
        Assert.Contains($"\"{expected}\"", output);
        Assert.DoesNotContain($"\"{other}\"", output);
    }

    private static (int Status, string Output) Run(string folder, string[] arguments, string? libtorch = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (libtorch is not null) start.Environment["UNSUPCLIPCAP_LIBTORCH"] = libtorch;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
