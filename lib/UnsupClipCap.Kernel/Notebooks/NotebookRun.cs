using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UnsupClipCap.Kernel;

/// <summary>A notebook run from its first cell to its last in a kernel of its own.</summary>
/// <param name="Notebook">With outputs and counts of what was run.</param>
/// <param name="Error">Where it stopped and why, or null.</param>
/// <param name="Stopped">It was interrupted.</param>
internal sealed partial record NotebookRun(NotebookFile Notebook, string? Error, bool Stopped)
{
    /// <summary>Kernels of C# whose notebooks run here.</summary>
    private static readonly string[] Kernels = [KernelSpecs.Name];

    /// <summary>Runs one.</summary>
    /// <param name="notebook">Its outputs are replaced.</param>
    /// <param name="folder">Where the kernel starts: what a notebook's relative paths begin at.</param>
    /// <param name="progress">Told a line before and after each cell, and what a cell's progress says.</param>
    /// <param name="cancel">Interrupts the kernel; what is there by then is kept.</param>
    /// <exception cref="UserException">It asks for a kernel that is not this one.</exception>
    public static NotebookRun Of(NotebookFile notebook, string folder, IProgress<CellProgressLine>? progress = null, CancellationToken cancel = default)
    {
        if (!Kernels.Contains(notebook.Kernel))
            throw new UserException($"{notebook.Name} asks for the kernel '{notebook.Kernel ?? "(none)"}'; here runs '{KernelSpecs.Name}'. Run it with the tool it was written for, or set metadata.kernelspec.name.");
        foreach (var cell in notebook.Code) (cell.Outputs, cell.Count) = ([], null);
        using var client = KernelClient.Start(KernelSpecs.Program, folder: folder);
        var outputs = new CellOutputs();
        var code = notebook.Code.Where(c => c.Source.Trim().Length > 0).ToList();
        for (var i = 0; i < code.Count; i++)
        {
            if (cancel.IsCancellationRequested) return new(notebook, null, true);
            var cell = code[i];
            var started = Environment.TickCount64;
            void Tell(string text, bool done = false) => progress?.Report(new(i + 1, code.Count, cell.Source, text, TimeSpan.FromMilliseconds(Environment.TickCount64 - started), done));
            Tell("");
            outputs.Begin();
            JsonObject? reply;
            try
            {
                reply = client.Follow(client.SendCell(cell.Source), message =>
                {
                    outputs.Take(message.Type, message.Content);
                    if (Said(message) is { Length: > 0 } line) Tell(line);
                }, cancel);
            }
            catch (KernelEndedException e)
            {
                cell.Outputs = outputs.ToJson();
                return new(notebook, $"{Place(notebook, cell, null)}: {e.Message}", cancel.IsCancellationRequested);
            }
            cell.Outputs = outputs.ToJson();
            cell.Count = (int?)reply["execution_count"];
            Tell("", done: true);
            if ((string?)reply["status"] == "ok") continue;
            var stopped = cancel.IsCancellationRequested;
            return new(notebook, stopped ? null : Told(notebook, cell, reply), stopped);
        }
        return new(notebook, null, cancel.IsCancellationRequested && code.Any(c => c.Count is null));
    }

    private static string Told(NotebookFile notebook, NotebookCell cell, JsonObject reply)
    {
        var trace = (reply["traceback"] as JsonArray ?? []).Select(l => (string?)l ?? "").ToList();
        var line = trace.Select(t => InCell().Match(t)).FirstOrDefault(m => m.Success && m.Groups[1].Value == $"{cell.Count}") is { } at ? (at.Groups[2].Success ? at.Groups[2] : at.Groups[3]).Value : null;
        return $"{Place(notebook, cell, line)}: {string.Join("\n", trace.Select(t => Colour().Replace(t, "")))}";
    }

    /// <summary>The cell as a reader counts: among all cells, words and code.</summary>
    private static string Place(NotebookFile notebook, NotebookCell cell, string? line)
    {
        var number = (notebook.Cells.IndexOf(cell) + 1).ToString(CultureInfo.InvariantCulture);
        var what = line is not null && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && cell.Source.Split('\n') is var lines && n <= lines.Length ? $" ({lines[n - 1].Trim()})" : "";
        return $"{notebook.Name}, cell {number} (id {cell.Id}{(cell.Count is { } count ? $", [{count}]" : "")}){(line is null ? "" : $", line {line}{what}")}";
    }

    /// <summary>The last line of a text or of a progress display; empty for other messages.</summary>
    private static string Said(Message message) => message.Type switch
    {
        "stream" => LastLine(message.Text("text")),
        "display_data" or "update_display_data" when CellProgress.IsIn(message.Content) => LastLine((string?)message.Content["data"]?["text/plain"] ?? ""),
        _ => "",
    };

    private static string LastLine(string text) => text.TrimEnd('\r', '\n', ' ') is var trimmed ? trimmed[(trimmed.LastIndexOfAny(['\r', '\n']) + 1)..].Trim() : "";

    // "Cell 3(2,5): error CS0103: …" of the compiler, "   at Cell 3, line 2" of an exception.
    [GeneratedRegex(@"\bCell (\d+)(?:\((\d+),|, line (\d+))")]
    private static partial Regex InCell();

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();
}

/// <summary>How far a run is.</summary>
/// <param name="Number">Of the cell among those of code, from 1.</param>
/// <param name="Count">Cells of code.</param>
/// <param name="Source">The cell's code.</param>
/// <param name="Text">The last line that it wrote; may be empty.</param>
/// <param name="Time">Since it began.</param>
/// <param name="Done">It ended.</param>
internal sealed record CellProgressLine(int Number, int Count, string Source, string Text, TimeSpan Time, bool Done);
