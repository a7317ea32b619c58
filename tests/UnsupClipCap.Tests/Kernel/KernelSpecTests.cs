using System.Text.Json.Nodes;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

public sealed class KernelSpecTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unsupclipcap-jupyter-");
    private readonly string? _before = Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR");
    private string Spec => Path.Combine(_folder.FullName, "kernels", ".net-csharp", "kernel.json");

    public KernelSpecTests() => Environment.SetEnvironmentVariable("JUPYTER_DATA_DIR", _folder.FullName);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("JUPYTER_DATA_DIR", _before);
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Installed_it_is_what_notebooks_in_C_ask_for_and_uninstalled_it_is_gone()
    {
        Assert.Null(KernelSpecs.Uninstall());
        KernelSpecs.Install();
        KernelSpecs.Install();                              // again: ours gives way to ours
        var spec = JsonNode.Parse(File.ReadAllText(Spec))!;
        Assert.Equal((".NET (C#)", "C#", "message"), ((string?)spec["display_name"], (string?)spec["language"], (string?)spec["interrupt_mode"]));
        Assert.True(File.Exists((string?)spec["argv"]![1]));
        Assert.Equal("{connection_file}", (string?)spec["argv"]!.AsArray()[^1]);
        Assert.Contains(KernelSpecs.List(), s => s.Name == ".net-csharp" && s.Program is not null && s.Folder == Path.GetDirectoryName(Spec));
        Assert.NotNull(KernelSpecs.Uninstall());
        Assert.False(File.Exists(Spec));
    }

    [Fact]
    public void Anothers_kernel_is_kept_unless_it_is_to_be_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Spec)!);
        File.WriteAllText(Spec, """{ "argv": ["dotnet", "interactive", "jupyter"], "display_name": "theirs" }""");
        Assert.Contains("--replace", Assert.Throws<UserException>(() => KernelSpecs.Install()).Message);
        Assert.Contains("theirs", Assert.Throws<UserException>(KernelSpecs.Uninstall).Message);
        Assert.Contains("theirs", File.ReadAllText(Spec));
        Assert.Null(KernelSpecs.List().Single(s => s.Folder == Path.GetDirectoryName(Spec)).Program);
        KernelSpecs.Install(replace: true);
        Assert.DoesNotContain("theirs", File.ReadAllText(Spec));
    }
}
