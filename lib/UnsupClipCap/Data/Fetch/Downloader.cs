using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace UnsupClipCap;

/// <summary>Brings one file over HTTP, through dropped connections, servers that are busy and fetches that were stopped.</summary>
internal sealed class Downloader : IDisposable
{
    private const int Redirects = 10;
    private const long GotOn = 1 << 20;         // bytes that make a try count as one that got on

    private readonly FetchSettings _settings;
    private readonly HttpClient _client;

    public Downloader(FetchSettings settings)
    {
        _settings = settings;
        // Redirects are followed here, so that none leads away from TLS. A mirror on this machine is not asked for through a proxy.
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = settings.Timeout, UseProxy = settings.Mirror?.IsLoopback != true }) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new("UnsupClipCap", typeof(Downloader).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0"));
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The file's bytes as its server tells them, or null where it does not.</summary>
    public async Task<long?> AskSize(FetchFile file, CancellationToken cancel)
    {
        try
        {
            using var response = await Send(HttpMethod.Head, Through(file), _ => { }, new(Through(file), file, ""), cancel).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? response.Content.Headers.ContentLength : null;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or UserException)
        {
            return null;        // not all servers answer HEAD; what is wrong shows when the file is asked for
        }
    }

    /// <summary>Brings a file to <paramref name="target"/>, where nothing appears before all of it is there and its digest is right.</summary>
    /// <exception cref="UserException">It could not be had, or is not what was expected.</exception>
    public async Task<Receipt> Bring(FetchFile file, string target, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var address = Through(file);
        var fault = new FetchFault(address, file, target);
        using var part = PartFile.Open(target, file.Address!);
        for (var again = part.Length > 0; ; again = false)
        {
            await BringAll(file, part, fault, progress, cancel).ConfigureAwait(false);
            var sha256 = part.Digest(HashAlgorithmName.SHA256, progress, cancel);
            var (kind, found, expected) = file is { Sha256: null, Md5: { } md5 } ? ("MD5", part.Digest(HashAlgorithmName.MD5, progress, cancel), md5) : ("SHA-256", sha256, file.Sha256);
            if (expected is null || expected.Equals(found, StringComparison.OrdinalIgnoreCase))
            {
                var receipt = new Receipt(file.Address!, part.Length, sha256);
                part.Finish();
                return receipt;
            }
            var head = Begins(part);
            if (!again)
            {
                part.Discard();
                throw fault.WrongDigest(kind, found, expected, head);
            }
            progress?.Report(new(file.Place, 0, file.Size, Note: $"{file.Place}: the parts of several fetches do not make the right file; it is fetched anew."));
            part.Restart();
        }
    }

    private static string Begins(PartFile part)
    {
        var text = Encoding.UTF8.GetString(part.Head(200)).TrimStart();
        return text.StartsWith('<') ? $" (it begins with '{text[..Math.Min(text.Length, 40)].ReplaceLineEndings(" ")}': a web page?)" : "";
    }

    /// <summary>Tries until all bytes are there.</summary>
    private async Task BringAll(FetchFile file, PartFile part, FetchFault fault, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var before = part.Length;
            PassingFault passing;
            try
            {
                await Try(file, part, fault, progress, cancel).ConfigureAwait(false);
                return;
            }
            catch (PassingFault e)
            {
                passing = e;
            }
            catch (TimeoutException)
            {
                passing = new(FormattableString.Invariant($"nothing came for {_settings.Timeout.TotalSeconds:0.#} s"));
            }
            catch (HttpRequestException e)
            {
                passing = e.HttpRequestError switch
                {
                    HttpRequestError.NameResolutionError => throw fault.NoNetwork(e),
                    HttpRequestError.SecureConnectionError => throw fault.Certificate(e),
                    HttpRequestError.ConnectionError => new($"no connection ({FetchFault.Innermost(e).TrimEnd('.')})"),
                    _ => new($"the connection broke off ({FetchFault.Innermost(e).TrimEnd('.')})"),
                };
            }
            catch (IOException e)
            {
                passing = new($"the connection broke off ({FetchFault.Innermost(e).TrimEnd('.')})");
            }
            if (part.Length - before >= GotOn) tries = 1;
            var have = part.Total is { } total ? $"{part.Length:n0} of {total:n0} bytes" : $"{part.Length:n0} bytes";
            if (tries >= _settings.Tries)
                throw fault.Of($"could not be fetched: {passing.Message}, at {have}, and {_settings.Tries} tries did not get on.", part.Length > 0 ? "What has come is kept, and the same command goes on from there." : "Give the same command again later.");
            var wait = passing.Wait ?? TimeSpan.FromTicks(Math.Min(_settings.FirstWait.Ticks << Math.Min(tries - 1, 20), _settings.LongestWait.Ticks));
            if (wait > _settings.LongestWait)
                throw fault.Of($"asks to wait {wait.TotalSeconds:n0} s ({passing.Message}).", "Give the same command again after that; it goes on from where it is.");
            progress?.Report(new(file.Place, part.Length, part.Total, Note: FormattableString.Invariant($"{file.Place}: {passing.Message}, at {have}; try {tries + 1} of {_settings.Tries} in {wait.TotalSeconds:0.#} s.")));
            await Task.Delay(wait, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>One try, from where the part ends (RFC 9110, sections 13.1.5 and 14).</summary>
    private async Task Try(FetchFile file, PartFile part, FetchFault fault, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        // Without a validator, parts of different versions may be joined: only a known digest would show that.
        if (part.Length > 0 && part.ETag is null && part.LastModified is null && !file.HasDigest) part.Restart();
        if (part.Length > 0 && part.Length == (part.Total ?? file.Size)) return;
        using var response = await Send(HttpMethod.Get, fault.Address, headers =>
        {
            if (part.Length == 0) return;
            headers.Range = new(part.Length, null);
            if (part.ETag is { } etag) headers.IfRange = new(new EntityTagHeaderValue(etag));
            else if (part.LastModified is { } date) headers.IfRange = new(date);
        }, fault, cancel).ConfigureAwait(false);
        var tag = response.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                var range = response.Content.Headers.ContentRange;
                if (part.Length == 0 || range?.From != part.Length || (range.Length is { } whole && part.Total is { } known && whole != known) || (tag is not null && part.ETag is { } old && tag != old))
                {
                    part.Restart();
                    throw new PassingFault("the file has changed since its first part came");
                }
                break;
            case HttpStatusCode.OK:
                if (part.Length > 0)
                {
                    progress?.Report(new(file.Place, 0, part.Total, Note: $"{file.Place}: the server does not go on from {part.Length:n0} bytes (the file has changed, or it cannot); from the beginning."));
                    part.Restart();
                }
                var length = response.Content.Headers.ContentLength;
                if (file.Size is { } expected && length is { } told && told != expected) throw fault.WrongLength(told, expected);
                if (!file.HasDigest && response.Content.Headers.ContentType?.MediaType == "text/html")
                    throw fault.Of("is answered with a web page instead of the file.", "It may want a sign-in or an agreement; open the address in a browser to see.");
                part.Remember(tag, response.Content.Headers.LastModified, length ?? file.Size);
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0 && response.Content.Headers.ContentRange?.Length == part.Length:
                return;         // all of it had come
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                part.Restart();
                throw new PassingFault("the server has less than what came before");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                var after = response.Headers.RetryAfter;
                var wait = after?.Delta ?? after?.Date - DateTimeOffset.UtcNow;
                throw new PassingFault($"the server says {(int)response.StatusCode}{(string.IsNullOrEmpty(response.ReasonPhrase) ? "" : $" {response.ReasonPhrase}")}", wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
            default:
                throw fault.Status(response.StatusCode, response.ReasonPhrase);
        }
        await Receive(file, part, fault, response, progress, cancel).ConfigureAwait(false);
    }

    private async Task Receive(FetchFile file, PartFile part, FetchFault fault, HttpResponseMessage response, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var stream = await InTime(response.Content.ReadAsStreamAsync, cancel).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var (clock, since, shown) = (Stopwatch.StartNew(), part.Length, TimeSpan.Zero);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            for (int n; (n = await InTime(token => stream.ReadAsync(buffer, token).AsTask(), cancel).ConfigureAwait(false)) > 0;)
            {
                if (file.Size is { } expected && part.Length + n > expected)
                {
                    part.Restart();
                    throw fault.WrongLength(part.Length + n, expected);
                }
                part.Append(buffer.AsSpan(0, n));
                if (clock.Elapsed - shown < TimeSpan.FromMilliseconds(100) && part.Length != part.Total) continue;
                shown = clock.Elapsed;
                progress?.Report(new(file.Place, part.Length, part.Total, (part.Length - since) / Math.Max(clock.Elapsed.TotalSeconds, 1e-3)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (part.Total is { } total && part.Length < total) throw new PassingFault("the connection ended early");
    }

    /// <summary>Asks, and follows redirects that keep to TLS (or to the mirror).</summary>
    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, Action<HttpRequestHeaders> headers, FetchFault fault, CancellationToken cancel)
    {
        for (var hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(method, address);
            headers(request.Headers);
            var response = await InTime(token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancel).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                || response.Headers.Location is not { } location) return response;
            response.Dispose();
            if (hop == Redirects) throw fault.Of($"leads on and on: more than {Redirects} redirects.", "Its server is not set up well; try again later.");
            address = Through(new Uri(address, location), fault);
        }
    }

    private Uri Through(FetchFile file)
    {
        var address = new Uri(file.Address!);
        return Through(address, new(address, file, file.Place));
    }

    private Uri Through(Uri address, FetchFault fault)
    {
        if (_settings.Mirror is { } mirror)
            return address.GetLeftPart(UriPartial.Authority) == mirror.GetLeftPart(UriPartial.Authority) ? address
                : new Uri(mirror.GetLeftPart(UriPartial.Path).TrimEnd('/') + address.PathAndQuery);
        return address.Scheme == Uri.UriSchemeHttps ? address
            : throw fault.Of($"leads to {address}, which is not HTTPS.", $"Nothing is fetched without TLS; a mirror on this machine or in this network can be named with {FetchSettings.MirrorVariable}.");
    }

    /// <summary>Awaits something for as long as the settings allow.</summary>
    private async Task<T> InTime<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timed.CancelAfter(_settings.Timeout);
        try
        {
            return await work(timed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }
}
