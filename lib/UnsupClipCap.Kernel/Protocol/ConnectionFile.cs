using System.Text.Json;
using System.Text.Json.Serialization;

namespace UnsupClipCap.Kernel;

/// <summary>Where a Jupyter front end wants a kernel to listen, and the key that both sign with.</summary>
internal sealed record ConnectionFile
{
    [JsonPropertyName("transport")] public string Transport { get; init; } = "tcp";
    [JsonPropertyName("ip")] public string Ip { get; init; } = "127.0.0.1";
    [JsonPropertyName("shell_port")] public int Shell { get; init; }
    [JsonPropertyName("control_port")] public int Control { get; init; }
    [JsonPropertyName("stdin_port")] public int Stdin { get; init; }
    [JsonPropertyName("iopub_port")] public int IoPub { get; init; }
    [JsonPropertyName("hb_port")] public int Heartbeat { get; init; }
    [JsonPropertyName("key")] public string Key { get; init; } = "";
    [JsonPropertyName("signature_scheme")] public string SignatureScheme { get; init; } = "hmac-sha256";

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It is not there, no JSON, or asks for what this kernel does not have.</exception>
    public static ConnectionFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(path)) ?? throw new JsonException("it is null");
            if (file.Transport != "tcp") throw new UserException($"{path}: transport is '{file.Transport}'; this kernel speaks tcp only. Start it with the front end's default transport.");
            if (file.Key.Length > 0 && file.SignatureScheme != "hmac-sha256") throw new UserException($"{path}: signature_scheme is '{file.SignatureScheme}'; expected hmac-sha256.");
            foreach (var (name, port) in new[] { ("shell_port", file.Shell), ("control_port", file.Control), ("stdin_port", file.Stdin), ("iopub_port", file.IoPub), ("hb_port", file.Heartbeat) })
                if (port is < 1 or > 65535) throw new UserException($"{path}: {name} is {port}; expected 1 to 65535.");
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserException($"The connection file {path} cannot be read: {e.Message} A Jupyter front end writes it when it starts a kernel.", e);
        }
    }

    /// <summary>The address of a port, to bind or to connect to.</summary>
    public string Address(int port) => $"tcp://{Ip}:{port}";
}
