using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace UnsupClipCap.Tests;

/// <summary>What was asked.</summary>
internal sealed record FetchRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte asked for, or null where all of it is.</summary>
    public int? From => Headers.TryGetValue("range", out var range) ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : null;
}

/// <summary>What is answered, which may be a lie.</summary>
internal sealed record FetchReply(int Status, byte[] Body)
{
    public string Headers { get; init; } = "";
    /// <summary>The length that is claimed; -1 claims none.</summary>
    public int? Claims { get; init; }
    /// <summary>How many bytes are sent before the connection is closed or goes silent.</summary>
    public int? Sends { get; init; }
    /// <summary>Whether the connection goes silent then instead of closing.</summary>
    public bool Stalls { get; init; }
    /// <summary>Whether the connection closes without any answer.</summary>
    public bool IsSilent { get; init; }
}

/// <summary>A server on this machine that behaves as badly as a test wants; one request a connection.</summary>
internal sealed class FetchServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FetchRequest, int, FetchReply> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentQueue<FetchRequest> _requests = new();

    /// <param name="answer">Of a request and how many came before it.</param>
    /// <param name="certificate">For TLS.</param>
    public FetchServer(Func<FetchRequest, int, FetchReply> answer, X509Certificate2? certificate = null)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start();
        _ = Listen();
    }

    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public IReadOnlyList<FetchRequest> Requests => [.. _requests];

    /// <summary>A file as an honest server serves it: with a tag, by ranges, anew where the tag in If-Range is another.</summary>
    public static FetchReply Honest(FetchRequest request, byte[] content, string etag = "\"1\"")
    {
        var isSame = !request.Headers.TryGetValue("if-range", out var tag) || tag == etag;
        if (request.From is not { } from || !isSame) return new(200, content) { Headers = $"ETag: {etag}\r\n" };
        return from < content.Length ? Rest(content, from, etag) : new(416, []) { Headers = $"Content-Range: bytes */{content.Length}\r\n" };
    }

    public static FetchReply Rest(byte[] content, int from, string etag = "\"1\"") =>
        new(206, content[from..]) { Headers = $"ETag: {etag}\r\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n" };

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task Listen()
    {
        try
        {
            while (true) _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using var _ = client;
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(_certificate);
                stream = secure;
            }
            var request = await Read(stream);
            var before = _requests.Count;
            _requests.Enqueue(request);
            var reply = _answer(request, before);
            if (reply.IsSilent) return;
            var length = reply.Claims ?? reply.Body.Length;
            var head = $"HTTP/1.1 {reply.Status} Said\r\n{(length < 0 ? "" : $"Content-Length: {length}\r\n")}Connection: close\r\n{reply.Headers}\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            if (request.Method != "HEAD") await stream.WriteAsync(reply.Body.AsMemory(0, reply.Sends ?? reply.Body.Length));
            await stream.FlushAsync();
            if (reply.Stalls) await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The other side has hung up.
        }
    }

    private static async Task<FetchRequest> Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var first = (await reader.ReadLineAsync() ?? throw new IOException()).Split(' ');
        var headers = new Dictionary<string, string>();
        while (await reader.ReadLineAsync() is { Length: > 0 } line) headers[line[..line.IndexOf(':')].ToLowerInvariant()] = line[(line.IndexOf(':') + 1)..].Trim();
        return new(first[0], first[1], headers);
    }
}
