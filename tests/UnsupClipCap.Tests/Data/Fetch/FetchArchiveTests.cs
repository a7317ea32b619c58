using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace UnsupClipCap.Tests;

public sealed class FetchArchiveTests : IDisposable
{
    private readonly FetchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly byte[] Caption = Encoding.UTF8.GetBytes("a dog"), Photo = FetchFolder.Content(5000), Other = FetchFolder.Content(5000, seed: 2);

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }

    private static byte[] Tar(params TarEntry[] entries)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            foreach (var entry in entries) tar.WriteEntry(entry);
        return stream.ToArray();
    }

    private static PaxTarEntry Entry(string name, byte[] content) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    /// <summary>Captions as one file, photographs as a folder.</summary>
    private static FetchFile Archive(byte[] archive, string name = "a/set.zip") => FetchFolder.File(archive, name) with { Parts = [new("set/captions.txt", "a/captions.txt"), new("set/photos/", "a/images")] };

    private static byte[] Good => Zip(("set/captions.txt", Caption), ("set/photos/", []), ("set/photos/1.jpg", Photo), ("set/photos/more/2.jpg", Other), ("set/left.txt", Caption), ("__MACOSX/x", Caption));

    private FetchServer Serving(byte[] archive) => new((r, _) => FetchServer.Honest(r, archive));

    private void HoldsTheParts(params string[] more)
    {
        _folder.Holds([.. more, "a/captions.txt", "a/images/1.jpg", "a/images/more/2.jpg"]);
        Assert.Equal(Caption, File.ReadAllBytes(_folder.In("a/captions.txt")));
        Assert.Equal(Photo, File.ReadAllBytes(_folder.In("a/images/1.jpg")));
        Assert.Equal(Other, File.ReadAllBytes(_folder.In("a/images/more/2.jpg")));
    }

    private string Fails(byte[] archive, string name = "a/set.zip", Func<FetchFile, FetchFile>? change = null)
    {
        using var server = Serving(archive);
        var file = Archive(archive, name);
        var message = _folder.Fails(server, change is null ? file : change(file));
        _folder.Holds(name, $"{name}.fetched.json");        // the archive for whoever wants to look, and nothing of what is in it
        return message;
    }

    [Fact]
    public void The_parts_of_a_zip_come_to_their_places_and_the_zip_goes()
    {
        var archive = Good;
        using var server = Serving(archive);
        _folder.Fetch(server, Archive(archive));
        HoldsTheParts("a/set.zip.fetched.json");
        Assert.True(_folder.Fetch(server, Archive(archive)).IsHere);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void The_parts_of_a_gzipped_tar_come_to_their_places()
    {
        var archive = Tar(new PaxTarEntry(TarEntryType.Directory, "set/"), Entry("./set/captions.txt", Caption), Entry("set/photos/1.jpg", Photo), Entry("set/photos/more/2.jpg", Other), Entry("left.txt", Caption));
        using var server = Serving(archive);
        _folder.Fetch(server, Archive(archive, "a/set.tar.gz"));
        HoldsTheParts("a/set.tar.gz.fetched.json");
    }

    [Fact]
    public void A_part_that_was_lost_is_fetched_again_and_one_that_was_changed_is_told()
    {
        var archive = Good;
        using var server = Serving(archive);
        _folder.Fetch(server, Archive(archive));
        File.Delete(_folder.In("a/images/1.jpg"));
        _folder.Fetch(server, Archive(archive));
        HoldsTheParts("a/set.zip.fetched.json");
        Assert.Equal(2, server.Requests.Count);
        File.WriteAllBytes(_folder.In("a/images/1.jpg"), Other);
        Assert.Contains("a/images/1.jpg", _folder.Fails(server, Archive(archive)).Replace('\\', '/'));
        _folder.Fetch(server, Archive(archive), s => s with { Force = true });
        HoldsTheParts("a/set.zip.fetched.json");
    }

    [Fact]
    public void An_archive_put_there_by_hand_is_unpacked_and_stays()
    {
        var archive = Good;
        using var server = Serving([]);
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In("a/set.zip"), archive);
        _folder.Fetch(server, Archive(archive) with { Address = null, ByHand = "Ask." });
        HoldsTheParts("a/set.zip", "a/set.zip.fetched.json");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Parts_put_there_by_hand_count_where_their_digests_are_known()
    {
        using var server = Serving([]);
        Directory.CreateDirectory(_folder.In("a"));
        File.WriteAllBytes(_folder.In("a/captions.txt"), Caption);
        var file = FetchFolder.File([], "a/set.zip") with { Parts = [new("set/captions.txt", "a/captions.txt") { Sha256 = FetchFolder.Sha256(Caption) }] };
        Assert.True(_folder.Fetch(server, file).IsHere);
        Assert.Empty(server.Requests);
    }

    [Theory, InlineData("../out.txt"), InlineData("set/photos/../../../out.txt"), InlineData("/out.txt"), InlineData("set\\..\\out.txt"), InlineData("C:/out.txt")]
    public void Names_that_lead_out_are_refused_wherever_they_are(string name)
    {
        Assert.Contains("leads out of its folder", Fails(Zip(("set/captions.txt", Caption), ("set/photos/1.jpg", Photo), (name, Caption))));
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(_folder.Root)!, "out.txt")));
    }

    [Fact]
    public void Names_in_a_tar_that_lead_out_are_refused() =>
        Assert.Contains("leads out of its folder", Fails(Tar(Entry("set/captions.txt", Caption), Entry("set/photos/../../out", Caption)), "a/set.tar.gz"));

    [Fact]
    public void Links_are_refused()
    {
        Assert.Contains("has a link, 'set/photos/1.jpg'", Fails(Tar(Entry("set/captions.txt", Caption), new PaxTarEntry(TarEntryType.SymbolicLink, "set/photos/1.jpg") { LinkName = "/etc/passwd" }), "a/set.tgz"));
        File.Delete(_folder.In("a/set.tgz"));
        File.Delete(_folder.In("a/set.tgz.fetched.json"));
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            var entry = zip.CreateEntry("set/captions.txt");
            entry.ExternalAttributes = (0xA000 | 0x1FF) << 16;
            using var target = entry.Open();
            target.Write("/etc/passwd"u8);
        }
        Assert.Contains("has a link, 'set/captions.txt'", Fails(stream.ToArray()));
    }

    [Fact]
    public void A_bomb_is_stopped_early()
    {
        var archive = Zip(("set/captions.txt", new byte[64 << 20]), ("set/photos/1.jpg", Photo));      // 64 MiB of zeros in 65 kB
        Assert.InRange(archive.Length, 1, 100_000);
        Assert.Contains("grows beyond what is plausible", Fails(archive));
    }

    [Fact]
    public void What_is_inside_is_checked_too()
    {
        var archive = Good;
        ArchivePart[] Parts(Func<ArchivePart, ArchivePart> change) => [change(new("set/captions.txt", "a/captions.txt"))];
        Assert.Contains("of 5 bytes, where 6 were expected", Fails(archive, change: f => f with { Parts = Parts(p => p with { Size = 6 }) }));
        _folder.Fetch(Serving([]), Archive(archive));       // from the archive that was kept
        HoldsTheParts("a/set.zip.fetched.json");
    }

    [Fact]
    public void A_wrong_digest_inside_is_told() =>
        Assert.Contains($"with SHA-256 {FetchFolder.Sha256(Caption)}", Fails(Good, change: f => f with { Parts = [new("set/captions.txt", "a/captions.txt") { Sha256 = new string('0', 64) }] }));

    [Fact]
    public void A_part_that_is_not_inside_is_told_with_what_is() =>
        Assert.Contains("lacks 'set/captions.txt'; it has 1 entries, such as 'set/photos/1.jpg'", Fails(Zip(("set/photos/1.jpg", Photo))));

    [Theory, InlineData("a/set.zip"), InlineData("a/set.tar.gz")]
    public void A_damaged_archive_is_told(string name)
    {
        var whole = name.EndsWith(".zip", StringComparison.Ordinal) ? Good : Tar(Entry("set/captions.txt", Caption), Entry("set/photos/1.jpg", Photo));
        Assert.Contains("is damaged", Fails(whole[..(whole.Length / 2)], name));
    }
}
