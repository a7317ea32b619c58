using System.Diagnostics;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Cells as a front end runs them.</summary>
[Collection("kernel")]
public sealed class CellTests(SharedKernel shared)
{
    private KernelClient Kernel => shared.Client;

    [Fact]
    public void A_cell_is_busy_echoed_shown_and_idle_in_that_order()
    {
        var answer = Kernel.Run("Console.Write(\"out\"); Console.Error.Write(\"err\"); Console.Write(\"more\"); 6 * 7");
        Assert.Equal(["status", "execute_input", "stream", "stream", "stream", "execute_result", "status"], answer.Types);
        Assert.Equal(["out", "err", "more"], answer.Of("stream").Select(c => (string?)c["text"]));
        Assert.Equal("42", answer.Result);
        Assert.True(answer.IsOk);
        Assert.Equal((int)answer.Of("execute_input").Single()["execution_count"]!, answer.Reply.Number("execution_count", -1));
        Assert.Equal(answer.Reply.Number("execution_count", -1) + 1, Kernel.Run("").Reply.Number("execution_count", -1));
    }

    [Fact]
    public void Output_goes_out_while_the_cell_runs_and_keeps_its_carriage_returns()
    {
        var answer = Kernel.Run("for (var i = 0; i < 3; i++) { Console.Write($\"\\r{i}\"); await Task.Delay(200); }");
        Assert.Equal("\r0\r1\r2", answer.Stream());
        var times = answer.Published.Where(p => p.Message.Type == "stream").Select(p => p.Time).ToList();
        Assert.True(Stopwatch.GetElapsedTime(times[0], times[^1]) > TimeSpan.FromSeconds(.3));
    }

    [Fact]
    public void A_cell_may_hold_nothing_or_usings_alone()
    {
        Assert.True(Kernel.Run("#r \"UnsupClipCap.dll\"\nusing System.Globalization;").IsOk);
        Assert.True(Kernel.Run("// nothing").IsOk);
        Assert.Equal("a", Kernel.Run("CultureInfo.InvariantCulture.TextInfo.ToLower(\"A\")").Result);
        Assert.Contains("CS0246", Kernel.Run("using No.Such.Space;").Error);
    }

    [Fact]
    public void What_a_cell_declares_later_cells_see()
    {
        Kernel.Run("using System.Text.RegularExpressions;\nvar seen = 1; int Next() => ++seen; record Pair(int A, int B); public static int Double(this int n) => 2 * n;");
        Assert.Equal("( 2, 1 )", Kernel.Run("(Next(), new Pair(1, 2).A)").Result);
        Assert.Equal("True", Kernel.Run("Regex.IsMatch(\"a\", \"a\") && seen.Double() == 4 && await Task.FromResult(true)").Result);
    }

    [Fact]
    public void A_trace_names_the_users_frames_by_cell_and_line()
    {
        var first = Kernel.Run("int Inner(int n)\n{\n    return int.Parse(\"x\" + n);\n}").Reply.Number("execution_count", 0);
        var answer = Kernel.Run("var before = 3;\n\nvar n = Inner(before);");
        Assert.Equal("FormatException", answer.Reply.Text("ename"));
        Assert.Contains($"at Inner in Cell {first}, line 3", answer.Error);
        Assert.Contains($"at Cell {first + 1}, line 3", answer.Error);
        Assert.DoesNotContain("Script", answer.Error);
        Assert.DoesNotContain("UnsupClipCap.Kernel", answer.Error);
        Assert.Equal(answer.Reply.Content["traceback"]!.ToJsonString(), answer.Of("error").Single()["traceback"]!.ToJsonString());
        Assert.Equal("3", Kernel.Run("before").Result);
    }

    [Fact]
    public void Frames_of_lambdas_and_of_async_functions_keep_their_names()
    {
        var answer = Kernel.Run("async Task<int> Later()\n{\n    await Task.Delay(1);\n    return new[] { 0 }.Select(z =>\n    {\n        return 1 / z;\n    }).First();\n}\nawait Later()");
        Assert.Matches(@"at a lambda of Later in Cell \d+, line 6", answer.Error);
        Assert.Matches(@"at Later in Cell \d+, line 4", answer.Error);
        Assert.Matches(@"at Cell \d+, line 9", answer.Error);
    }

    [Fact]
    public void Compile_errors_come_with_place_and_mark_and_run_nothing()
    {
        var answer = Kernel.Run("Console.Write(\"ran\");\nint wrong = \"text\";");
        Assert.Equal("CompilationError", answer.Reply.Text("ename"));
        Assert.Matches(@"Cell \d+\(2,13\): error CS0029", answer.Error);
        Assert.Contains("    int wrong = \"text\";\n                ^^^^^^", answer.Error);
        Assert.Empty(answer.Stream());
        Assert.Contains("no 'using' variables", Kernel.Run("using var stream = new System.IO.MemoryStream();").Error);
    }

