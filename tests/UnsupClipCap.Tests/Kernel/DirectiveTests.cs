using System.Text.Json;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Lines of cells that are words to the kernel.</summary>
[Collection("kernel")]
public sealed class DirectiveTests(SharedKernel shared) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unsupclipcap-kernel-");
    private KernelClient Kernel => shared.Client;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_library_is_there_with_its_natives_whatever_path_names_it() =>
        Assert.Equal("[ 2, 2 ]", Kernel.Run("#r \"nowhere/lib/bin/UnsupClipCap.dll\"\nusing UnsupClipCap;\nusing static TorchSharp.torch;\nrand(2, 2).shape").Result);

    [Fact]
    public void The_library_of_a_cell_is_the_one_that_the_kernel_runs() =>
        Assert.Equal("True", Kernel.Run("typeof(UnsupClipCap.Study).Assembly == typeof(UnsupClipCap.Kernel.Notebook).Assembly.GetReferencedAssemblies().Where(a => a.Name == \"UnsupClipCap\").Select(System.Reflection.Assembly.Load).Single()").Result);

    [Fact]
    public void A_package_is_restored_and_one_that_is_not_there_is_named()
    {
        var answer = Kernel.Run("#r \"nuget: System.CommandLine, 2.0.0\"\nnew System.CommandLine.Option<int>(\"--seed\").Name");
        Assert.Equal("--seed", answer.Result);
        Assert.Contains("System.CommandLine 2.0.0", answer.Stream());
        Assert.Contains("Restart the kernel", Kernel.Run("#r \"nuget: System.CommandLine, 1.0.0\"").Error);
        Assert.Contains("names no package", Kernel.Run("#r \"nuget: no/such\"").Error);
    }

    [Fact]
    public void Files_are_loaded_and_their_lines_named()
    {
        File.WriteAllText(PathOf("inner.csx"), "int Third(int n) =>\n    n == 3 ? 1 : throw new ArgumentException(\"not three\");");
        File.WriteAllText(PathOf("outer.csx"), "#load \"inner.csx\"\nvar fromFile = Third(3);");
        Assert.Equal("1", Kernel.Run($"#load \"{PathOf("outer.csx")}\"\nfromFile").Result);
        Assert.Contains("at Third in inner.csx, line 2", Kernel.Run("Third(4)").Error);
        Assert.Contains("There is no file nowhere.csx", Kernel.Run("#load \"nowhere.csx\"").Error);
    }

    [Fact]
    public void Notebooks_are_imported_cell_by_cell()
    {
        File.WriteAllText(PathOf("a.ipynb"), JsonSerializer.Serialize(new
        {
            cells = new object[]
            {
                new { cell_type = "markdown", source = new[] { "# title" } },
                new { cell_type = "code", source = new[] { "#!csharp\n", "var notebook = 1;" } },
                new { cell_type = "code", source = "notebook += 1; notebook" },
            },
        }));
        File.WriteAllText(PathOf("b.dib"), "#!meta\n{\"kernelInfo\":{}}\n#!markdown\n# title\n#!csharp\nvar interactive = 5;\n#!javascript\nalert(1)\n#!csharp\ninteractive++;");
        Assert.Equal("( 2, 6 )", Kernel.Run($"#!import {PathOf("a.ipynb")}\n#!import {PathOf("b.dib")}\n(notebook, interactive)").Result);
        Assert.Contains("expected .csx", Kernel.Run($"#!import {typeof(DirectiveTests).Assembly.Location}").Error);
    }

    [Fact]
    public void An_assembly_is_referenced_by_its_file_and_a_text_is_not_one()
    {
        var dll = Path.Combine(AppContext.BaseDirectory, "xunit.v3.assert.dll");
        Assert.Equal("Assert", Kernel.Run($"#r \"{dll}\"\ntypeof(Xunit.Assert).Name").Result);
        File.WriteAllText(PathOf("text.dll"), "text");
        Assert.Contains("is no .NET assembly", Kernel.Run($"#r \"{PathOf("text.dll")}\"").Error);
    }

    [Fact]
    public void Time_is_told_and_an_unknown_magic_names_those_there_are()
    {
        var timed = Kernel.Run("#!time\nawait Task.Delay(20);\n3");
        Assert.Equal("3", timed.Result);
        Assert.Matches(@"Wall time: \d+(\.\d+)? m?s", timed.Stream());
        var unknown = Kernel.Run("1\n#!share x");
        Assert.Contains("'#!share'", unknown.Error);
        Assert.Contains("#!time, #!import", unknown.Error);
        Assert.Contains("line 2", unknown.Error);
        Assert.Null(unknown.Result);
    }

    [Fact]
    public void Lines_inside_of_strings_and_comments_are_no_directives() =>
        Assert.Equal("#!share\n#r \"x\"", Kernel.Run("/*\n#!nothing\n*/\n#if false\n#!nothing\n#endif\nvar s = @\"#!share\n#r \"\"x\"\"\";\ns").Result);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
