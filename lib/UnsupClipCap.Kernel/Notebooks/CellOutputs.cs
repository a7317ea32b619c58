using System.Text;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>What a kernel publishes, gathered into outputs as notebooks hold them.</summary>
internal sealed class CellOutputs
{
    // Displays of all cells: one may be updated by a later cell.
    private readonly Dictionary<string, List<JsonObject>> _displays = [];
    private List<JsonObject> _outputs = [];
    private bool _clear;

    /// <summary>Begins a cell.</summary>
    public void Begin() => (_outputs, _clear) = ([], false);

    /// <summary>Takes a message in.</summary>
    public void Take(string type, JsonObject content)
    {
        if (type is not ("stream" or "display_data" or "execute_result" or "error" or "update_display_data" or "clear_output")) return;
        if (type == "clear_output")
        {
            if ((bool?)content["wait"] == true) _clear = true;
            else _outputs.Clear();
            return;
        }
        if (type == "update_display_data")
        {
            foreach (var shown in _displays.GetValueOrDefault((string?)content["transient"]?["display_id"] ?? "") ?? [])
                (shown["data"], shown["metadata"]) = (content["data"]?.DeepClone(), content["metadata"]?.DeepClone());
            return;
        }
        if (_clear) _outputs.Clear();
        _clear = false;
        if (type == "stream" && _outputs is [.., var last] && (string?)last["output_type"] == "stream" && (string?)last["name"] == (string?)content["name"])
        {
            last["text"] = (string?)last["text"] + (string?)content["text"];
            return;
        }
        var output = new JsonObject();
        foreach (var key in new[] { "data", "ename", "evalue", "execution_count", "metadata", "name" })
            if (content.ContainsKey(key)) output[key] = content[key]?.DeepClone();
        output["output_type"] = type;
        foreach (var key in new[] { "text", "traceback" })
            if (content.ContainsKey(key)) output[key] = content[key]?.DeepClone();
        _outputs.Add(output);
        if ((string?)content["transient"]?["display_id"] is not { } id) return;
        if (!_displays.TryGetValue(id, out var same)) _displays[id] = same = [];
        same.Add(output);
    }

    /// <summary>The cell's outputs so far: texts as lines, progress lines as they ended.</summary>
    public JsonArray ToJson() => new([.. _outputs.Select(Written)]);

    private static JsonObject Written(JsonObject output)
    {
        var written = (JsonObject)output.DeepClone();
        if ((string?)written["text"] is { } text) written["text"] = NotebookCell.Lines(Ended(text));
        if (written["data"] is JsonObject data)
            foreach (var (mime, value) in data.ToList())
                if (value is JsonValue && (mime.StartsWith("text/", StringComparison.Ordinal) || mime == "image/svg+xml")) data[mime] = NotebookCell.Lines((string?)value ?? "");
        return written;
    }

    /// <summary>What a terminal shows in the end: a carriage return goes back to the line's beginning, and what comes then is written over it.</summary>
    public static string Ended(string text)
    {
        if (!text.Contains('\r')) return text;
        var all = new StringBuilder(text.Length);
        foreach (var (i, line) in text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Index())
        {
            if (i > 0) all.Append('\n');
            var (shown, at) = (new StringBuilder(), 0);
            foreach (var part in line.Split('\r'))
            {
                at = 0;
                foreach (var c in part)
                {
                    if (at < shown.Length) shown[at] = c;
                    else shown.Append(c);
                    at++;
                }
            }
            all.Append(line.Contains('\r') ? shown.ToString().TrimEnd() : line);
        }
        return all.ToString();
    }
}