    [Fact]
    public void An_error_ends_what_was_sent_with_it_unless_told_otherwise()
    {
        var (failing, next, info) = (Kernel.SendCell("await Task.Delay(200); throw new Exception(\"no\");"), Kernel.SendCell("Console.Write(1)"), Kernel.Send("comm_info_request", []));
        Assert.Equal("error", Kernel.AnswerTo(failing).Reply.Text("status"));
        Assert.Equal("aborted", Kernel.AnswerTo(next).Reply.Text("status"));
        Assert.True(Kernel.AnswerTo(info).IsOk);
        (failing, next) = (Kernel.SendCell("throw new Exception(\"no\");", stopOnError: false), Kernel.SendCell("Console.Write(1);"));
        Assert.False(Kernel.AnswerTo(failing).IsOk);
        Assert.Equal("1", Kernel.AnswerTo(next).Stream());
    }

    [Fact]
    public void A_silent_cell_counts_for_nothing_and_shows_nothing()
    {
        var count = Kernel.Run("1").Reply.Number("execution_count", 0);
        var silent = Kernel.AnswerTo(Kernel.SendCell("var quiet = 5; Console.Write(1); quiet", silent: true));
        Assert.Equal(["status", "status"], silent.Types);
        Assert.Equal(count, Kernel.AnswerTo(Kernel.SendCell("quiet", history: false)).Reply.Number("execution_count", 0));
        Assert.Equal(count + 1, Kernel.Run("quiet").Reply.Number("execution_count", 0));
    }

    [Fact]
    public void A_cell_cannot_ask_and_is_told_so()
    {
        Assert.Contains("input_request", Kernel.Run("Console.ReadLine()").Error);
    }

    [Fact]
    public void Endless_output_is_cut_and_said_so()
    {
        var answer = Kernel.Run("var line = new string('x', 1_000_000); for (var i = 0; i < 100; i++) Console.WriteLine(line);");
        Assert.True(answer.IsOk);
        Assert.InRange(answer.Stream().Length, 9_000_000, 10_000_000);
        Assert.Contains("10 MB", answer.Stream("stderr"));
        Assert.Contains("Not shown", (string?)Kernel.Run("display(new string('x', 20_000_000));").Of("display_data").Single()["data"]!["text/plain"]);
        Assert.Equal("again", Kernel.Run("Console.Write(\"again\");").Stream());
    }

    [Fact]
    public void Endless_recursion_is_an_error_not_the_end()
    {
        Assert.Contains("InsufficientExecutionStackException", Kernel.Run("int Down(int n) => Down(n + 1) + 1; Down(0)").Error);
        Assert.Equal("2", Kernel.Run("1 + 1").Result);
    }

    [Fact]
    public void A_cell_run_twenty_times_leaves_no_more_tensors_than_once()
    {
        const string cell = """
            var weights = TorchSharp.torch.rand(100, 100);
            var scaled = Enumerable.Range(0, 10).Select(i => weights * i).ToList();
            Func<TorchSharp.torch.Tensor> product = () => weights.matmul(scaled[1]);
            TorchSharp.torch.Tensor Of(int i) => scaled[i];
            product()
            """;
        Kernel.Run(cell);
        var once = Live();
        Assert.InRange(once, 11, 100);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(Kernel.Run(cell).IsOk);
            if (i % 10 == 9) Assert.Equal("10", Kernel.Run("scaled.Count(t => t.shape[0] == 100)").Result);
        }
        Assert.InRange(Live(), 1, once);

        int Live() => int.Parse(Kernel.Run("TorchSharp.torch.Tensor.TotalCount").Result!);
    }

    [Fact]
    public void A_cell_run_again_does_not_live_on_in_one_that_used_it()
    {
        const string data = "var batch = TorchSharp.torch.rand(10, 10);";
        Kernel.Run(data);
        Kernel.Run("var mean = (double)batch.mean();");
        var once = Live();
        for (var i = 0; i < 3; i++) Kernel.Run(data);
        Assert.Equal(once, Live());
        Assert.Equal("True", Kernel.Run("mean > 0 && batch.shape[0] == 10").Result);

        int Live() => int.Parse(Kernel.Run("GC.Collect(); GC.WaitForPendingFinalizers(); TorchSharp.torch.Tensor.TotalCount").Result!);
    }
}
