using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace UnsupClipCap.Tests;

public sealed class FetcherTests : IDisposable
{
    private const string Place = "a/file.bin", Receipt = "a/file.bin.fetched.json", Part = "a/file.bin.part", PartState = "a/file.bin.part.json";

    private readonly FetchFolder _folder = new();
    private readonly byte[] _content = FetchFolder.Content(300_000);

    public void Dispose() => _folder.Dispose();

    private void HoldsTheFile()
    {
        Assert.Equal(_content, File.ReadAllBytes(_folder.In(Place)));
        _folder.Holds(Place, Receipt);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_file_comes_whole_and_nothing_else_stays(bool isKnown)
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        _folder.Fetch(server, FetchFolder.File(isKnown ? _content : null));
        HoldsTheFile();
        Assert.Equal("/a/file.bin", server.Requests[^1].Path);
    }

    [Fact]
    public void A_file_that_lies_there_gzipped_does_where_it_is_read_so()
    {
        using var server = new FetchServer((_, _) => throw new InvalidOperationException("the network was touched"));
        using (var packed = new System.IO.Compression.GZipStream(File.Create(_folder.Made("a/file.bin.gz")), System.IO.Compression.CompressionLevel.Fastest)) packed.Write(_content);
        var file = FetchFolder.File(_content) with { IsReadPacked = true };
        Assert.Equal(_folder.In("a/file.bin.gz"), Assert.Single(_folder.Fetch(server, file).Steps).Path);
        Assert.Equal(FetchState.ToFetch, Plan(FetchFolder.File(_content)));                        // one that is not read so is fetched
        var archive = new FetchFile("https://files.example/a/b.zip", "a/b.zip") { Parts = [new("file.bin", "a/file.bin") { Sha256 = FetchFolder.Sha256(_content), IsReadPacked = true }] };
        Assert.Equal(FetchState.Here, Plan(archive));
        Assert.Contains("a/file.bin.gz unpacks to", _folder.Fails(server, FetchFolder.File([1, 2, 3]) with { IsReadPacked = true }).Replace('\\', '/'));
        File.WriteAllBytes(_folder.In("a/file.bin.gz"), File.ReadAllBytes(_folder.In("a/file.bin.gz"))[..1000]);
        Assert.Contains("a/file.bin.gz", _folder.Fails(server, file).Replace('\\', '/'));

        FetchState Plan(FetchFile one)
        {
            using var fetcher = new Fetcher(_folder.Settings(server));
            return Assert.Single(fetcher.Plan(new("thing", "A thing", "free", [one]), ask: false).Steps).State;
        }
    }

    [Fact]
    public void A_dropped_connection_is_taken_up_where_it_broke()
    {
        using var server = new FetchServer((r, n) => FetchServer.Honest(r, _content) with { Sends = n == 0 ? 100_000 : null });
        var notes = new FetchNotes();
        _folder.Fetch(server, FetchFolder.File(_content), progress: notes);
        HoldsTheFile();
        Assert.Equal([null, 100_000], server.Requests.Select(r => r.From));
        Assert.Equal("\"1\"", server.Requests[1].Headers["if-range"]);
        Assert.Contains("100,000 of 300,000 bytes; try 2 of 3", Assert.Single(notes.Notes));
    }

    [Fact]
    public async Task What_had_come_when_it_was_stopped_is_not_fetched_again()
    {
        using var server = new FetchServer((r, n) => FetchServer.Honest(r, _content) with { Sends = n == 0 ? 200_000 : null, Stalls = n == 0 });
        using var stop = new CancellationTokenSource();
        var first = Task.Run(() => _folder.Fetch(server, FetchFolder.File(_content), cancel: stop.Token));
        for (var clock = Stopwatch.StartNew(); (!File.Exists(_folder.In(Part)) || new FileInfo(_folder.In(Part)).Length < 200_000) && clock.Elapsed.TotalSeconds < 4;) await Task.Delay(5);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _folder.Holds(Part, PartState);

        var plan = _folder.Fetch(server, FetchFolder.File(_content));
        Assert.Equal(200_000, Assert.Single(plan.Steps).Part);
        Assert.Equal(100_000, plan.Remaining);
        Assert.Equal(200_000, server.Requests[^1].From);
        HoldsTheFile();
    }

