using System.Text.Json.Nodes;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Notebooks as files, and values given to them.</summary>
public sealed class NotebookFileTests
{
    internal const string Head = "\"metadata\":{\"kernelspec\":{\"name\":\".net-csharp\"},\"unknown\":{\"kept\":[1,2.50]}},\"nbformat\":4,\"nbformat_minor\":5";

    internal static NotebookFile Of(params string[] cells) =>
        NotebookFile.Parse($"{{\"cells\":[{string.Join(",", cells)}],{Head}}}", "made");

    internal static string Code(string id, string code, params string[] tags) => new JsonObject
    {
        ["cell_type"] = "code",
        ["id"] = id,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(t => (JsonNode?)t)]) },
        ["execution_count"] = null,
        ["outputs"] = new JsonArray(),
        ["source"] = code,
    }.ToJsonString();

    private static NotebookFile Parameters(string code) => Of(Code("a", "1"), Code("p", code, "parameters"), Code("b", "2"));

    private static string Injected(string declared, params (string, string)[] values)
    {
        var notebook = Parameters(declared);
        NotebookParameters.Inject(notebook, values.ToDictionary(v => v.Item1, v => v.Item2));
        return string.Join("\n", notebook.Cells[2].Source.Split('\n').Skip(1));
    }

    [Fact]
    public void What_is_written_reads_back_and_is_written_the_same()
    {
        var text = "{\"cells\":[{\"cell_type\":\"markdown\",\"id\":\"w\",\"attachments\":{\"x\":1},\"metadata\":{},\"source\":[\"# A ü <b>\\n\",\"b\"]}," + Code("c", "x\ny") + "]," + Head + "}";
        var once = NotebookFile.Parse(text, "made").ToText();
        Assert.Equal(once, NotebookFile.Parse(once, "made").ToText());
        var (before, after) = (JsonNode.Parse(text)!, JsonNode.Parse(once)!);
        Assert.True(JsonNode.DeepEquals(before, after));
        Assert.Contains("ü <b>", once);                                         // as a person reads it, not as escapes
        Assert.EndsWith("}\n", once);
    }

    [Fact]
    public void Older_files_get_ids_and_the_format_that_has_them()
    {
        var old = NotebookFile.Parse("{\"cells\":[{\"cell_type\":\"code\",\"metadata\":{},\"outputs\":[],\"execution_count\":null,\"source\":\"1\"}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":2}", "old");
        var written = JsonNode.Parse(old.ToText())!;
        Assert.Equal(5, (int)written["nbformat_minor"]!);
        Assert.Matches("^[0-9a-f]{8}$", (string)written["cells"]![0]!["id"]!);
    }

    [Theory]
    [InlineData("{\"cells\":[", "no notebook")]
    [InlineData("{}", "no list of cells")]
    [InlineData("{\"cells\":[],\"nbformat\":3}", "nbformat 3; expected 4")]
    [InlineData("{\"cells\":[7],\"nbformat\":4}", "no notebook")]
    public void What_is_no_notebook_is_refused_by_name(string text, string said)
    {
        var message = Assert.Throws<UserException>(() => NotebookFile.Parse(text, "bad")).Message;
        Assert.Contains("bad", message);
        Assert.Contains(said, message);
    }

    [Fact]
    public void Values_are_written_in_the_type_of_what_they_replace()
    {
        Assert.Equal("preset = \"a \\\"b\\\"\";", Injected("var preset = \"mini\";", ("preset", "a \"b\"")));
        Assert.Equal("seed = -3;", Injected("int seed = 1;", ("seed", "-3")));
        Assert.Equal("rate = 1d;", Injected("var rate = -0.5;", ("rate", "1")));
        Assert.Equal("quick = true;", Injected("var quick = false;", ("quick", "true")));
        Assert.Equal("lambdas = new double[] { 0d, 0.25d };", Injected("var lambdas = Steps(0, 1, 0.1);", ("lambdas", "0, .25")));
        Assert.Equal("names = new[] { \"a\", \"b\" };", Injected("var names = new[] { \"x\" };", ("names", "a,b")));
        Assert.Equal("seed = 2;\npreset = \"m\";", Injected("var preset = \"mini\"; var seed = 1;   // both", ("seed", "2"), ("preset", "m")));
    }

    [Theory]
    [InlineData("seed", "one", "expected a whole number")]
    [InlineData("seed", "1.5", "expected a whole number")]
    [InlineData("rate", "1,5", "expected a number, with a point")]
    [InlineData("rate", "nan", "expected a number")]
    [InlineData("lambdas", "0,x", "expected numbers with commas")]
    [InlineData("lambdas", "", "expected numbers with commas")]
    [InlineData("quick", "yes", "expected true or false")]
    [InlineData("sed", "1", "no parameter 'sed'; it has seed, rate, lambdas, quick")]
    public void A_value_of_another_type_or_name_is_refused(string name, string value, string said)
    {
        var notebook = Parameters("var seed = 1; var rate = .5; var lambdas = new[] { 0.0 }; var quick = false;");
        var message = Assert.Throws<UserException>(() => NotebookParameters.Inject(notebook, new Dictionary<string, string> { [name] = value })).Message;
        Assert.Contains(said, message);
        Assert.Equal(3, notebook.Cells.Count);
    }

    [Fact]
    public void The_given_values_come_after_the_parameters_once()
    {
        var notebook = Parameters("var seed = 1;");
        NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["seed"] = "2" });
        NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["seed"] = "3" });
        Assert.Equal(["a", "p", "injected-parameters", "b"], notebook.Cells.Select(c => c.Id));
        Assert.Contains("seed = 3;", notebook.Cells[2].Source);
        NotebookParameters.Inject(notebook, new Dictionary<string, string>());
        Assert.Equal(["a", "p", "b"], notebook.Cells.Select(c => c.Id));
    }

    [Theory]
    [InlineData("a\rbc\n", "bc\n")]
    [InlineData("long\rab\nx", "abng\nx")]
    [InlineData("10%\r      \r100%\r\n", "100%\n")]
    [InlineData("plain \n", "plain \n")]
    public void Progress_lines_are_kept_as_they_ended(string written, string kept) => Assert.Equal(kept, CellOutputs.Ended(written));

    [Fact]
    public void Displays_are_updated_and_outputs_cleared_as_front_ends_do()
    {
        var outputs = new CellOutputs();
        JsonObject Shown(string text) => new() { ["data"] = new JsonObject { ["text/plain"] = text }, ["metadata"] = new JsonObject(), ["transient"] = new JsonObject { ["display_id"] = "d" } };
        outputs.Begin();
        outputs.Take("display_data", Shown("first"));
        outputs.Take("update_display_data", Shown("second"));
        outputs.Take("stream", new() { ["name"] = "stdout", ["text"] = "a" });
        outputs.Take("stream", new() { ["name"] = "stdout", ["text"] = "b\n" });
        var json = outputs.ToJson();
        Assert.Equal("second", NotebookCell.Text(json[0]!["data"]!["text/plain"]));
        Assert.Equal("ab\n", NotebookCell.Text(json[1]!["text"]));
        Assert.Null(json[0]!["transient"]);                                     // nbformat has no place for it
        outputs.Take("clear_output", new() { ["wait"] = true });
        Assert.Equal(2, outputs.ToJson().Count);
        outputs.Take("stream", new() { ["name"] = "stdout", ["text"] = "c" });
        Assert.Equal("c", NotebookCell.Text(Assert.Single(outputs.ToJson())!["text"]));
    }
}
