using System.Text.Json;

namespace UnsupClipCap.Kernel;

/// <summary>A file's C# as cells: a script is one, a notebook many.</summary>
internal static class ImportedFile
{
    private static readonly string[] Languages = ["csharp", "c#", "markdown", "fsharp", "f#", "powershell", "pwsh", "javascript", "js", "html", "sql", "kql", "http", "mermaid", "value", "meta"];

    /// <param name="path">A .csx, .cs, .ipynb or .dib file.</param>
    /// <returns>Each cell's text and its name in traces.</returns>
    /// <exception cref="CellFaultException">It is not there, or of another kind.</exception>
    public static IReadOnlyList<(string Code, string Name)> Read(string path)
    {
        var file = Path.GetFileName(path);
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".csx" or ".cs" => [(File.ReadAllText(path), file)],
                ".ipynb" => [.. Notebook(File.ReadAllText(path)).Select((code, i) => (code, $"{file} cell {i + 1}"))],
                ".dib" => [.. Interactive(File.ReadAllLines(path)).Select((code, i) => (code, $"{file} cell {i + 1}"))],
                var other => throw new CellFaultException("ImportError", $"{path} is of kind '{other}'; expected .csx, .cs, .ipynb or .dib."),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CellFaultException("ImportError", $"{path} cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CellFaultException("ImportError", $"{path} is no notebook: {e.Message}");
        }
    }

    private static List<string> Notebook(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("cells").EnumerateArray().Where(c => c.GetProperty("cell_type").GetString() == "code").Select(c => Source(c.GetProperty("source")))];

        static string Source(JsonElement source) => source.ValueKind == JsonValueKind.String ? source.GetString()! : string.Concat(source.EnumerateArray().Select(l => l.GetString()));
    }

    private static List<string> Interactive(IEnumerable<string> lines)
    {
        var (cells, current, isOurs) = (new List<string>(), new List<string>(), true);
        foreach (var line in lines)
        {
            if (line.StartsWith("#!", StringComparison.Ordinal) && Languages.Contains(line[2..].Split(' ')[0].Trim(), StringComparer.OrdinalIgnoreCase))
            {
                End();
                isOurs = line[2..].Split(' ')[0].Trim() is "csharp" or "c#";
            }
            else current.Add(line);
        }
        End();
        return cells;

        void End()
        {
            if (isOurs && current.Any(l => l.Trim().Length > 0)) cells.Add(string.Join("\n", current));
            current.Clear();
        }
    }
}
