using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Notebooks run in a kernel of their own.</summary>
[Collection("kernel")]
public sealed class NotebookRunTests
{
    private static string Code(string id, string code) => NotebookFileTests.Code(id, code);

    private static NotebookRun Run(params string[] cells) => NotebookRun.Of(NotebookFileTests.Of(cells), Path.GetTempPath());

    [Fact]
    public void An_error_names_notebook_cell_and_line_and_what_was_run_is_kept()
    {
        var run = Run("{\"cell_type\":\"markdown\",\"id\":\"w\",\"metadata\":{},\"source\":\"words\"}",
            Code("one", "Console.Write(\"said\");\n6 * 7"), Code("two", "var x = 1;\n\nthrow new Exception(\"no\");"), Code("three", "3"));
        Assert.False(run.Stopped);
        Assert.StartsWith("made, cell 3 (id two, [2]), line 3 (throw new Exception(\"no\");): Exception: no", run.Error);
        Assert.Equal("said", NotebookCell.Text(run.Notebook.Cells[1].Outputs[0]!["text"]));
        Assert.Equal("42", NotebookCell.Text(run.Notebook.Cells[1].Outputs[1]!["data"]!["text/plain"]));
        Assert.Equal("error", (string?)run.Notebook.Cells[2].Outputs[0]!["output_type"]);
        Assert.Equal([1, 2, null], run.Notebook.Code.Select(c => c.Count));
        Assert.Empty(run.Notebook.Cells[3].Outputs);
    }

    [Fact]
    public void A_line_that_does_not_compile_is_named_and_so_is_the_end_of_the_process()
    {
        Assert.StartsWith("made, cell 1 (id one, [1]), line 2 (nothing();): Cell 1(2,1): error CS0103", Run(Code("one", "var x = 1;\nnothing();")).Error);
        Assert.StartsWith("made, cell 1 (id one): the kernel's process ended with 3.", Run(Code("one", "Environment.Exit(3);")).Error);
        Assert.StartsWith("made, cell 1 (id one): the kernel's process ended with 134.", Run(Code("one", "Environment.FailFast(\"gone\");")).Error);
    }

    [Fact]
    public void Progress_is_told_while_a_cell_runs_and_left_as_one_line_in_the_file()
    {
        var told = new List<string>();
        var run = NotebookRun.Of(NotebookFileTests.Of(Code("one", """
            var progress = UnsupClipCap.Watch.Ambient.Progress;
            for (var i = 0; i < 4; i++) { progress.Report(new("Captioning: a", i / 3.0)); await Task.Delay(300); }
            Console.WriteLine("said");
            progress.Report(new("Captioning: b", 1));
            6 * 7
            """)), Path.GetTempPath(), new Told(line => told.Add(line.Text)));
        Assert.Null(run.Error);
        Assert.Contains("Captioning: a 67%", told);
        var outputs = run.Notebook.Cells[0].Outputs;
        Assert.Equal(["display_data", "stream", "execute_result"], outputs.Select(o => (string?)o!["output_type"]));
        Assert.Equal("Captioning: a, b", NotebookCell.Text(outputs[0]!["data"]!["text/plain"]));
        Assert.Equal("said\n", NotebookCell.Text(outputs[1]!["text"]));
    }

    [Fact]
    public void A_stop_interrupts_the_cell_and_keeps_what_is_there()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Told(line =>
        {
            if (line.Text == "begun") stop.Cancel();
        });
        var run = NotebookRun.Of(NotebookFileTests.Of(Code("one", "1"), Code("two", "Console.WriteLine(\"begun\"); while (true) { }"), Code("three", "3")), Path.GetTempPath(), progress, stop.Token);
        Assert.True(run.Stopped);
        Assert.Null(run.Error);
        Assert.Equal("begun\n", NotebookCell.Text(run.Notebook.Cells[1].Outputs[0]!["text"]));
        Assert.Null(run.Notebook.Cells[2].Count);
    }

    [Fact]
    public void Another_kernels_notebook_is_refused_before_anything_runs()
    {
        var python = NotebookFile.Parse("{\"cells\":[],\"metadata\":{\"kernelspec\":{\"name\":\"python3\"}},\"nbformat\":4,\"nbformat_minor\":5}", "snake");
        Assert.Contains("snake asks for the kernel 'python3'; here runs '.net-csharp'", Assert.Throws<UserException>(() => NotebookRun.Of(python, Path.GetTempPath())).Message);
    }

    private sealed class Told(Action<CellProgressLine> tell) : IProgress<CellProgressLine>
    {
        public void Report(CellProgressLine value) => tell(value);
    }
}