    [Fact]
    public void A_server_without_ranges_is_asked_from_the_beginning()
    {
        using var server = new FetchServer((_, n) => new(200, _content) { Sends = n == 0 ? 100_000 : null, Headers = "ETag: \"1\"\r\n" });
        _folder.Fetch(server, FetchFolder.File(_content));
        HoldsTheFile();
        Assert.Equal(100_000, server.Requests[1].From);
    }

    [Fact]
    public void A_server_without_tags_or_dates_goes_on_only_where_a_digest_can_tell()
    {
        FetchReply Bare(FetchRequest r, int n) => (r.From is { } from ? FetchServer.Rest(_content, from) with { Headers = $"Content-Range: bytes {from}-{_content.Length - 1}/{_content.Length}\r\n" } : new(200, _content)) with { Sends = n == 0 ? 100_000 : null };
        using (var server = new FetchServer(Bare))
        {
            _folder.Fetch(server, FetchFolder.File(_content));
            Assert.Equal([null, 100_000], server.Requests.Select(r => r.From));
        }
        using (var server = new FetchServer((r, n) => Bare(r, n - 1)))      // the first request asks for the size
        {
            _folder.Fetch(server, FetchFolder.File(), s => s with { Force = true });
            Assert.Equal([null, null], server.Requests.Where(r => r.Method == "GET").Select(r => r.From));
        }
        HoldsTheFile();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_file_that_changed_between_two_tries_is_not_joined_from_both(bool heedsTags)
    {
        var old = FetchFolder.Content(300_000, seed: 2);
        FetchReply Answer(FetchRequest r, int n) => n switch
        {
            0 => new(200, old) { Headers = "ETag: \"0\"\r\n" },                                        // HEAD
            1 => new(200, old) { Headers = "ETag: \"0\"\r\n", Sends = 100_000 },
            2 when !heedsTags => FetchServer.Rest(_content, r.From!.Value),
            _ => FetchServer.Honest(r, _content),
        };
        using var server = new FetchServer(Answer);
        _folder.Fetch(server, FetchFolder.File());
        HoldsTheFile();
        Assert.Equal("\"0\"", server.Requests[2].Headers["if-range"]);
    }

    [Fact]
    public void An_answer_from_another_place_than_asked_is_not_joined()
    {
        using var server = new FetchServer((r, n) => n switch
        {
            0 => new(200, _content) { Headers = "ETag: \"1\"\r\n" },                                        // HEAD
            1 => FetchServer.Honest(r, _content) with { Sends = 100_000 },
            2 => FetchServer.Rest(_content, 50_000),
            _ => FetchServer.Honest(r, _content),
        });
        _folder.Fetch(server, FetchFolder.File());
        HoldsTheFile();
        Assert.Equal([null, 100_000, null], server.Requests.Skip(1).Select(r => r.From));
    }

    [Fact]
    public void An_answer_without_a_length_is_not_whole_before_the_known_length()
    {
        using var server = new FetchServer((r, n) => FetchServer.Honest(r, _content) with { Claims = -1, Sends = n == 0 ? 100_000 : null });
        _folder.Fetch(server, FetchFolder.File(_content));
        HoldsTheFile();
        Assert.Equal([null, 100_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public void Parts_that_do_not_make_the_right_file_are_fetched_anew_once()
    {
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In(Part), FetchFolder.Content(100_000, seed: 3));
        File.WriteAllText(_folder.In(PartState), """{"Address":"https://files.example/a/file.bin","ETag":"\u00221\u0022","Total":300000}""");
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        var notes = new FetchNotes();
        _folder.Fetch(server, FetchFolder.File(_content), progress: notes);
        Assert.Equal([100_000, null], server.Requests.Select(r => r.From));
        Assert.Contains("fetched anew", Assert.Single(notes.Notes));
        HoldsTheFile();
    }

    [Fact]
    public void A_part_of_another_address_is_not_gone_on_from()
    {
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In(Part), new byte[1000]);
        File.WriteAllText(_folder.In(PartState), """{"Address":"https://files.example/b","ETag":"\u00221\u0022"}""");
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        _folder.Fetch(server, FetchFolder.File(_content));
        Assert.Null(Assert.Single(server.Requests).From);
        HoldsTheFile();
    }

    [Fact]
    public void A_length_that_is_not_the_known_one_is_an_error_before_the_bytes()
    {
        using var server = new FetchServer((_, _) => new(200, _content[..1000]));
        var message = _folder.Fails(server, FetchFolder.File(_content));
        Assert.Contains("/a/file.bin holds 1,000 bytes; 300,000 were expected", message);
        Assert.Contains($"put it at {_folder.In(Place)}", message);
        Assert.Single(server.Requests);
        _folder.Holds();
    }

    [Fact]
    public void A_server_that_sends_more_than_the_known_length_is_cut_off()
    {
        using var server = new FetchServer((_, _) => new(200, [.. _content, 1]) { Claims = -1 });
        Assert.Contains("300,000 were expected", _folder.Fails(server, FetchFolder.File(_content)));
        _folder.Holds();
    }

    [Fact]
    public void A_server_that_claims_more_than_it_sends_is_given_up_and_the_part_kept()
    {
        using var server = new FetchServer((r, _) => r.From is { } from
            ? new(206, []) { Claims = 100, Headers = $"ETag: \"1\"\r\nContent-Range: bytes {from}-{from + 99}/300100\r\n" }
            : new(200, _content) { Claims = 300_100, Headers = "ETag: \"1\"\r\n" });
        var message = _folder.Fails(server, FetchFolder.File());
        Assert.Contains("300,000 of 300,100 bytes, and 3 tries did not get on", message);
        Assert.Contains("the same command goes on from there", message);
        _folder.Holds(Part, PartState);
    }

    [Fact]
    public void Wrong_bytes_are_removed_and_the_digests_told()
    {
        var page = Encoding.UTF8.GetBytes("<!DOCTYPE html><title>Sign in</title>");
        using var server = new FetchServer((_, _) => new(200, page));
        var message = _folder.Fails(server, FetchFolder.File(_content) with { Size = null });
        Assert.Contains(FetchFolder.Sha256(page), message);
        Assert.Contains(FetchFolder.Sha256(_content), message);
        Assert.Contains("begins with '<!DOCTYPE html>", message);
        _folder.Holds();
    }

    [Fact]
    public void Md5_is_checked_where_it_is_all_there_is()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        var file = FetchFolder.File() with { Md5 = Convert.ToHexString(MD5.HashData(_content)) };
        Assert.Contains("MD5", _folder.Fails(server, file with { Md5 = new string('0', 32) }));
        _folder.Fetch(server, file);
        HoldsTheFile();
    }

    [Fact]
    public void A_web_page_in_place_of_a_file_is_not_kept()
    {
        using var server = new FetchServer((_, _) => new(200, _content) { Headers = "Content-Type: text/html\r\n" });
        Assert.Contains("a web page", _folder.Fails(server, FetchFolder.File()));
        _folder.Holds();
    }

    [Theory, InlineData(404, "not there any more"), InlineData(403, "is refused"), InlineData(418, "answered with 418")]
    public void A_refusal_is_told_at_once(int status, string said)
    {
        using var server = new FetchServer((_, _) => new(status, []));
        var message = _folder.Fails(server, FetchFolder.File(_content));
        Assert.Contains(said, message);
        Assert.Contains("/a/file.bin", message);
        Assert.Contains("UNSUPCLIPCAP_DATA", message);
        Assert.Single(server.Requests);
        _folder.Holds();
    }

    [Theory, InlineData(500), InlineData(503), InlineData(429), InlineData(408)]
    public void A_busy_server_is_asked_again(int status)
    {
        using var server = new FetchServer((r, n) => n < 2 ? new(status, []) : FetchServer.Honest(r, _content));
        _folder.Fetch(server, FetchFolder.File(_content));
        Assert.Equal(3, server.Requests.Count);
        HoldsTheFile();
    }

    [Fact]
    public void A_server_that_stays_busy_is_given_up()
    {
        using var server = new FetchServer((_, _) => new(503, []));
        Assert.Contains("the server says 503", _folder.Fails(server, FetchFolder.File(_content)));
        Assert.Equal(3, server.Requests.Count);
        _folder.Holds();
    }

    [Fact]
    public void Retry_After_is_obeyed_and_too_long_a_wait_ends_it()
    {
        using (var server = new FetchServer((r, n) => n == 0 ? new(429, []) { Headers = "Retry-After: 1\r\n" } : FetchServer.Honest(r, _content)))
        {
            var clock = Stopwatch.StartNew();
            _folder.Fetch(server, FetchFolder.File(_content));
            Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.95), $"Waited {clock.Elapsed}.");
        }
        using (var server = new FetchServer((_, _) => new(503, []) { Headers = "Retry-After: 3600\r\n" }))
        {
            Assert.Contains("asks to wait 3,600 s", _folder.Fails(server, FetchFolder.File(_content), s => s with { Force = true }));
            Assert.Single(server.Requests);
        }
        Assert.Equal(_content, File.ReadAllBytes(_folder.In(Place)));       // what was there stays until the new is whole
    }

    [Fact]
    public void A_connection_that_goes_silent_is_left()
    {
        using var server = new FetchServer((r, n) => FetchServer.Honest(r, _content) with { Sends = n == 0 ? 100_000 : null, Stalls = n == 0 });
        var notes = new FetchNotes();
        _folder.Fetch(server, FetchFolder.File(_content), s => s with { Timeout = TimeSpan.FromMilliseconds(300) }, notes);
        Assert.Contains("nothing came for 0.3 s", Assert.Single(notes.Notes));
        Assert.Equal(100_000, server.Requests[1].From);
        HoldsTheFile();
    }

    [Fact]
    public void A_connection_that_closes_at_once_is_tried_again()
    {
        using var server = new FetchServer((r, n) => FetchServer.Honest(r, _content) with { IsSilent = n == 0 });
        _folder.Fetch(server, FetchFolder.File(_content));
        Assert.Equal(2, server.Requests.Count);
        HoldsTheFile();
    }

    [Fact]
    public void Nobody_listening_is_told()
    {
        Uri address;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        }
        using var fetcher = new Fetcher(new() { Folders = [_folder.Root], Mirror = address, Tries = 2, FirstWait = TimeSpan.Zero });
        var plan = fetcher.Plan(new("thing", "", "", [FetchFolder.File(_content)]));
        var message = Assert.Throws<UserException>(() => fetcher.Run(plan)).Message;
        Assert.Contains($"{address}a/file.bin could not be fetched: no connection", message);
        _folder.Holds();
    }

    [Theory, InlineData("/b"), InlineData("b"), InlineData("https://elsewhere.example/b?c=d")]
    public void Redirects_are_followed_with_the_range(string location)
    {
        using var server = new FetchServer((r, n) => r.Path == "/a/file.bin" ? new(302, []) { Headers = $"Location: {location}\r\n" }
            : FetchServer.Honest(r, _content) with { Sends = n == 1 ? 100_000 : null });
        _folder.Fetch(server, FetchFolder.File(_content));
        Assert.Equal([null, null, 100_000, 100_000], server.Requests.Select(r => r.From));
        HoldsTheFile();
    }

    [Fact]
    public void Redirects_in_a_circle_end()
    {
        using var server = new FetchServer((_, _) => new(302, []) { Headers = "Location: /a/file.bin\r\n" });
        Assert.Contains("more than 10 redirects", _folder.Fails(server, FetchFolder.File(_content)));
    }

    [Fact]
    public void Without_a_mirror_nothing_is_fetched_without_TLS()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        var file = FetchFolder.File(_content) with { Address = $"{server.Address}a/file.bin" };
        Assert.Contains("not HTTPS", _folder.Fails(server, file, s => s with { Mirror = null }));
        Assert.Empty(server.Requests);
        _folder.Holds();
    }

    [Fact]
    public void A_certificate_that_does_not_hold_is_told_and_not_passed_over()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content), certificate);
        Assert.Contains("is not trusted", _folder.Fails(server, FetchFolder.File(_content)));
        Assert.Empty(server.Requests);
        _folder.Holds();
    }

    [Theory, InlineData("ftp://a"), InlineData("somewhere"), InlineData("http://a/?b=c")]
    public void A_mirror_that_is_no_address_is_an_error(string text) =>
        Assert.Contains($"UNSUPCLIPCAP_FETCH_MIRROR is '{text}'", Assert.Throws<UserException>(() => FetchSettings.ParseMirror(text)).Message);

    [Fact]
    public void A_mirror_with_a_path_keeps_both_paths()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        _folder.Fetch(server, FetchFolder.File(_content), s => s with { Mirror = new(server.Address, "mirror/") });
        Assert.Equal("/mirror/a/file.bin", Assert.Single(server.Requests).Path);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void What_is_there_and_right_is_left_alone(bool isKnown)
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        var file = FetchFolder.File(isKnown ? _content : null);
        _folder.Fetch(server, file);
        var asked = server.Requests.Count;
        Assert.True(_folder.Fetch(server, file).IsHere);
        Assert.Equal(asked, server.Requests.Count);
        _folder.Fetch(server, file, s => s with { Force = true });
        Assert.True(server.Requests.Count > asked);
        HoldsTheFile();
    }

    [Theory, InlineData(true, 300_000), InlineData(false, 300_000), InlineData(true, 10), InlineData(false, 10)]
    public void Another_file_in_its_place_is_not_overwritten_without_force(bool isKnown, int length)
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        var file = FetchFolder.File(isKnown ? _content : null);
        _folder.Fetch(server, file);
        var changed = FetchFolder.Content(length, seed: 4);
        File.WriteAllBytes(_folder.In(Place), changed);
        var message = _folder.Fails(server, file);
        Assert.Contains(_folder.In(Place), message);
        Assert.Contains("./run fetch thing --force", message);
        Assert.Equal(changed, File.ReadAllBytes(_folder.In(Place)));
        _folder.Fetch(server, file, s => s with { Force = true });
        HoldsTheFile();
    }

    [Fact]
    public void A_file_put_there_by_hand_counts_and_is_remembered()
    {
        using var server = new FetchServer((_, _) => new(404, []));
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In(Place), _content);
        Assert.True(_folder.Fetch(server, FetchFolder.File()).IsHere);
        HoldsTheFile();
        File.WriteAllBytes(_folder.In(Place), FetchFolder.Content(300_000, seed: 5));
        Assert.Contains("as when it was fetched", _folder.Fails(server, FetchFolder.File()));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Other_data_folders_count_and_are_not_written()
    {
        using var other = new FetchFolder();
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        other.Fetch(server, FetchFolder.File(_content));
        File.Delete(other.In(Receipt));
        Assert.True(_folder.Fetch(server, FetchFolder.File(_content), s => s with { Folders = [_folder.Root, other.Root] }).IsHere);
        _folder.Holds();
        other.Holds(Place);
        File.WriteAllBytes(other.In(Place), [1]);       // a wrong one elsewhere is in nobody's way
        _folder.Fetch(server, FetchFolder.File(_content), s => s with { Folders = [_folder.Root, other.Root] });
        HoldsTheFile();
    }

    [Fact]
    public void Too_small_a_disk_is_told_before_anything_is_fetched()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        Assert.Contains("needs 300.0 kB", _folder.Fails(server, FetchFolder.File(), s => s with { FreeSpace = _ => 299_999 }));
        Assert.DoesNotContain(server.Requests, r => r.Method == "GET");
        _folder.Fetch(server, FetchFolder.File(), s => s with { FreeSpace = _ => 300_000 });
        HoldsTheFile();
    }

    [Fact]
    public void A_plan_asks_for_unknown_sizes_and_without_leave_asks_nothing()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        using var fetcher = new Fetcher(_folder.Settings(server));
        var item = new FetchItem("thing", "", "", [FetchFolder.File()]);
        Assert.Null(fetcher.Plan(item, ask: false).Remaining);
        Assert.Empty(server.Requests);
        Assert.Equal(300_000, fetcher.Plan(item).Remaining);
        Assert.Equal("HEAD", Assert.Single(server.Requests).Method);
        _folder.Holds();
    }

    [Fact]
    public void Two_fetches_of_one_file_do_not_meet()
    {
        using var server = new FetchServer((r, _) => FetchServer.Honest(r, _content));
        using (PartFile.Open(_folder.In(Place), "https://files.example/a/file.bin"))
            Assert.Contains("another fetch", _folder.Fails(server, FetchFolder.File(_content)));
        _folder.Fetch(server, FetchFolder.File(_content));
        HoldsTheFile();
    }

    [Fact]
    public void What_only_a_person_can_get_is_explained_and_taken_when_it_is_there()
    {
        using var server = new FetchServer((_, _) => new(404, []));
        var file = FetchFolder.File(_content) with { Address = null, ByHand = "Fill in the form." };
        var message = _folder.Fails(server, file);
        Assert.Contains("Fill in the form.", message);
        Assert.Contains(_folder.In(Place), message);
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In(Place), _content);
        Assert.True(_folder.Fetch(server, file).IsHere);
        Assert.Empty(server.Requests);
    }
}
