using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>
/// Progress of studies as one display below the cell, which each report writes anew. When the cell has ended it holds what was done and what was found in the cache, a short line each:
/// no shares, rates or times, so that a notebook run again holds the same.
/// </summary>
internal sealed class CellProgress(CellOutput output) : IProgress<StudyProgress>
{
    /// <summary>In the metadata of such a display.</summary>
    public const string Mark = "progress";

    /// <summary>Whether an output, or what a message publishes, is such a display.</summary>
    public static bool IsIn(JsonObject output) => output["metadata"] is JsonObject metadata && metadata.ContainsKey(Mark);

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly JsonObject _transient = new() { ["display_id"] = Guid.NewGuid().ToString("N") };
    private readonly List<StudyProgress> _done = [];
    private StudyProgress? _now;
    private long _next;
    private string? _shown;

    public void Report(StudyProgress p)
    {
        lock (_gate)
        {
            var isNew = p.What != _now?.What || p.IsFound || p.Share < _now.Share;           // of one name, and begun again: another of its kind
            if (isNew) EndStage();
            _now = p;
            if (!isNew && Environment.TickCount64 < _next) return;
            _next = Environment.TickCount64 + (long)Often.TotalMilliseconds;
            Show(p.ToString());
        }
    }

    /// <summary>Leaves the lines of what is done. Nothing where nothing was reported; a second time changes nothing.</summary>
    /// <param name="stopped">The cell did not come to its end: what it was at is said as it stood.</param>
    public void End(bool stopped = false)
    {
        lock (_gate)
        {
            if (_now is null) return;
            var unfinished = stopped && _now is { Share: < 1, IsFound: false } ? _now : null;
            if (unfinished is null) EndStage();
            _now = null;
            var lines = Lines(_done);
            if (unfinished is not null) lines.Add(unfinished.ToString());
            if (lines.Count > 0) Show(string.Join("\n", lines));
        }
    }

    // A stage has ended when the next begins, whatever share it told of last.
    private void EndStage()
    {
        if (_now is not null) _done.Add(_now);
        _now = null;
    }

    /// <summary>
    /// One line for all that was found, one for all stages of one verb ("Captioning: none, mean shift"), one for each that says more of itself ("Training ClipCap: 800 steps, loss 1.032").
    /// </summary>
    internal static List<string> Lines(IReadOnlyList<StudyProgress> done) =>
    [
        .. done.GroupBy(p => p.IsFound ? "Found in the cache:" : p.Detail.Length > 0 ? $"{p.What}: {p.Detail}" : p.What.Split(' ')[0])
            .Select(g => g.First() is { IsFound: false, Detail.Length: > 0 } ? g.Key : $"{g.Key} {Several([.. g.Select(p => p.IsFound ? p.What : p.What[Math.Min(g.Key.Length + 1, p.What.Length)..])])}".TrimEnd()),
    ];

    private static string Several(IReadOnlyList<string> what) => what.Count <= 4 ? string.Join(", ", what) : $"{what[0]} … {what[^1]} ({what.Count})";

    private void Show(string text)
    {
        if (text == _shown) return;
        output.Publish(_shown is null ? "display_data" : "update_display_data", new()
        {
            ["data"] = new JsonObject { ["text/plain"] = text },
            ["metadata"] = new JsonObject { [Mark] = true },
            ["transient"] = _transient.DeepClone(),
        });
        _shown = text;
    }
}
