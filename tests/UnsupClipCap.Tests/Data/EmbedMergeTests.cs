using UnsupClipCap.Tests.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class EmbedMergeTests : IDisposable
{
    private readonly FileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Fails(string[] parts, params string[] told)
    {
        var message = Assert.Throws<UserException>(() => EmbeddingMerge.Run(_folder.File("all"), parts)).Message;
        Assert.All(told, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(7, 7)]
    [InlineData(1_000_000_007, 13)]
    public void Parts_follow_each_other_without_gap_and_differ_by_one_at_most(int total, int of)
    {
        var ranges = Enumerable.Range(1, of).Select(n => new EmbeddingPart(n, of).Range(total)).ToList();
        Assert.Equal((0, total), (ranges[0].First, ranges[^1].End));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
        Assert.True(ranges.Max(r => r.End - r.First) - ranges.Min(r => r.End - r.First) <= 1);
    }

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1/0")]
    [InlineData("-1/4")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    [InlineData("")]
    public void What_is_no_part_is_refused(string text) => Assert.Contains($"'{text}'", Assert.Throws<UserException>(() => EmbeddingPart.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Merged_parts_are_the_whole_in_whatever_order_they_are_named(int of)
    {
        using var scope = NewDisposeScope();
        var merged = EmbeddingMerge.Run(_folder.File("all"), [.. EmbedStores.Parts(_folder, of).Reverse()]);
        Assert.True(merged.All().equal(EmbedStores.Expected).all().item<bool>());
        Assert.Equal(EmbedStores.Settings, merged.Index.Settings);
        Assert.Equal("3.png", Assert.Single(merged.LeftOut).Name);
        merged.Verify();
    }

    [Fact]
    public void A_folder_of_parts_stands_for_them()
    {
        foreach (var n in new[] { 2, 1 }) EmbedStores.Make(_folder.File($"all/{new EmbeddingPart(n, 2).Folder}"), EmbedStores.Settings with { Part = new(n, 2) });
        Assert.Equal(9, EmbeddingMerge.Run(_folder.File("all"), [_folder.File("all")]).Count);
        Assert.Equal(9, EmbeddingMerge.Run(_folder.File("all"), [_folder.File("all")]).Count);
    }

    [Fact]
    public void Parts_that_do_not_make_a_whole_are_told()
    {
        var parts = EmbedStores.Parts(_folder, 4);
        Fails([parts[0], parts[2]], "2 of 4 parts", "2/4, 4/4");
        Fails([.. parts, parts[1]], "2/4 is there twice");
        Fails([.. parts, EmbedStores.Parts(_folder, 2)[0]], "split in different ways");
        Fails([_folder.File("nowhere")], "does not exist");
        Directory.CreateDirectory(_folder.File("empty"));
        Fails([_folder.File("empty")], "is no store");
        Assert.Contains("is one of the parts", Assert.Throws<UserException>(() => EmbeddingMerge.Run(parts[0], parts)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("all")));
    }

    [Fact]
    public void Parts_of_two_encoders_are_not_mixed() => Fails(EmbedStores.Parts(_folder, 2, n => EmbedStores.Settings with { Encoder = new($"encoder {n}", new string((char)('0' + n), 32)) }),
        new string('1', 32), new string('2', 32));

    [Fact]
    public void A_part_that_is_not_finished_is_told()
    {
        var parts = EmbedStores.Parts(_folder, 2);
        using (var writer = EmbeddingWriter.Open(_folder.File("unfinished"), EmbedStores.Settings with { Part = new(2, 2) })) { }
        Fails([parts[0], _folder.File("unfinished")], "unfinished is not finished: 0 of 5");
    }

    [Fact]
    public void A_damaged_part_is_told_and_what_was_merged_before_it_stays()
    {
        var parts = EmbedStores.Parts(_folder, 2);
        var shard = Path.Combine(parts[1], "shards", "00000.safetensors");
        var whole = File.ReadAllBytes(shard);
        File.WriteAllBytes(shard, [.. whole[..^1], (byte)~whole[^1]]);
        Fails(parts, parts[1], "00000.safetensors is damaged");
        File.WriteAllBytes(shard, whole);
        Assert.Equal(9, EmbeddingMerge.Run(_folder.File("all"), parts).Count);
    }
}
