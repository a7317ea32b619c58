using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Pages made of notebooks.</summary>
public sealed partial class NotebookPageTests
{
    private static NotebookFile Charts(int count)
    {
        var chart = new JsonObject
        {
            ["output_type"] = "display_data",
            ["metadata"] = new JsonObject(),
            ["data"] = new JsonObject
            {
                ["application/vnd.plotly.v1+json"] = new JsonObject { ["data"] = new JsonArray(), ["layout"] = new JsonObject { ["title"] = "</script><b>" } },
                ["image/svg+xml"] = "<svg id=\"fallback\"></svg>",
                ["text/plain"] = "plain",
            },
        };
        var notebook = NotebookFileTests.Of(
            "{\"cell_type\":\"markdown\",\"id\":\"w\",\"metadata\":{},\"source\":\"# Title & more\\n\\nSee [next](other_one.ipynb) and `x < y`.\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\"}",
            NotebookFileTests.Code("c", "var x = \"a<b\"; // why\nx"));
        notebook.Cells[1].Outputs = new JsonArray([.. Enumerable.Range(0, count).Select(_ => (JsonNode?)chart.DeepClone()),
            new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "10 %\r100 %\nA < B" },
            new JsonObject { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "no", ["traceback"] = new JsonArray("\u001b[31mE: <no>\u001b[0m") },
            new JsonObject { ["output_type"] = "execute_result", ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["image/png"] = "aGk=\n", ["text/plain"] = "Picture" } }]);
        return notebook;
    }

    [Fact]
    public void A_page_asks_for_nothing_from_elsewhere_and_holds_plotly_once()
    {
        var page = NotebookPage.Of(Charts(2));
        Assert.DoesNotMatch(External(), Script().Replace(page, "$1"));       // what plotly.js may open when a person asks it to is not a request
        Assert.Contains("default-src 'none'", page);                            // and the browser is told so
        var charts = File.Exists(NotebookPage.PlotlyFile) ? 1 : 0;
        Assert.Equal(charts, Regex.Count(page, "Plotly\\.newPlot\\("));
        Assert.Equal(2, Regex.Count(page, "<svg id=\"fallback\">"));
        Assert.DoesNotContain("</script><b>", page);
        var without = NotebookPage.Of(Charts(0));
        Assert.DoesNotContain("Plotly", without);
        Assert.True(without.Length < 20_000);
    }

    [Fact]
    public void Words_code_and_outputs_are_there_and_escaped()
    {
        var page = NotebookPage.Of(Charts(0));
        Assert.Contains("<title>Title &amp; more</title>", page);
        Assert.Contains("href=\"other_one.html\"", page);
        Assert.Contains("<td>2</td>", page);
        Assert.Contains("<i class=\"text\">&quot;a&lt;b&quot;</i>", page);
        Assert.Contains("<i class=\"comment\">// why</i>", page);
        Assert.Contains("100 %\nA &lt; B", page);
        Assert.DoesNotContain("10 %\r", page);
        Assert.Contains("E: &lt;no&gt;", page);
        Assert.Contains("src=\"data:image/png;base64,aGk=\"", page);
    }

    [GeneratedRegex("(<script[^>]*>).*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("(src|href|action|data)=[\"']?(https?:)?//|url\\((https?:)?//|@import", RegexOptions.IgnoreCase)]
    private static partial Regex External();
}
