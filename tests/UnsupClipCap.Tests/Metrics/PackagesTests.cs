using System.Diagnostics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>What <c>./run pack</c> writes, used from outside the repository and without a network.</summary>
public sealed class PackagesTests : IDisposable
{
    private readonly FileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packages_install_and_score_elsewhere_and_are_the_same_each_time()
    {
        if (Environment.GetEnvironmentVariable("UNSUPCLIPCAP_FULL") != "1") Assert.Skip("Packing and installing takes half a minute: './run test --full' does it.");
        var packages = _folder.File("packages");
        var program = Path.Combine(Goldens.Repository, "lib", "bin", "UnsupClipCap.Cli.dll");
        Run(program, "pack", "--out", packages);
        Run(program, "pack", "--out", _folder.File("again"));
        Assert.Equal(2, Directory.GetFiles(packages).Length);
        Assert.All(Directory.GetFiles(packages), file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.File("again"), Path.GetFileName(file)))));
        foreach (var file in Directory.GetFiles(packages))
        {
            using var package = System.IO.Compression.ZipFile.OpenRead(file);
            Assert.Contains("WordNet", new StreamReader(package.GetEntry("wordnet/LICENSE")!.Open()).ReadToEnd());
        }

        var version = Path.GetFileNameWithoutExtension(Directory.GetFiles(packages, "UnsupClipCap.Metrics.Cli.*").Single())["UnsupClipCap.Metrics.Cli.".Length..];
        var references = _folder.Write("references.json", """{"1": ["a dog runs on grass", "the dog is running"], "2": ["two cats sleep on a bed"]}""");
        var candidates = _folder.Write("candidates.json", """[{"image_id": 1, "caption": "A dog runs."}, {"image_id": 2, "caption": "a cat"}]""");
        var sources = _folder.Write("nuget.config", $"""<configuration><packageSources><clear /><add key="packed" value="{packages}" /></packageSources></configuration>""");
        Run("tool", "install", "UnsupClipCap.Metrics.Cli", "--version", version, "--tool-path", _folder.File("tools"), "--configfile", sources, "--add-source", packages);
        var table = Start(Path.Combine(_folder.File("tools"), OperatingSystem.IsWindows() ? "caption-metrics.exe" : "caption-metrics"), "--references", references, "--candidates", candidates);
        Assert.Contains("2 images, 2 candidates, 3 references", table);

        _folder.Write("mine.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="UnsupClipCap.Metrics" Version="{version}" /></ItemGroup>
            </Project>
            """);
        _folder.Write("mine.cs", """
            var scores = UnsupClipCap.Metrics.Coco.Score(references: "references.json", candidates: "candidates.json");
            System.Console.WriteLine(scores.Corpus["Bleu_1"].ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture));
            """);
        Run("build", "mine.csproj", "-o", _folder.File("mine"), "-nologo", "-v", "quiet");
        var said = Run(Path.Combine(_folder.File("mine"), "mine.dll")).Trim();
        Assert.Contains(FormattableString.Invariant($"Bleu_1 {100 * double.Parse(said, System.Globalization.CultureInfo.InvariantCulture):0.00}"), string.Join(' ', table.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    private string Run(params string[] arguments) => Start("dotnet", arguments);

    private string Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["NUGET_PACKAGES"] = _folder.File("cache");        // not what an earlier version left in the user's
        if (arguments is [_, "pack", ..]) start.Environment.Remove("NUGET_PACKAGES");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{errors.Result}");
        return output;
    }
}
