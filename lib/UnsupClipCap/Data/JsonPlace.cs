using System.Text.Json;
using System.Text.Unicode;

namespace UnsupClipCap;

/// <summary>A JSON value that knows its file and field, so that every complaint about it can name them.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Field">Path of the value: <c>table[0].scores.CIDEr</c>; empty for the whole file.</param>
/// <param name="Value">The value.</param>
/// <param name="Remedy">The sentence that ends every complaint: what to do.</param>
internal readonly record struct JsonPlace(string File, string Field, JsonElement Value, string Remedy)
{
    /// <summary>Reads a file.</summary>
    public static JsonPlace Read(string file, string remedy) =>
        System.IO.File.Exists(file) ? Parse(file, System.IO.File.ReadAllBytes(file), remedy) : throw new UserException($"{file} does not exist. {remedy}");

    /// <summary>Parses a file's content. <paramref name="remedy"/> ends the message where it is not JSON.</summary>
    public static JsonPlace Parse(string file, ReadOnlyMemory<byte> content, string remedy)
    {
        if (content.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) content = content[3..];       // editors' byte-order mark
        if (!Utf8.IsValid(content.Span)) throw new UserException($"{file} is not in UTF-8, as JSON must be. {remedy}");
        try
        {
            using var document = JsonDocument.Parse(content);
            return new(file, "", document.RootElement.Clone(), remedy);
        }
        catch (JsonException e)
        {
            var field = LastField(content.Span);
            throw new UserException($"{file} is not whole JSON: it breaks off or goes wrong at line {e.LineNumber + 1}, " +
                $"byte {e.BytePositionInLine + 1}, {(field.Length == 0 ? "before the first field" : $"in field '{field}'")}. {remedy}", e);
        }
    }

    public JsonPlace Required(string key)
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        if (!TryGet(key, out var value))
            throw new UserException($"{File}: field '{Below(key)}' is missing. {Remedy}");
        return this with { Field = Below(key), Value = value };
    }

    public JsonPlace? Optional(string key)
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        return TryGet(key, out var value) && value.ValueKind != JsonValueKind.Null ? this with { Field = Below(key), Value = value } : null;
    }

    public string Text()
    {
        if (Value.ValueKind != JsonValueKind.String) throw Wrong("a text");
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException)       // JSON's grammar is kept, but the bytes are not UTF-8 or half a surrogate pair
        {
            throw Wrong("a text in UTF-8");
        }
    }

    public double Number() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number : throw Wrong("a number");

    public long Whole() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var number) ? number : throw Wrong("a whole number");

    /// <summary>A whole number of 32 bits.</summary>
    public int Int() => Whole() is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw Wrong("a whole number of 32 bits");

    /// <summary>A whole number of a field, or <paramref name="otherwise"/> where there is none.</summary>
    public int Int(string key, int otherwise) => Optional(key)?.Int() ?? otherwise;

    /// <summary>A text of a field, or <paramref name="otherwise"/> where there is none.</summary>
    public string Text(string key, string otherwise) => Optional(key)?.Text() ?? otherwise;

    public bool Truth() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Wrong("true or false");

    public IReadOnlyList<T> List<T>(Func<JsonPlace, T> item)
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Wrong("a list");
        var list = new List<T>(Value.GetArrayLength());
        foreach (var element in Value.EnumerateArray()) list.Add(item(this with { Field = $"{Field}[{list.Count}]", Value = element }));
        return list;
    }

    /// <summary>An object's entries in the file's order.</summary>
    public IReadOnlyDictionary<string, T> Map<T>(Func<JsonPlace, T> item)
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        var map = new OrderedDictionary<string, T>();
        foreach (var entry in Value.EnumerateObject()) map[NameOf(entry)] = item(this with { Field = Below(entry.Name), Value = entry.Value });
        return map;
    }

    public UserException Wrong(string expected)
    {
        var found = Value.GetRawText();
        if (found.Length > 40) found = found[..40] + "…";
        return new($"{File}: {(Field.Length == 0 ? "the whole" : $"field '{Field}'")} is {found}, but {expected} was expected. {Remedy}");
    }

    bool TryGet(string key, out JsonElement value)
    {
        try
        {
            return Value.TryGetProperty(key, out value);
        }
        catch (InvalidOperationException)       // a name beside it is half a surrogate pair
        {
            throw Wrong("an object whose names are text");
        }
    }

    string NameOf(JsonProperty entry)
    {
        try
        {
            return entry.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("an object whose names are text");
        }
    }

    string Below(string key) => Field.Length == 0 ? key : $"{Field}.{key}";

    // How far a reader gets in broken JSON is the best hint of where it was cut.
    static string LastField(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content);
        var open = new Stack<(string Path, int Index)>();        // index -1: an object
        var (path, key) = ("", "");
        string Here() => open.TryPeek(out var top) ? top.Index < 0 ? Join(top.Path, key) : $"{top.Path}[{top.Index}]" : "";
        void Next()
        {
            if (open.TryPeek(out var top) && top.Index >= 0) { open.Pop(); open.Push((top.Path, top.Index + 1)); }
        }
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        key = reader.GetString()!;
                        path = Here();
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        path = Here();
                        open.Push((path, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                        key = "";
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        path = open.Pop().Path;
                        Next();
                        break;
                    default:
                        path = Here();
                        Next();
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        return path;
    }

    static string Join(string path, string key) => path.Length == 0 ? key : key.Length == 0 ? path : $"{path}.{key}";
}
