using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Jupyter's messages besides running cells.</summary>
[Collection("kernel")]
public sealed class ProtocolTests(SharedKernel shared)
{
    private KernelClient Kernel => shared.Client;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]                          // VS Code and nbclient ask by either channel
    public void Kernel_info_names_the_language(bool control)
    {
        var info = Kernel.Ask("kernel_info_request", [], control).Reply;
        Assert.Equal("kernel_info_reply", info.Type);
        Assert.Equal("5.3", info.Text("protocol_version"));
        Assert.Equal(("C#", ".cs", "text/x-csharp"), ((string?)info.Content["language_info"]!["name"], (string?)info.Content["language_info"]!["file_extension"], (string?)info.Content["language_info"]!["mimetype"]));
    }

    [Theory]
    [InlineData("var a = 1;", "complete")]
    [InlineData("1 + 1", "complete")]
    [InlineData("#!time\n1 + 1", "complete")]
    [InlineData("if (true) {", "incomplete")]
    [InlineData("Enumerable.Range(0,", "incomplete")]
    [InlineData("var = = 3;", "invalid")]
    public void Is_complete_tells_whether_a_cell_can_be_run(string code, string status) => Assert.Equal(status, Kernel.Ask("is_complete_request", new() { ["code"] = code }).Reply.Text("status"));

    [Fact]
    public void Completion_knows_cells_run_before_and_counts_code_points()
    {
        Kernel.Run("var weights = new List<int>(); record Apple(int Colour);");
        var (matches, start, end) = Complete("/* 😀 */ weights.Ad");
        Assert.Contains("AddRange", matches);
        Assert.Equal((16, 18), (start, end));
        Assert.Contains("Colour", Complete("new Apple(1).Co").Matches);
        Assert.Contains("weights", Complete("weig").Matches);
        Assert.Contains("display", Complete("disp").Matches);
        Kernel.Run("var weights = \"text\";");
        Assert.Contains("Substring", Complete("weights.Sub").Matches);
    }

    [Fact]
    public void Inspection_gives_signature_and_documentation()
    {
        Kernel.Run("using UnsupClipCap;");                                      // names are shown as the cells write them
        var reply = Kernel.Ask("inspect_request", new() { ["code"] = "UnsupClipCap.Study.Open(\"mini\")", ["cursor_pos"] = 20, ["detail_level"] = 0 }).Reply;
        Assert.True((bool?)reply.Content["found"]);
        Assert.Contains("Study Study.Open([string preset = \"mini\"]", (string?)reply.Content["data"]!["text/plain"]);
        Assert.Contains("Opens a preset by name", (string?)reply.Content["data"]!["text/plain"]);
        Assert.False((bool?)Kernel.Ask("inspect_request", new() { ["code"] = "   ", ["cursor_pos"] = 1, ["detail_level"] = 0 }).Reply.Content["found"]);
    }

    [Fact]
    public void Comms_history_and_heartbeat_are_answered()
    {
        Assert.Empty(Kernel.Ask("comm_info_request", []).Reply.Content["comms"]!.AsObject());
        Assert.Empty(Kernel.Ask("history_request", new() { ["hist_access_type"] = "tail" }).Reply.Content["history"]!.AsArray());
        Assert.True(Kernel.Beats());
        var id = Kernel.Send("comm_open", new() { ["comm_id"] = "c", ["target_name"] = "jupyter.widget", ["data"] = new JsonObject() });
        Assert.Equal("c", Kernel.Published(id, m => m.Type == "comm_close").Message.Text("comm_id"));
        Assert.Equal("error", Kernel.Ask("debug_request", [], control: true).Reply.Text("status"));
    }

    [Fact]
    public void A_message_with_a_wrong_signature_is_dropped_with_a_note()
    {
        var forged = Message.Of("execute_request", new() { ["code"] = "var forged = 1;" }, null, "forger");
        Kernel.SendRaw(new Wire("another key").ToFrames(forged));
        Assert.Contains("forged", Kernel.Run("forged").Error);
        Assert.Contains(Kernel.Notes, n => n.Contains("wrong signature", StringComparison.Ordinal));
    }

    [Fact]
    public void Malformed_messages_do_no_harm()
    {
        string[][] nonsense = [["nothing"], ["<IDS|MSG>"], ["<IDS|MSG>", "", "{}"], [""]];
        foreach (var frames in nonsense) Kernel.SendRaw(new(frames.Select(f => new NetMQFrame(f))));
        Kernel.SendRaw(new(nonsense[2].Select(f => new NetMQFrame(f))), control: true);
        foreach (var content in new[] { "[]", "{\"code\": 3, \"cursor_pos\": \"x\"}", "{\"code\": \"1\", \"code\": \"2\"}", "{", "null", "\xFF" })
            foreach (var type in new[] { "execute_request", "complete_request", "no_such_request", "" })
                Kernel.SendRaw(Signed($"{{\"msg_id\": \"m\", \"msg_type\": \"{type}\"}}", content));
        Assert.Equal("2", Kernel.Run("1 + 1").Result);
        Assert.True(Kernel.Ask("kernel_info_request", [], control: true).IsOk);

        NetMQMessage Signed(string header, string content)
        {
            // Frames of a good message whose parts are then exchanged and signed anew.
            var key = Kernel.Wire.Sign([Bytes(header), Bytes("{}"), Bytes("{}"), Encoding.Latin1.GetBytes(content)]);
            return new([new NetMQFrame("<IDS|MSG>"), new NetMQFrame(key), new NetMQFrame(header), new NetMQFrame("{}"), new NetMQFrame("{}"), new NetMQFrame(Encoding.Latin1.GetBytes(content))]);
        }

        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
    }

    private (IReadOnlyList<string> Matches, int Start, int End) Complete(string code)
    {
        var reply = Kernel.Ask("complete_request", new() { ["code"] = code, ["cursor_pos"] = code.EnumerateRunes().Count() }).Reply;
        return ([.. reply.Content["matches"]!.AsArray().Select(m => (string)m!)], reply.Number("cursor_start", -1), reply.Number("cursor_end", -1));
    }
}
