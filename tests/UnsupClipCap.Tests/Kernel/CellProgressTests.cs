using System.Text.Json.Nodes;
using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>How a cell's progress shows while it runs, and what is left of it.</summary>
public sealed class CellProgressTests
{
    private readonly List<(string Type, JsonObject Content)> _sent = [];

    private string Text => (string)_sent[^1].Content["data"]!["text/plain"]!;

    private CellProgress Begin() => new(new CellOutput((type, content) => _sent.Add((type, content))));

    [Fact]
    public void A_cell_has_one_display_of_progress_which_every_report_writes_anew()
    {
        var progress = Begin();
        foreach (var share in new[] { 0, .5, 1 }) progress.Report(new("Encoding 10 pictures", share));
        progress.Report(new("Training ClipCap", .5, "loss 1"));
        Assert.Equal(["display_data", "update_display_data"], _sent.Select(s => s.Type));           // what comes too soon is not shown
        Assert.Equal("Training ClipCap 50%: loss 1", Text);
        progress.End();
        Assert.Single(_sent.Select(s => (string?)s.Content["transient"]!["display_id"]).Distinct());
        Assert.All(_sent, s => Assert.Equal(true, (bool?)s.Content["metadata"]![CellProgress.Mark]));
    }

    [Fact]
    public void What_is_left_is_a_line_for_all_of_one_verb_without_shares()
    {
        var progress = Begin();
        foreach (var what in new[] { "Composing 20 training scenes", "Encoding 20 training scenes", "Encoding 100 training captions" }) progress.Report(new(what, .5));
        progress.Report(new("Training ClipCap", .5, "step 1 of 2, loss 2, 300 tokens/s"));
        progress.Report(new("Training ClipCap", 1, "2 steps, loss 1"));
        for (var i = 0; i <= 10; i++) progress.Report(new($"Captioning: ClipCap at lambda {i}", 1));
        progress.End();
        Assert.Equal("Composing 20 training scenes\nEncoding 20 training scenes, 100 training captions\nTraining ClipCap: 2 steps, loss 1\n" +
            "Captioning: ClipCap at lambda 0 … ClipCap at lambda 10 (11)", Text);
        var count = _sent.Count;
        progress.End();
        Assert.Equal(count, _sent.Count);
    }

    [Fact]
    public void What_the_cache_held_is_one_line()
    {
        var progress = Begin();
        foreach (var name in new[] { "ClipCap", "- matched captions", "- matched captions" }) progress.Report(StudyProgress.Found(name));
        progress.End();
        Assert.Equal("Found in the cache: ClipCap, - matched captions, - matched captions", Text);
    }

    [Fact]
    public void A_stage_that_was_stopped_is_left_as_it_stood()
    {
        var progress = Begin();
        progress.Report(new("Composing 20 training scenes", 0));
        progress.Report(new("Training ClipCap", .25, "step 1 of 4"));
        progress.End(stopped: true);
        progress.End();                                                                             // the cell's own end
        Assert.Equal("Composing 20 training scenes\nTraining ClipCap 25%: step 1 of 4", Text);
    }

    [Fact]
    public void A_cell_without_long_work_shows_nothing()
    {
        Begin().End();
        Assert.Empty(_sent);
    }
}
