using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>A notebook's file, nbformat 4: whatever it holds is kept, known or not.</summary>
internal sealed class NotebookFile
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JsonObject _root;

    private NotebookFile(JsonObject root, string name, List<NotebookCell> cells) => (_root, Name, Cells) = (root, name, cells);

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }
    /// <summary>In order.</summary>
    public List<NotebookCell> Cells { get; }
    /// <summary>Of the whole notebook.</summary>
    public JsonObject Metadata => Object(_root, "metadata");
    /// <summary>The kernel it asks for, or null.</summary>
    public string? Kernel => (string?)(Metadata["kernelspec"] as JsonObject)?["name"];
    /// <summary>Cells of code.</summary>
    public IEnumerable<NotebookCell> Code => Cells.Where(c => c.IsCode);

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It is not there or is no notebook of format 4.</exception>
    public static NotebookFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetFileNameWithoutExtension(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A notebook from its text.</summary>
    /// <exception cref="UserException">It is no notebook of format 4.</exception>
    public static NotebookFile Parse(string text, string name)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject root || root["cells"] is not JsonArray cells) throw new UserException($"{name} is no notebook: it has no list of cells.");
            if ((int?)root["nbformat"] is not 4) throw new UserException($"{name} is of nbformat {root["nbformat"]}; expected 4. Open it in Jupyter and save it there.");
            return new(root, name, [.. cells.Select(c => new NotebookCell((JsonObject)c!.DeepClone()))]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or InvalidCastException or FormatException)
        {
            throw new UserException($"{name} is no notebook: {e.Message.TrimEnd('.')}. It may be a file that was cut or merged by halves.", e);
        }
    }

    /// <summary>The first code cell with this tag, or null.</summary>
    public NotebookCell? Tagged(string tag) => Code.FirstOrDefault(c => c.Tags.Contains(tag));

    /// <summary>The file's text: keys as Jupyter orders them, one space a level, a line's end at the end.</summary>
    public string ToText()
    {
        var root = new JsonObject { ["cells"] = new JsonArray([.. Cells.Select(c => c.ToJson())]) };
        foreach (var (key, value) in _root.Where(p => p.Key != "cells").OrderBy(p => p.Key, StringComparer.Ordinal)) root[key] = value?.DeepClone();
        // Cells have had ids since 4.5; older files are raised to it.
        if ((int?)root["nbformat_minor"] is not >= 5) root["nbformat_minor"] = 5;
        return root.ToJsonString(Json) + "\n";
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, ToText());

    internal static JsonObject Object(JsonObject of, string key)
    {
        if (of[key] is JsonObject there) return there;
        var made = new JsonObject();
        of[key] = made;
        return made;
    }
}

/// <summary>A cell.</summary>
internal sealed class NotebookCell
{
    private readonly JsonObject _json;

    public NotebookCell(JsonObject json)
    {
        _json = json;
        if (json["id"] is null) json["id"] = Guid.NewGuid().ToString("N")[..8];
    }

    /// <summary>A cell of code that was not in the file.</summary>
    public static NotebookCell Of(string id, string code, string tag) => new(new()
    {
        ["cell_type"] = "code",
        ["execution_count"] = null,
        ["id"] = id,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tag) },
        ["outputs"] = new JsonArray(),
        ["source"] = Lines(code),
    });

    /// <summary>Its name among the notebook's cells.</summary>
    public string Id => (string)_json["id"]!;
    /// <summary>code, markdown or raw.</summary>
    public string Type => (string?)_json["cell_type"] ?? "code";
    /// <summary>It is run.</summary>
    public bool IsCode => Type == "code";
    /// <summary>Its text.</summary>
    public string Source => Text(_json["source"]);
    /// <summary>Words that tools know it by.</summary>
    public IReadOnlyList<string> Tags => [.. ((_json["metadata"] as JsonObject)?["tags"] as JsonArray ?? []).Select(t => (string)t!)];
    /// <summary>Of this cell.</summary>
    public JsonObject Metadata => NotebookFile.Object(_json, "metadata");
    /// <summary>The number of its run, or null.</summary>
    public int? Count
    {
        get => (int?)_json["execution_count"];
        set => _json["execution_count"] = value;
    }
    /// <summary>What it put out, as nbformat has it.</summary>
    public JsonArray Outputs
    {
        get => _json["outputs"] as JsonArray ?? [];
        set => _json["outputs"] = value;
    }

    /// <summary>Text that the format holds as lines or as one piece.</summary>
    public static string Text(JsonNode? node) => node is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string?)node ?? "";

    /// <summary>Text as lines, each with its end, as Jupyter writes it.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = text.IndexOf('\n', from) is var end and >= 0 ? end + 1 : text.Length;
            lines.Add(text[from..to]);
        }
        return lines;
    }

    /// <summary>The cell with its keys in Jupyter's order.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (key, value) in _json.OrderBy(p => p.Key, StringComparer.Ordinal)) json[key] = value?.DeepClone();
        return json;
    }
}
