using UnsupClipCap.Tests.Metrics;
using Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class EmbedStoreTests : IDisposable
{
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static void Fails(Action act, params string[] parts)
    {
        var message = Assert.Throws<UserException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public void A_store_gives_back_rows_names_and_what_was_left_out(int size)
    {
        EmbedStores.Make(_folder.File("s"), size: size);
        var store = EmbeddingStore.Open(_folder.File("s"));
        Assert.True(store.All().equal(EmbedStores.Expected).all().item<bool>());
        Assert.True(store.Rows(2, 5).equal(EmbedStores.Expected.narrow(0, 2, 5)).all().item<bool>());
        Assert.Equal(Enumerable.Range(0, EmbedStores.Items).Where(i => i != 3).Select(EmbedStores.Name), store.Names);
        Assert.Equal([new EmbeddingLeftOut("3.png", "It is damaged.")], store.LeftOut);
        Assert.Equal(EmbedStores.Settings, store.Index.Settings);
        store.Verify();
    }

    [Fact]
    public void Float16_takes_half_the_bytes_and_keeps_three_digits()
    {
        var store = EmbedStores.Make(_folder.File("s"), EmbedStores.Settings with { Type = ScalarType.Float16 });
        Assert.Equal(ScalarType.Float16, store.Shard(0).dtype);
        Assert.Equal(ScalarType.Float32, store.All().dtype);
        Assert.True(store.All().allclose(EmbedStores.Expected, rtol: 1e-3, atol: 1e-4));
    }

    [Fact]
    public void Numbers_beyond_float16_are_refused()
    {
        using var writer = EmbeddingWriter.Open(_folder.File("s"), EmbedStores.Settings with { Type = ScalarType.Float16 });
        Fails(() => writer.Add(cat([ones(1, 6), full([1, 6], 1e6)]), ["a", "b"], []), "The embedding of b is not finite in float16", "--dtype float32");
        Assert.Empty(writer.Index.Shards);
    }

    [Fact]
    public void Every_flipped_bit_is_found_when_its_shard_is_read_and_not_before()
    {
        EmbedStores.Make(_folder.File("s"));
        var shard = _folder.File("s/shards/00001.safetensors");
        var whole = File.ReadAllBytes(shard);
        foreach (var at in new[] { 0, 9, whole.Length / 2, whole.Length - 1 })
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= 4;
            File.WriteAllBytes(shard, bytes);
            var store = EmbeddingStore.Open(_folder.File("s"));
            Assert.Equal(3, store.Rows(0, 3).shape[0]);         // of the shard before
            Fails(() => store.Rows(2, 3), "00001.safetensors is damaged", "SHA-256");
            Fails(() => store.Verify(), "00001.safetensors is damaged");
            Fails(() => store.WriteNpy(_folder.File("x.npy")), "00001.safetensors is damaged");
            Assert.False(File.Exists(_folder.File("x.npy")));
        }
        File.Delete(shard);
        Fails(() => EmbeddingStore.Open(_folder.File("s")).All(), "00001.safetensors is not there");
    }

    [Fact]
    public void A_stopped_store_goes_on_with_its_finished_shards_untouched()
    {
        var whole = EmbedStores.Make(_folder.File("whole"));
        using (var writer = EmbeddingWriter.Open(_folder.File("s"), EmbedStores.Settings)) EmbedStores.Fill(writer, 4, until: 8);
        Fails(() => EmbeddingStore.Open(_folder.File("s")), "not finished: 8 of 10");
        // What a kill can leave: a shard that no index lists yet, and halves.
        _folder.Write("s/shards/00002.safetensors", "half of a shard");
        _folder.Write("s/shards/00002.safetensors.1-2.tmp", "half");
        _folder.Write("s/index.json.1-2.tmp", "{");
        var before = File.GetLastWriteTimeUtc(_folder.File("s/shards/00000.safetensors"));
        using (var writer = EmbeddingWriter.Open(_folder.File("s"), EmbedStores.Settings))
        {
            Assert.Equal(8, writer.Next);
            EmbedStores.Fill(writer, 4);
            writer.Finish();
        }
        Assert.Equal(before, File.GetLastWriteTimeUtc(_folder.File("s/shards/00000.safetensors")));
        Assert.Equal(Files(_folder.File("whole")), Files(_folder.File("s")));
        Assert.Equal(whole.Names, EmbeddingStore.Open(_folder.File("s")).Names);
    }

    private static List<(string, string)> Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(f => (Path.GetRelativePath(folder, f), Convert.ToHexString(File.ReadAllBytes(f))))];

    [Fact]
    public void A_shard_that_cannot_be_written_leaves_no_half_and_the_store_as_it_was()
    {
        using (var writer = EmbeddingWriter.Open(_folder.File("s"), EmbedStores.Settings))
        {
            EmbedStores.Fill(writer, 4, until: 4);
            Directory.CreateDirectory(_folder.File("s/shards/00001.safetensors"));      // whatever stands in the way: the rename fails as on a full disk
            Fails(() => EmbedStores.Fill(writer, 4), "00001.safetensors could not be written");
            Assert.Single(writer.Index.Shards);
        }
        Assert.Equal(["00000.safetensors"], Directory.EnumerateFiles(_folder.File("s/shards")).Select(Path.GetFileName));
        Directory.Delete(_folder.File("s/shards/00001.safetensors"));
        Assert.Equal(9, EmbedStores.Make(_folder.File("s")).Count);
    }

    [Fact]
    public void A_store_of_something_else_is_not_gone_on_with()
    {
        EmbedStores.Make(_folder.File("s"));
        var own = EmbedStores.Settings;
        void Refused(EmbeddingSettings other, params string[] parts) => Fails(() => EmbeddingWriter.Open(_folder.File("s"), other), [.. parts, "--overwrite"]);
        Refused(own with { Encoder = new("another", "ffffffffffffffffffffffffffffffff") }, own.Encoder.Fingerprint, "ffffffffffffffffffffffffffffffff");
        Refused(own with { Kind = EmbeddingKind.Texts }, "of images and not of texts");
        Refused(own with { Type = ScalarType.Float16 }, "in float32 and not in float16");
        Refused(own with { IsNormalized = true }, "as the encoder gives them and not of unit length");
        Refused(own with { List = "another list of ten" }, "of another list");
        Refused(own with { Part = new(1, 2) }, "part 1/1 and not 1/2");
        using (EmbeddingWriter.Open(_folder.File("s"), own with { Encoder = new("the same under another name", own.Encoder.Fingerprint) })) { }
        using var writer = EmbeddingWriter.Open(_folder.File("s"), own with { IsNormalized = true }, overwrite: true);
        Assert.Equal(0, writer.Next);
        Fails(() => EmbeddingWriter.Open(_folder.File("s"), own), "being written by another process");
    }

    [Fact]
    public void A_folder_of_other_files_is_left_alone()
    {
        _folder.Write("notes.txt", "mine");
        Fails(() => EmbeddingWriter.Open(_folder.Path, EmbedStores.Settings), "holds files and no store");
        Fails(() => EmbeddingWriter.Open(_folder.File("notes.txt"), EmbedStores.Settings), "is a file");
        Fails(() => EmbeddingStore.Open(_folder.Path), "no store of embeddings");
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("\"rows\": 4", "\"rows\": 5", "holds 5 rows")]
    [InlineData("\"complete\": true", "\"complete\": 1", "complete")]
    [InlineData("shards/00000", "../00000", "outside the store")]
    [InlineData("\"width\": 6", "\"width\": 0", "width")]
    [InlineData("unsupclipcap-embeddings-1", "something", "format")]
    [InlineData("\"0.png\",", "", "8 names and 9 rows")]
    public void An_index_that_is_wrong_names_what_is(string from, string to, string part)
    {
        EmbedStores.Make(_folder.File("s"), EmbedStores.Settings);
        var index = File.ReadAllText(_folder.File("s/index.json"));
        Assert.Contains(from.Replace("4", "3", StringComparison.Ordinal) is var other && index.Contains(from, StringComparison.Ordinal) ? from : other, index, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("s/index.json"), index.Replace(index.Contains(from, StringComparison.Ordinal) ? from : other, to, StringComparison.Ordinal));
        Fails(() => EmbeddingStore.Open(_folder.File("s")), "index.json", part);
    }

    [Fact]
    public void The_array_holds_the_rows_and_the_list_beside_it_their_names()
    {
        EmbedStores.Make(_folder.File("s")).WriteNpy(_folder.File("rows.npy"));
        Assert.True(Npy.Read(_folder.File("rows.npy")).equal(EmbedStores.Expected).all().item<bool>());
        Assert.Equal(Enumerable.Range(0, EmbedStores.Items).Where(i => i != 3).Select(EmbedStores.Name), File.ReadAllLines(_folder.File("rows.names.txt")));
    }
}
