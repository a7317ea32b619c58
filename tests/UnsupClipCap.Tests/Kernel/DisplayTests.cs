using System.Text.Json.Nodes;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>What cells show.</summary>
[Collection("kernel")]
public sealed class DisplayTests(SharedKernel shared)
{
    private KernelClient Kernel => shared.Client;

    [Fact]
    public void A_display_is_updated_in_place_also_from_another_cell()
    {
        var shown = Kernel.Run("var shown = display(HTML(\"<b>1</b>\")); shown.Update(\"two\");");
        var id = (string?)shown.Of("display_data").Single()["transient"]!["display_id"];
        Assert.Equal("<b>1</b>", (string?)shown.Of("display_data").Single()["data"]!["text/html"]);
        Assert.NotNull(id);
        Assert.Equal(id, (string?)shown.Of("update_display_data").Single()["transient"]!["display_id"]);
        var update = Kernel.Run("shown.Update(3);").Of("update_display_data").Single();
        Assert.Equal((id, "3"), ((string?)update["transient"]!["display_id"], (string?)update["data"]!["text/plain"]));
    }

    [Fact]
    public void Displays_and_text_keep_their_order()
    {
        var answer = Kernel.Run("Console.Write(1); 2.Display(); Console.Write(3); clear_output(wait: true); display(\"<i>4</i>\", \"text/html\"); 5");
        Assert.True(answer.IsOk, answer.Error);
        Assert.Equal(["status", "execute_input", "stream", "display_data", "stream", "clear_output", "display_data", "execute_result", "status"], answer.Types);
    }

    [Fact]
    public void A_bundle_of_ones_own_is_sent_as_it_is_with_plain_text_beside_it()
    {
        Kernel.Run("""
            class Chart : UnsupClipCap.IMimeBundle
            {
                public IReadOnlyDictionary<string, string> MimeBundle() => new Dictionary<string, string>
                {
                    ["application/vnd.plotly.v1+json"] = "{\"data\": [{\"y\": [1, 2]}]}", ["text/html"] = "<div/>", ["image/svg+xml"] = "<svg/>",
                };
                public override string ToString() => "a chart";
            }
            """);
        var data = Kernel.Run("new Chart()").Of("execute_result").Single()["data"]!;
        Assert.Equal(2, (int)data["application/vnd.plotly.v1+json"]!["data"]![0]!["y"]![1]!);
        Assert.Equal(("<div/>", "<svg/>", "a chart"), ((string?)data["text/html"], (string?)data["image/svg+xml"], (string?)data["text/plain"]));
    }

    [Fact]
    public void Records_show_as_tables_tensors_as_their_numbers_and_scalars_as_text()
    {
        var table = Data("record Fruit(string Name, int Count); new[] { new Fruit(\"apple\", 2), new Fruit(\"pear\", 3) }");
        Assert.Contains("<table>", (string?)table["text/html"]);
        Assert.Contains("pear", (string?)table["text/plain"]);
        var tensor = Data("TorchSharp.torch.tensor(new[] { 1.5f, 2.5f })");
        Assert.Contains("2.5", (string?)tensor["text/html"]);
        Assert.DoesNotContain("<table>", (string?)tensor["text/html"]);
        Assert.Equal("""{"text/plain":"7"}""", Data("7").ToJsonString());
        Assert.Null(Kernel.Run("(object)null").Result);
        Assert.Equal("null", (string?)Kernel.Run("display(null);").Of("display_data").Single()["data"]!["text/plain"]);
    }

    [Fact]
    public void Results_picked_from_a_list_show_as_one_table()
    {
        Kernel.Run("""
            using UnsupClipCap; using UnsupClipCap.Metrics;
            var scores = new CaptionEvaluator(new CaptionReferences([["a red bird", "one bird"], ["two dogs", "dogs"]]), CaptionMetrics.Named(["bleu"])).Score(["a bird", "two dogs"]);
            var points = Enumerable.Range(0, 3).Select(i => new MixupCurve.Point(i / 2.0, new Evaluated("ClipCap", ["a bird", "two dogs"], scores), scores)).ToList();
            """);
        foreach (var list in new[] { "points", "points.Where(p => p.Lambda > 0)", "points.ToArray()", "points.OrderBy(p => -p.Lambda)" })
        {
            var data = Data(list);
            var html = (string)data["text/html"]!;
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(html, "<table"));
            Assert.DoesNotContain("<details", html);
            Assert.Contains(">lambda<", html);
            Assert.Matches(@"method +lambda +B@1", (string?)data["text/plain"]);
        }
        Assert.DoesNotContain(">0<", (string?)Data("points.Where(p => p.Lambda > 0)")["text/html"]);
    }

    [Fact]
    public void A_formatter_registered_in_a_cell_decides()
    {
        Kernel.Run("using Microsoft.DotNet.Interactive.Formatting; class Star { } Formatter.Register<Star>(_ => \"<b>*</b>\", \"text/html\"); Formatter.Register<Star>(_ => \"*\", \"text/plain\");");
        Assert.Equal("""{"text/html":"<b>*</b>","text/plain":"*"}""", Data("new Star()").ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private JsonNode Data(string code) => Kernel.Run(code) is { IsOk: true } answer ? answer.Of("execute_result").Single()["data"]! : throw new InvalidOperationException(code);
}
