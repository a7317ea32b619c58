using System.Text.RegularExpressions;
using Xunit;

namespace UnsupClipCap.Tests;

public partial class ArchitectureTests
{
    /// <summary>The order in which data flows: a folder may use those before it.</summary>
    private static readonly string[] Folders = ["Data", "Weights", "Clip", "Gpt2", "Alignment", "Captioning", "Analysis", "Experiments"];

    private static readonly string Library = Path.Combine(Locations.Root, "lib", "UnsupClipCap");

    [Fact]
    public void A_folder_uses_only_those_before_it()
    {
        var sources = Folders.ToDictionary(f => f, f => Directory.EnumerateFiles(Path.Combine(Library, f), "*.cs", SearchOption.AllDirectories)
            .ToDictionary(file => file, file => NoCode().Replace(File.ReadAllText(file), " ")));
        var declared = Folders.ToDictionary(f => f, f => sources[f].Values.SelectMany(code => Declaration().Matches(code)).Select(m => m.Groups[1].Value).ToHashSet());
        Assert.All(Folders, f => Assert.NotEmpty(declared[f]));
        var wrong = from i in Enumerable.Range(0, Folders.Length)
                    from later in Folders.Skip(i + 1)
                    from source in sources[Folders[i]]
                    from name in declared[later].Where(n => !declared[Folders[i]].Contains(n))
                    where Regex.IsMatch(source.Value, $@"(?<![.\w""]){name}(?=[\s(<.?)\],;]|$)(?!\s*(=>|=[^=>]|,\s*$))")
                        && !Regex.IsMatch(source.Value, $@"(?<!new)[\w>\]?]\s+{name}\s*(\(|=>|\{{)")       // a member of that name
                    select $"{Path.GetRelativePath(Library, source.Key)} names {name} of {later}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Sources_lie_in_folders_of_the_order()
    {
        var others = Directory.EnumerateDirectories(Library).Select(Path.GetFileName).Except([.. Folders, "bin", "obj"]);
        Assert.Empty(others);
        Assert.Empty(Directory.EnumerateFiles(Library, "*.cs"));
    }

    [Fact]
    public void Metrics_know_nothing_of_TorchSharp() =>
        Assert.DoesNotContain(typeof(UnsupClipCap.Metrics.CaptionScores).Assembly.GetReferencedAssemblies(), a => a.Name is "TorchSharp" or "UnsupClipCap");

    [Fact]
    public void The_libraries_never_write_to_the_console() =>
        Assert.DoesNotContain(new[] { "UnsupClipCap", "UnsupClipCap.Metrics" }
            .SelectMany(p => Directory.EnumerateFiles(Path.Combine(Locations.Root, "lib", p), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)),
            f => NoCode().Replace(File.ReadAllText(f), " ").Contains("Console.", StringComparison.Ordinal));

    [GeneratedRegex(@"//[^\n]*|""""""[\s\S]*?""""""|""(?:\\.|[^""\\\n])*""|/\*[\s\S]*?\*/")]
    private static partial Regex NoCode();

    [GeneratedRegex(@"^(?:public |internal |sealed |static |abstract |partial |readonly )*(?:class|record struct|record|struct|interface|enum)\s+([A-Z]\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
