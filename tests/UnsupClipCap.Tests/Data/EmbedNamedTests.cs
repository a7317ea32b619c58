using Parquet;
using Parquet.Schema;
using TorchSharp;
using UnsupClipCap.Tests.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class EmbedNamedTests : IDisposable
{
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static void Fails(Action act, string part) => Assert.Contains(part, Assert.Throws<UserException>(act).Message, StringComparison.Ordinal);

    private void Parquet(int number, params string[] paths)
    {
        Directory.CreateDirectory(_folder.File("metadata"));
        var (key, path) = (new DataField<int>("key"), new DataField<string>("image_path"));
        using var file = File.Create(_folder.File($"metadata/metadata_{number}.parquet"));
        Task.Run(async () =>
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(key, path), file);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(key, Enumerable.Range(0, paths.Length).ToArray());
            await group.WriteAsync(path, paths);
        }).GetAwaiter().GetResult();
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Arrays_of_every_float_type_are_read_as_float32_with_their_names(ScalarType type)
    {
        var rows = arange(12).to(type).view(4, 3);
        Npy.Write(_folder.File("x.npy"), rows);
        using var read = NamedEmbeddings.ReadNpy(_folder.File("x.npy"), _folder.Write("x.txt", "a\nb\nc\nd\n"));
        Assert.Equal(["a", "b", "c", "d"], read.Names);
        Assert.True(read.Rows.equal(rows.to(ScalarType.Float32)).all().item<bool>());
        Fails(() => NamedEmbeddings.ReadNpy(_folder.File("x.npy"), _folder.Write("y.txt", "a\n")), "has 1 names and");
        Fails(() => NamedEmbeddings.ReadNpy(_folder.File("x.npy"), _folder.File("nowhere.txt")), "nowhere.txt does not exist");
        Npy.Write(_folder.File("z.npy"), rows.flatten());
        Fails(() => NamedEmbeddings.ReadNpy(_folder.File("z.npy"), _folder.File("x.txt")), "shape [12]");
    }

    [Fact]
    public void A_folder_of_clip_retrieval_is_read_in_the_order_of_its_numbers()
    {
        var expected = new List<string>();
        for (var i = 0; i < 11; i++)                                            // file 10 comes after file 9, not after file 1
        {
            Npy.Write(_folder.File($"img_emb/img_emb_{i}.npy"), full([2, 3], i).to(ScalarType.Float16));
            Parquet(i, $"{i}a.jpg", $"{i}b.jpg");
            expected.AddRange([$"{i}a.jpg", $"{i}b.jpg"]);
        }
        using var read = NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images);
        Assert.Equal(expected, read.Names);
        Assert.Equal(Enumerable.Range(0, 22).Select(i => i / 2 * 3f), read.Rows.sum(1).data<float>().ToArray());
        using var named = NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images, _folder.Write("names.txt", string.Join('\n', expected.Select(n => n + "!"))));
        Assert.Equal("0a.jpg!", named.Names[0]);

        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Texts), "text_emb does not exist");
        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images, column: "caption"), "no column 'caption'; its columns are key, image_path");
        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images, column: "key"), "type Int32; expected texts");
        Parquet(3, "one.jpg");
        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images), "metadata_3.parquet has 1 rows");
        File.WriteAllText(_folder.File("metadata/metadata_3.parquet"), "PAR1 and no more");
        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images), "metadata_3.parquet is not a whole Parquet file");
        File.Delete(_folder.File("img_emb/img_emb_5.npy"));
        Fails(() => NamedEmbeddings.ReadClipRetrieval(_folder.Path, EmbeddingKind.Images), "lacks img_emb_5.npy");
    }
}
