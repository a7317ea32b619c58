using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>A message of the Jupyter protocol.</summary>
/// <param name="Header">msg_id, msg_type, session, …</param>
/// <param name="Parent">The header of the message that this one answers, or an empty object.</param>
/// <param name="Content">What it says.</param>
internal sealed record Message(JsonObject Header, JsonObject Parent, JsonObject Content)
{
    /// <summary>Version of the protocol.</summary>
    public const string Version = "5.3";

    /// <summary>Routing prefixes, to be sent back with an answer.</summary>
    public IReadOnlyList<byte[]> Identities { get; init; } = [];
    /// <summary>Rarely anything.</summary>
    public JsonObject Metadata { get; init; } = [];

    public string Type => Text(Header, "msg_type");
    public string Id => Text(Header, "msg_id");

    /// <summary>A new message.</summary>
    public static Message Of(string type, JsonObject content, JsonObject? parent, string session, string user = "kernel") => new(new JsonObject
    {
        ["msg_id"] = Guid.NewGuid().ToString("N"),
        ["msg_type"] = type,
        ["username"] = user,
        ["session"] = session,
        ["date"] = DateTime.UtcNow.ToString("O"),
        ["version"] = Version,
    }, (JsonObject?)parent?.DeepClone() ?? [], content);

    /// <summary>A text of the content, or <paramref name="otherwise"/> where it is absent or no text.</summary>
    public string Text(string name, string otherwise = "") => Text(Content, name, otherwise);

    /// <summary>A flag of the content.</summary>
    public bool Flag(string name, bool otherwise) => Content[name] is JsonValue v && v.TryGetValue<bool>(out var b) ? b : otherwise;

    /// <summary>A number of the content.</summary>
    public int Number(string name, int otherwise) => Content[name] is JsonValue v && v.TryGetValue<int>(out var n) ? n : otherwise;

    private static string Text(JsonObject of, string name, string otherwise = "") => of[name] is JsonValue v && v.TryGetValue<string>(out var s) ? s : otherwise;
}
