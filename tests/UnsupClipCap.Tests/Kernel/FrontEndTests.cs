using System.Text.Json.Nodes;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>What the Jupyter extension of VS Code sends over a notebook's life, replayed: the editor itself cannot be run in a test.</summary>
[Collection("kernel")]
public sealed class FrontEndTests
{
    [Fact]
    public void Two_notebooks_of_an_editor_live_side_by_side()
    {
        var quiet = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" };
        using KernelClient first = KernelClient.Start(SharedKernel.Dll, quiet), second = KernelClient.Start(SharedKernel.Dll, quiet);

        // Each is asked who it is until it answers, by either channel, then what comms it has.
        foreach (var kernel in new[] { first, second })
        {
            foreach (var control in new[] { false, true, false }) Assert.Equal("C#", (string?)kernel.Ask("kernel_info_request", [], control).Reply.Content["language_info"]!["name"]);
            Assert.Empty(kernel.Ask("comm_info_request", new() { ["target_name"] = "jupyter.widget" }).Reply.Content["comms"]!.AsObject());
        }

        // A silent cell of the editor's own before the user's: it takes no number and leaves no trace.
        var silent = first.AnswerTo(Cell(first, "var probe = 1;", silent: true));
        Assert.True(silent.IsOk);
        Assert.DoesNotContain("execute_input", silent.Types);
        Assert.Equal(1, first.AnswerTo(Cell(first, "var mine = 5;")).Reply.Number("execution_count", 0));

        // A display made by one cell and updated by the next, as a progress bar is.
        var shown = first.AnswerTo(Cell(first, "var bar = display(\"0 %\");")).Of("display_data").Single();
        var updated = first.AnswerTo(Cell(first, "bar.Update(\"100 %\");")).Of("update_display_data").Single();
        Assert.Equal((string?)shown["transient"]!["display_id"], (string?)updated["transient"]!["display_id"]);

        // The stop button sends a message on the control channel; the other notebook runs on.
        var endless = Cell(first, "Console.Write(\"begun\"); while (true) { }");
        first.Published(endless, m => m.Type == "stream");
        Assert.Equal("7", second.AnswerTo(Cell(second, "var mine = 7; mine")).Result);
        Assert.Equal("interrupt_reply", first.Ask("interrupt_request", [], control: true).Reply.Type);
        Assert.Equal("error", first.AnswerTo(endless).Reply.Text("status"));
        Assert.Equal("5", first.AnswerTo(Cell(first, "mine")).Result);
        Assert.Equal("7", second.AnswerTo(Cell(second, "mine")).Result);

        // Completion while typing, with the cursor inside of the line.
        var completed = first.Ask("complete_request", new() { ["code"] = "mine.ToStr", ["cursor_pos"] = 10 }).Reply;
        Assert.Contains("ToString", completed.Content["matches"]!.AsArray().Select(m => (string?)m));

        // Closing one leaves the other.
        Assert.False(first.ShutDown(restart: false).Flag("restart", true));
        Assert.True(first.Process.WaitForExit(5000));
        Assert.Equal("7", second.AnswerTo(Cell(second, "mine")).Result);
    }

    // With the metadata, and the leave to ask for input, that the extension sends.
    private static string Cell(KernelClient kernel, string code, bool silent = false) => kernel.Send("execute_request", new()
    {
        ["code"] = code,
        ["silent"] = silent,
        ["store_history"] = !silent,
        ["user_expressions"] = new JsonObject(),
        ["allow_stdin"] = true,
        ["stop_on_error"] = !silent,
    });
}
