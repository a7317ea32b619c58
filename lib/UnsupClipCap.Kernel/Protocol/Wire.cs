using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetMQ;

namespace UnsupClipCap.Kernel;

/// <summary>
/// Messages as frames: identities, "&lt;IDS|MSG&gt;", the hexadecimal HMAC of what follows, header, parent header, metadata, content, buffers.
/// An empty key means that nothing is signed.
/// </summary>
internal sealed class Wire(string key)
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public NetMQMessage ToFrames(Message message)
    {
        byte[][] parts = [Bytes(message.Header), Bytes(message.Parent), Bytes(message.Metadata), Bytes(message.Content)];
        var frames = new NetMQMessage();
        foreach (var identity in message.Identities) frames.Append(identity);
        frames.Append(Delimiter);
        frames.Append(Sign(parts));
        foreach (var part in parts) frames.Append(part);
        return frames;

        static byte[] Bytes(JsonObject o) => JsonSerializer.SerializeToUtf8Bytes(o, Json);
    }

    /// <exception cref="InvalidDataException">It is no message, or its signature is wrong.</exception>
    public Message FromFrames(NetMQMessage frames)
    {
        var all = frames.Select(f => f.ToByteArray()).ToList();
        var at = all.FindIndex(f => f.AsSpan().SequenceEqual(Delimiter));
        if (at < 0) throw new InvalidDataException("a message has no delimiter <IDS|MSG>");
        if (all.Count < at + 6) throw new InvalidDataException($"a message has {all.Count - at - 1} parts after its delimiter; expected 5 or more");
        byte[][] parts = [.. all[(at + 2)..(at + 6)]];
        if (_key.Length > 0 && !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(parts)), all[at + 1]))
            throw new InvalidDataException("a message has a wrong signature");
        try
        {
            return new(Object(parts[0], "header"), Object(parts[1], "parent header"), Object(parts[3], "content")) { Identities = all[..at], Metadata = Object(parts[2], "metadata") };
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a message is not JSON: {e.Message}", e);
        }

        static JsonObject Object(byte[] utf8, string what) => JsonNode.Parse(utf8) as JsonObject ?? throw new InvalidDataException($"a message's {what} is no JSON object");
    }

    internal string Sign(byte[][] parts)
    {
        if (_key.Length == 0) return "";
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts) hmac.AppendData(part);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
