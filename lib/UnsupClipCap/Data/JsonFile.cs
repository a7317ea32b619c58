using System.Text.Json;

namespace UnsupClipCap;

/// <summary>A JSON object from a file; each access names the file and the field when something is amiss.</summary>
public sealed class JsonFile
{
    private readonly string _path;
    private readonly string _prefix;

    private JsonFile(string path, JsonElement value, string prefix) => (_path, Value, _prefix) = (path, value, prefix);

    /// <summary>The object itself.</summary>
    public JsonElement Value { get; }

    /// <summary>Reads the object in <paramref name="path"/>.</summary>
    /// <exception cref="UserException">The file is absent or holds no JSON object.</exception>
    public static JsonFile Read(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new UserException($"{path} holds a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()}; an object was expected.");
            return new JsonFile(path, json.RootElement.Clone(), "");
        }
        catch (JsonException e)
        {
            throw new UserException($"{path} is not whole JSON: {e.Message} Fetch or make it again.", e);
        }
    }

    /// <summary>Whether there is a field of this name that is not null.</summary>
    public bool Has(string name) => Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A nested object.</summary>
    public JsonFile Object(string name) => new(_path, Field(name, JsonValueKind.Object, "an object"), $"{_prefix}{name}.");

    /// <summary>A whole number.</summary>
    public int Int(string name) => Field(name, JsonValueKind.Number, "a whole number").TryGetInt32(out var n) ? n
        : throw Bad(name, Value.GetProperty(name).ToString(), "a whole number");

    /// <summary>A whole number, or <paramref name="otherwise"/> where the field is absent.</summary>
    public int Int(string name, int otherwise) => Has(name) ? Int(name) : otherwise;

    /// <summary>A number, or <paramref name="otherwise"/> where the field is absent.</summary>
    public double Number(string name, double otherwise) => Has(name) ? Field(name, JsonValueKind.Number, "a number").GetDouble() : otherwise;

    /// <summary>A text, or <paramref name="otherwise"/> where the field is absent.</summary>
    public string Text(string name, string otherwise) => Has(name) ? Field(name, JsonValueKind.String, "a text").GetString()! : otherwise;

    /// <summary>True or false, or <paramref name="otherwise"/> where the field is absent.</summary>
    public bool Flag(string name, bool otherwise) => !Has(name) ? otherwise : Value.GetProperty(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Bad(name, Value.GetProperty(name).ToString(), "true or false"),
    };

    /// <summary>A list of whole numbers; a single number counts as a list of one.</summary>
    public int[] Ints(string name)
    {
        if (Has(name) && Value.GetProperty(name) is { ValueKind: JsonValueKind.Number }) return [Int(name)];
        var items = Field(name, JsonValueKind.Array, "a list of whole numbers").EnumerateArray().ToList();
        return items.All(i => i.ValueKind == JsonValueKind.Number && i.TryGetInt32(out _)) ? items.Select(i => i.GetInt32()).ToArray()
            : throw Bad(name, Value.GetProperty(name).ToString(), "a list of whole numbers");
    }

    private JsonElement Field(string name, JsonValueKind kind, string expected) =>
        !Value.TryGetProperty(name, out var value) ? throw new UserException($"{_path}: the field {_prefix}{name} is missing; expected {expected}.")
        : value.ValueKind != kind ? throw Bad(name, value.ToString(), expected)
        : value;

    private UserException Bad(string name, string found, string expected) =>
        new($"{_path}: the field {_prefix}{name} is {found}; expected {expected}.");
}
