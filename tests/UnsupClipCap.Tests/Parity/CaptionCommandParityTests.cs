using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary><c>./run caption</c> as its user meets it, with a published checkpoint.</summary>
public class CaptionCommandParityTests
{
    private static readonly string Program = Path.Combine(Goldens.Repository, "lib", "bin", "UnsupClipCap.Cli.dll");

    [Fact]
    public void JSON_stands_alone_on_standard_output_in_the_order_given()
    {
        var set = Goldens.Folder("endtoend");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(set, "golden.json")));
        var expected = golden.RootElement.GetProperty("captions").EnumerateArray().ToDictionary(c => c.GetProperty("image").GetString()!, c => c);
        var first = expected.Keys.Order(StringComparer.Ordinal).Last();
        var (status, output, errors) = Caption(set, Path.Combine(set, "images", first), Path.Combine(set, "images", "*.png"), "--json");
        Assert.True(status == 0, errors);
        using var json = JsonDocument.Parse(output);
        var rows = json.RootElement.EnumerateArray().ToList();
        Assert.Equal([first, .. Directory.GetFiles(Path.Combine(set, "images"), "*.png").Select(Path.GetFileName).Order(StringComparer.Ordinal)], rows.Select(r => Path.GetFileName(r.GetProperty("image").GetString())));
        foreach (var row in rows)
        {
            var reference = expected[Path.GetFileName(row.GetProperty("image").GetString()!)];
            if (!reference.GetProperty("stable").GetBoolean()) continue;
            Assert.Equal(reference.GetProperty("text").GetString(), row.GetProperty("caption").GetString());
            Assert.Equal(reference.GetProperty("score").GetDouble(), row.GetProperty("score").GetDouble(), 2e-3);
        }
    }

    [Fact]
    public void Heads_that_cannot_be_are_named_and_nothing_is_printed_as_a_result()
    {
        var set = Goldens.Folder("endtoend");
        var (status, output, errors) = Caption(set, Path.Combine(set, "images"), "--heads", "7", "--json");
        Assert.NotEqual(0, status);
        Assert.Equal("", output);
        Assert.Contains("--heads", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    private static (int Status, string Output, string Errors) Caption(string set, params string[] arguments)
    {
        if (Locations.Find(Path.Combine("tokenizers", "gpt2")) is null) Assert.Skip("GPT-2's vocabulary is not among the data sets (tokenizers/gpt2).");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Program, "caption", "--clip", Path.Combine(set, "clip"), "--checkpoint", Path.Combine(set, "checkpoint.pt"), .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
