using System.Diagnostics;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Stopping a cell: what earlier cells made stays.</summary>
[Collection("kernel")]
public sealed class InterruptionTests(SharedKernel shared)
{
    private KernelClient Kernel => shared.Client;

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("again: goto again;")]
    [InlineData("switch (1) { case 1: goto case 1; }")]
    [InlineData("System.Threading.Tasks.Parallel.For(0, 4, i => { while (true) { } });")]
    [InlineData("int Spin(int n) { return n > 0 ? Spin(n - 1) : 0; } do Spin(100); while (true);")]
    [InlineData("foreach (var i in Endless()) ; IEnumerable<int> Endless() { while (true) yield return 1; }")]
    [InlineData("await Task.Run(() => { while (true) { } });")]
    public void An_endless_loop_stops(string loop) => Stops(loop, signal: false, seconds: 5);

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("System.Threading.Thread.Sleep(-1);")]
    public void The_signal_stops_too(string cell) => Stops(cell, signal: true, seconds: 6);

    [Fact]
    public void What_watches_ends_in_its_own_way()
    {
        var id = Kernel.SendCell("""
            Console.Write("at work");
            try { UnsupClipCap.Watch.Ambient.Cancel.WaitHandle.WaitOne(); UnsupClipCap.Watch.Ambient.Cancel.ThrowIfCancellationRequested(); }
            finally { Console.Write(", saved"); }
            """);
        Kernel.Published(id, m => m.Type == "stream");
        Kernel.Ask("interrupt_request", [], control: true);
        var answer = Kernel.AnswerTo(id);
        Assert.Equal("Interrupted", answer.Reply.Text("ename"));
        Assert.Equal("at work, saved", answer.Stream());
    }

    [Fact]
    public void An_interrupted_study_shows_its_progress_and_keeps_its_checkpoint()
    {
        Assert.True(Kernel.Run("""
            using UnsupClipCap;
            var endless = Preset.Mini with { TrainImages = 100, TestImages = 8, Recipe = Preset.Mini.Recipe with { Steps = 1_000_000, BatchSize = 32, Gpt2 = new() { Width = 32, Layers = 1, Heads = 2, Positions = 64 } } };
            var study = Study.Open(endless, 9, "cpu");
            """).IsOk);
        var id = Kernel.SendCell("study.Captioner(Source.Images);");
        Kernel.Published(id, m => m.Type == "update_display_data" && ((string?)m.Content["data"]!["text/plain"])!.Contains("Training ClipCap", StringComparison.Ordinal));
        Kernel.Ask("interrupt_request", [], control: true);
        var answer = Kernel.AnswerTo(id);
        Assert.Equal("Interrupted", answer.Reply.Text("ename"));
        Assert.Contains("Training ClipCap", (string?)answer.Of("update_display_data").Last()["data"]!["text/plain"]);       // how far it came stays to be read
        Assert.Single(Directory.EnumerateFiles(Locations.Cache, "mini-images-seed9*.state*", SearchOption.AllDirectories));
        Assert.Equal("8", Kernel.Run("study.Test.Images.Count").Result);
    }

    [Fact]
    public void A_variable_that_was_not_yet_set_anew_keeps_its_value()
    {
        Kernel.Run("var (model, other) = (\"trained\", 1);");
        Stops("var other = 2; Console.Write(' '); string Train() { while (true) ; } var model = Train();", signal: false, seconds: 5);
        Assert.Equal("( trained, 2 )", Kernel.Run("(model, other)").Result);
    }

    [Fact]
    public void An_interruption_between_cells_stops_nothing()
    {
        Kernel.Ask("interrupt_request", [], control: true);
        Assert.Equal("10", Kernel.Run("var sum = 0; for (var i = 0; i < 5; i++) sum += i; sum").Result);
    }

    private void Stops(string cell, bool signal, double seconds)
    {
        Kernel.Run("var kept = 7;");
        var id = Kernel.SendCell($"Console.Write('.'); Console.Out.Flush(); {cell}");
        Kernel.Published(id, m => m.Type == "stream");
        var start = Stopwatch.GetTimestamp();
        if (signal) Kernel.Signal();
        else Assert.True(Kernel.Ask("interrupt_request", [], control: true).IsOk);
        Assert.Equal("Interrupted", Kernel.AnswerTo(id).Reply.Text("ename"));
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        Assert.Equal("7", Kernel.Run("kept").Result);
    }
}
