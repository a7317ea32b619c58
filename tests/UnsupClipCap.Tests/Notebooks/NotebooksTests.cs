using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>The project's own notebooks: what all of them keep to, and that they run.</summary>
[Collection("kernel")]
public sealed partial class NotebooksTests
{
    private const int LongestCell = 25, LargestFile = 1 << 20;

    private static string Folder => Path.Combine(Locations.Root, "notebooks");

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static string PathOf(string name) => Path.Combine(Folder, name + ".ipynb");

    [Fact]
    public void There_is_one_for_each_table_figure_and_study() =>
        Assert.Equal(["00_quickstart", "alignment", "figure3_mixup", "metrics", "modality_gap", "table1_mscoco", "table2_flickr30k", "your_own_data"],
            Directory.EnumerateFiles(Folder, "*.ipynb").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_a_file_that_both_engines_take(string name)
    {
        Assert.True(new FileInfo(PathOf(name)).Length <= LargestFile);
        var json = JsonNode.Parse(File.ReadAllText(PathOf(name)))!;
        Assert.Equal(4, (int)json["nbformat"]!);
        Assert.Equal(5, (int)json["nbformat_minor"]!);
        Assert.Equal("{\"display_name\":\".NET (C#)\",\"language\":\"C#\",\"name\":\".net-csharp\"}", json["metadata"]!["kernelspec"]!.ToJsonString());
        Assert.Equal("C#", (string?)json["metadata"]!["language_info"]!["name"]);
        Assert.Equal("csharp", (string?)json["metadata"]!["polyglot_notebook"]!["kernelInfo"]!["defaultKernelName"]);
        var ids = json["cells"]!.AsArray().Select(c => (string?)c!["id"]).ToList();
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9-_]{1,64}$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_tells_the_paper_first_and_the_claims_last_and_holds_no_algorithm(string name)
    {
        var notebook = NotebookFile.Read(PathOf(name));
        var code = notebook.Code.ToList();
        Assert.StartsWith("# ", notebook.Cells[0].Source);
        Assert.Equal(NotebookFile.Read(PathOf("00_quickstart")).Code.First().Source, code[0].Source);
        Assert.Single(notebook.Cells, c => c.Tags.Contains("parameters"));
        Assert.Same(code[1], notebook.Tagged("parameters"));
        foreach (var parameter in new[] { "preset", "seed", "device", "limit" }) Assert.Contains(parameter, NotebookParameters.Names(notebook));
        Assert.DoesNotContain(notebook.Cells, c => c.Tags.Contains("injected-parameters"));
        Assert.Contains(notebook.Cells, c => c.Source.Contains("## Paper / ours / difference", StringComparison.Ordinal));
        Assert.Contains("Claims", code[^1].Source);
        foreach (var cell in code)
        {
            Assert.True(cell.Source.Split('\n').Length <= LongestCell, $"{name}, {cell.Id}");
            Assert.DoesNotMatch(LoopOfManyLines(), cell.Source);
            Assert.DoesNotMatch("\\b(namespace|class|record|struct|while|do)\\b", Comment().Replace(cell.Source, ""));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_outputs_are_of_one_whole_run_without_an_error(string name)
    {
        var notebook = NotebookFile.Read(PathOf(name));
        if (notebook.Code.All(c => c.Count is null)) Assert.Skip($"{name} holds no outputs yet: './run notebook {name} --in-place' makes them.");
        Assert.Equal(Enumerable.Range(1, notebook.Code.Count()), notebook.Code.Select(c => c.Count ?? 0));
        foreach (var output in notebook.Code.SelectMany(c => c.Outputs).Cast<JsonObject>())
        {
            Assert.NotEqual("error", (string?)output["output_type"]);
            Assert.DoesNotContain("\r", output.ToJsonString());
            if (output["data"] is not JsonObject data) continue;
            if (data.ContainsKey("application/vnd.plotly.v1+json")) Assert.Contains("<svg", NotebookCell.Text(data["image/svg+xml"]) + NotebookCell.Text(data["text/html"]));
            Assert.DoesNotContain("Plotly, Inc", data.ToJsonString());           // plotly.js is the page's, once, and no chart's
            Assert.DoesNotContain(Locations.Root, data.ToJsonString());          // nothing of the machine that ran it
        }
    }

    [Fact]
    public void The_quickest_runs_to_its_end() => RunsToItsEnd("metrics");

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_runs_to_its_end(string name)
    {
        if (Environment.GetEnvironmentVariable("UNSUPCLIPCAP_FULL") != "1") Assert.Skip("Training the notebooks' captioners takes many minutes: './run test --full' does it.");
        var ours = RunsToItsEnd(name);
        if (Nbconvert.Program is null) Assert.Skip($"{name} ran; jupyter-nbconvert is not on the PATH, and so cannot be set beside.");
        var theirs = Nbconvert.Execute(PathOf(name), TestContext.Current.CancellationToken);
        Assert.Equal(ours.Cells.Count, theirs.Cells.Count);
        foreach (var (a, b) in ours.Code.Zip(theirs.Code)) Assert.Equal(Told(a), Told(b));
    }

    // What a cell puts out besides its progress: that of a first run tells of training, that of a second of the cache.
    private static string Told(NotebookCell cell) => $"{cell.Id}\n" + string.Join("\n", cell.Outputs.OfType<JsonObject>()
        .Where(o => !CellProgress.IsIn(o))
        .Select(o => NotebookCell.Text(o["text"]) + string.Join("\n", (o["data"] as JsonObject ?? []).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key}\n{(d.Value is JsonObject json ? Sorted(json)!.ToJsonString() : NotebookCell.Text(d.Value))}"))));

    // Python writes a notebook's JSON in the order of its keys, and numbers in its own way.
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => JsonValue.Create((double)value),
        _ => node?.DeepClone(),
    };

    private static NotebookFile RunsToItsEnd(string name)
    {
        var run = NotebookRun.Of(NotebookFile.Read(PathOf(name)), Folder, cancel: TestContext.Current.CancellationToken);
        Assert.Null(run.Error);
        Assert.False(run.Stopped);
        Assert.All(run.Notebook.Code, c => Assert.NotNull(c.Count));
        Assert.Contains("holds", run.Notebook.Code.Last().Outputs.ToJsonString());
        return run.Notebook;
    }

    [GeneratedRegex(@"\b(for|foreach)\s*\([^)]*\)\s*(\{|$)", RegexOptions.Multiline)]
    private static partial Regex LoopOfManyLines();

    [GeneratedRegex("//.*|\"[^\"\n]*\"")]
    private static partial Regex Comment();
}
