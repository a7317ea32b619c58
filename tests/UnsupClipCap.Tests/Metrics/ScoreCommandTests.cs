using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

/// <summary><c>./run score</c> as its user meets it: another process, files and what is printed.</summary>
public sealed class ScoreCommandTests : IDisposable
{
    private static readonly string Program = Path.Combine(Goldens.Repository, "lib", "bin", "UnsupClipCap.Cli.dll");
    private readonly FileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_is_scored_from_files_to_files()
    {
        var (references, candidates) = DemoFiles.Write(_folder);
        var (status, output, errors) = Score("--references", references, "--candidates", candidates, "--json", _folder.File("o.json"), "--per-image", _folder.File("o.jsonl"), "--metrics", "cider,bleu,rouge");
        Assert.Equal(0, status);
        Assert.All(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("Scoring", line, StringComparison.Ordinal));
        foreach (var row in new[] { "Bleu_1 57.94", "Bleu_2 40.44", "Bleu_3 27.85", "Bleu_4 19.08", "ROUGE_L 39.63", "CIDEr 59.99", "1,000 images, 1,000 candidates, 5,005 references" })
            Assert.Contains(row, Folded(output));
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.File("o.json")));
        Assert.Equal(0.5998952026835708, json.RootElement.GetProperty("CIDEr").GetDouble(), 1e-9);
        Assert.Equal(1000, File.ReadLines(_folder.File("o.jsonl")).Count());
        Assert.StartsWith("""{"image_id":400,"scores":{"Bleu_1":""", File.ReadLines(_folder.File("o.jsonl")).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_eight_scores_of_the_demo_are_the_published_ones()
    {
        Goldens.Data("meteor/paraphrase-en.gz");
        var (references, candidates) = DemoFiles.Write(_folder);
        var (status, output, _) = Score("--references", references, "--candidates", candidates, "--json", _folder.File("o.json"));
        Assert.Equal(0, status);
        Assert.Contains("mean of 8", output);
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.File("o.json")));
        Assert.Equal(.195, json.RootElement.GetProperty("METEOR").GetDouble(), 1e-3);
        Assert.Equal(.133, json.RootElement.GetProperty("SPICE").GetDouble(), 3e-3);
    }

    [Fact]
    public void Two_systems_are_compared_with_intervals()
    {
        var (references, candidates) = DemoFiles.Write(_folder);
        var other = _folder.Write("other.json", File.ReadAllText(candidates).Replace("a man", "a person", StringComparison.Ordinal));
        var (status, output, _) = Score("--references", references, "--compare", candidates, other, "--json", _folder.File("c.json"), "--resamples", "40", "--seed", "3");
        Assert.Equal(0, status);
        Assert.Contains("95% interval", output);
        Assert.Contains("40 resamples, seed 3", output);
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.File("c.json")));
        var root = json.RootElement;
        var difference = root.GetProperty("differences").GetProperty("CIDEr");
        double first = root.GetProperty("first").GetProperty("CIDEr").GetDouble(), second = root.GetProperty("second").GetProperty("CIDEr").GetDouble();
        Assert.Equal(first - second, difference.GetProperty("difference").GetDouble());
        Assert.True(difference.GetProperty("low").GetDouble() < first - second && first - second < difference.GetProperty("high").GetDouble());
        Assert.Equal((candidates, other), (root.GetProperty("first").GetProperty("file").GetString(), root.GetProperty("second").GetProperty("file").GetString()));
        Assert.Equal((40, 3, 0.95), (root.GetProperty("resamples").GetInt32(), root.GetProperty("seed").GetInt32(), root.GetProperty("confidence").GetDouble()));
    }

    [Fact]
    public void Notes_are_printed_and_saved()
    {
        var references = _folder.Write("r", """{"1": ["a dog"], "2": ["a cat"]}""");
        var candidates = _folder.Write("c", """{"1": "a dog"}""");
        var (status, output, _) = Score("--references", references, "--candidates", candidates, "--partial", "--json", _folder.File("o.json"), "--metrics", "cider");
        Assert.Equal(0, status);
        Assert.Contains("1 images, 1 candidates, 1 references", output);
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.File("o.json")));
        var notes = json.RootElement.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!).ToList();
        Assert.Contains(notes, n => n.Contains("CIDEr is 0 by definition", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("left out", StringComparison.Ordinal));
        Assert.All(notes, n => Assert.Contains($"Note: {n}", output));
    }

    [Theory]
    [InlineData(2, "--candidates with one file or --compare with two")]
    [InlineData(2, "--candidates with one file or --compare with two", "--candidates", "c", "--compare", "a", "b")]
    [InlineData(2, "--seed and --resamples go with --compare", "--candidates", "c", "--seed", "1")]
    [InlineData(2, "--per-image goes with --candidates", "--compare", "a", "b", "--per-image", "o")]
    [InlineData(2, "--resamples is 0", "--compare", "a", "b", "--resamples", "0")]
    [InlineData(2, "--compare", "--compare", "a")]
    [InlineData(2, "--resamples is 2000000; expected 1 to 1,000,000", "--compare", "a", "b", "--resamples", "2000000")]
    [InlineData(2, "--json is empty", "--candidates", "c", "--json", "")]
    [InlineData(2, "--json names c, which is --candidates's file too", "--candidates", "c", "--json", "c")]
    [InlineData(2, "--json names ./b, which is --compare's file too", "--compare", "a", "b", "--json", "./b")]
    [InlineData(2, "--per-image names o, which is --json's file too", "--candidates", "c", "--json", "o", "--per-image", "o")]
    [InlineData(1, "is a folder; expected a file to be written", "--candidates", "c", "--json", ".")]
    [InlineData(1, "There is no metric 'blue'; expected some of bleu", "--candidates", "c", "--metrics", "blue")]
    [InlineData(1, "nowhere does not exist", "--candidates", "c")]
    public void What_was_typed_wrong_is_said_in_words(int expected, string complaint, params string[] arguments)
    {
        var (status, output, errors) = Score(["--references", _folder.File("nowhere"), .. arguments]);
        Assert.Equal((expected, ""), (status, output));
        Assert.Contains(complaint, errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public void Ids_with_control_characters_do_nothing_to_the_terminal()
    {
        var references = _folder.Write("r", """{"1": ["a dog"]}""");
        var candidates = _folder.Write("c", """[{"image_id": "\u001b[31mX", "caption": "a dog"}]""");
        var (status, _, errors) = Score("--references", references, "--candidates", candidates, "--metrics", "bleu");
        Assert.Equal(1, status);
        Assert.Contains("'\\u001B[31mX'", errors);
        Assert.DoesNotContain('\u001b', errors);
    }

    private static (int Status, string Output, string Errors) Score(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, "score", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static string Folded(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
