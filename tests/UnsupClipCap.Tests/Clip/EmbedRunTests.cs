using TorchSharp;
using UnsupClipCap.Tests.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class EmbedRunTests : IDisposable
{
    private const int Pictures = 12;
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ClipEncoder _encoder = MiniClip.Load();
    private readonly IReadOnlyList<MiniScene> _scenes = MiniScenes.Generate(MiniSplit.Test, Pictures, 5);

    public void Dispose()
    {
        _encoder.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    private string PictureFolder(string name = "pictures")
    {
        Directory.CreateDirectory(_folder.File(name));
        for (var i = 0; i < Pictures; i++) _folder.Write($"{name}/{i}.png", MiniScenes.Png(_scenes[i]));
        return _folder.File(name);
    }

    private EmbeddingStore Run(EmbeddingInput input, string store, EmbeddingOptions? options = null, CancellationToken cancel = default, IProgress<EmbeddingProgress>? progress = null) =>
        EmbeddingRun.Run(_encoder, input, _folder.File(store), options ?? new() { ShardItems = 5, Batch = 3 }, progress, cancel);

    private static void Same(Tensor a, Tensor b, double tolerance = 1e-5) => ModelGoldens.Close(a, b, tolerance);

    [Fact]
    public void Pictures_are_encoded_in_ordinal_order_of_their_names()
    {
        var folder = PictureFolder();
        _folder.Write("pictures/notes.txt", "no picture");
        var store = Run(PictureList.Open(folder), "s");
        Assert.Equal(["0.png", "1.png", "10.png", "11.png", "2.png", "3.png", "4.png", "5.png", "6.png", "7.png", "8.png", "9.png"], store.Names);
        Same(_encoder.EncodePictures([.. store.Names.Select(n => Path.Combine(folder, n))]), store.All());
        Assert.Equal([5, 5, 2], store.Index.Shards.Select(s => s.Items));
    }

    [Fact]
    public void Damaged_pictures_are_left_out_by_name_and_the_others_are_as_without_them()
    {
        var sound = Run(PictureList.Open(PictureFolder()), "sound");
        var folder = PictureFolder("some");
        var png = File.ReadAllBytes(Path.Combine(folder, "4.png"));
        File.WriteAllBytes(Path.Combine(folder, "4.png"), png[..(png.Length / 2)]);
        File.WriteAllText(Path.Combine(folder, "0.jpg"), "no picture");
        File.WriteAllBytes(Path.Combine(folder, "99.gif"), []);
        var store = Run(PictureList.Open(folder), "s");
        Assert.Equal(["0.jpg", "4.png", "99.gif"], store.LeftOut.Select(l => l.Name));
        Assert.Contains("damaged", store.LeftOut[1].Reason, StringComparison.Ordinal);
        Assert.All(store.LeftOut, l => Assert.DoesNotContain(folder, l.Reason, StringComparison.Ordinal));
        Assert.Equal(sound.Names.Except(["4.png"]), store.Names);
        var rows = sound.Names.Select((n, i) => (n, i)).Where(r => r.n != "4.png").Select(r => (long)r.i).ToArray();
        Same(sound.All().index_select(0, tensor(rows)), store.All());
    }

    [Fact]
    public void A_folder_of_damaged_pictures_only_is_an_error()
    {
        Directory.CreateDirectory(_folder.File("bad"));
        _folder.Write("bad/a.png", "no");
        Assert.Contains("a.png", Assert.Throws<UserException>(() => Run(PictureList.Open(_folder.File("bad")), "s")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_pictures_are_refused()
    {
        Directory.CreateDirectory(_folder.File("none/deeper"));
        _folder.Write("none/deeper/a.png", "x");
        Assert.Contains("holds no pictures", Assert.Throws<UserException>(() => PictureList.Open(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<UserException>(() => PictureList.Open(_folder.File("nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<UserException>(() => PictureList.Open(_folder.Write("a.png", "x"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(11)]
    public void A_stopped_run_goes_on_and_ends_as_an_unbroken_one(int stopAt)
    {
        var pictures = PictureList.Open(PictureFolder());
        var whole = Run(pictures, "whole");
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(pictures, "s", cancel: source.Token, progress: new StopEmbedding(stopAt, source)));
        var kept = EmbeddingIndex.Read(_folder.File("s"));
        Assert.False(kept.IsComplete);
        Assert.Equal(stopAt switch { 1 => 0, 6 => 1, _ => 3 }, kept.Shards.Count);         // the last batch's shard is written before the stop is seen
        var store = Run(pictures, "s");
        Assert.Equal(kept.Shards, store.Index.Shards.Take(kept.Shards.Count));
        Assert.Equal(whole.Names, store.Names);
        Assert.True(whole.All().equal(store.All()).all().item<bool>());
    }

    [Fact]
    public void A_finished_run_is_not_run_again()
    {
        var pictures = PictureList.Open(PictureFolder());
        Run(pictures, "s");
        var told = new List<EmbeddingProgress>();
        Run(pictures, "s", progress: new Told(told));
        Assert.Empty(told);
    }

    [Fact]
    public void A_changed_folder_is_another_list()
    {
        Run(PictureList.Open(PictureFolder()), "s");
        _folder.Write("pictures/more.png", MiniScenes.Png(_scenes[0]));
        Assert.Contains("of another list: 12 images", Assert.Throws<UserException>(() => Run(PictureList.Open(_folder.File("pictures")), "s")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Parts_encoded_apart_merge_to_what_one_run_makes(int of)
    {
        var pictures = PictureList.Open(PictureFolder());
        var whole = Run(pictures, "whole", new() { Batch = 3 });
        var parts = Enumerable.Range(1, of).Select(n => Run(pictures, $"p{n}", new() { Batch = 3, ShardItems = 2, Part = new(n, of) }).Folder).ToArray();
        var merged = EmbeddingMerge.Run(_folder.File("merged"), parts);
        Assert.Equal(whole.Names, merged.Names);
        Same(whole.All(), merged.All());
        Assert.Contains("12 images cannot be split into 13", Assert.Throws<UserException>(() => Run(pictures, "x", new() { Part = new(1, 13) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_rows_are_the_encoders_own_divided_by_their_lengths()
    {
        var pictures = PictureList.Open(PictureFolder());
        var unit = Run(pictures, "unit", new() { Normalize = true }).All();
        Same(nn.functional.normalize(Run(pictures, "own").All(), dim: 1), unit);
        Assert.True((unit.norm(1) - 1).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void Captions_in_batches_by_length_equal_each_padded_to_the_context()
    {
        string[] captions = [.. _scenes.SelectMany(s => s.Captions), "", string.Join(' ', _scenes.SelectMany(s => s.Captions))];
        var context = _encoder.Model.Config.Text.Context;
        var ids = captions.Select(c => ClipText.Encode(_encoder.Tokenizer, c, context)).ToArray();
        Assert.True(ids.Select(i => i.Length).Distinct().Count() > 5);
        using var _ = no_grad();
        var padded = cat([.. ids.Select(row => _encoder.Model.EncodeText(tensor(row.Select(t => (long)t).Concat(Enumerable.Repeat(0L, context - row.Length)).ToArray(), [1, context]), tensor(new[] { row.Length - 1L })))]);
        var found = Run(CaptionList.Open(_folder.Write("c.txt", string.Join('\n', captions))), "s", new() { ShardItems = 20, Batch = 7 });
        Same(padded, found.All());
        Assert.Equal(captions.Length, found.Count);
    }

    [Fact]
    public void A_caption_past_the_context_is_cut_and_keeps_its_end()
    {
        var context = _encoder.Model.Config.Text.Context;
        var words = string.Join(' ', Enumerable.Repeat("dog", 3 * context)).Split(' ');
        var ids = ClipText.Encode(_encoder.Tokenizer, string.Join(' ', words), context);
        Assert.Equal((context, _encoder.Tokenizer.Start, _encoder.Tokenizer.End), (ids.Length, ids[0], ids[^1]));
        var rows = _encoder.EncodeTexts([string.Join(' ', words), string.Join(' ', words.Take(context - 2)), string.Join(' ', words.Take(context - 3))]);
        Same(rows[1], rows[0]);
        Assert.False(rows[2].allclose(rows[0], rtol: 1e-3, atol: 1e-3));
    }

    [Theory]
    [InlineData("c.txt", "a dog\n\na cat\r\n", "1=a dog|2=|3=a cat")]
    [InlineData("c.txt", "[a dog]\nb", "1=[a dog]|2=b")]
    [InlineData("c.token", "x.jpg#0\ta dog\nx.jpg#1\ta cat\n", "x.jpg#0=a dog|x.jpg#1=a cat")]
    [InlineData("c.json", """{"images": [{"id": 7}, {"id": 8}], "annotations": [{"id": 1, "image_id": 8, "caption": "a dog"}, {"id": 2, "image_id": 7, "caption": "a cat"}]}""", "7#0=a cat|8#0=a dog")]
    [InlineData("c.json", """{"a": ["one", "two"], "b": "three"}""", "a#0=one|a#1=two|b#0=three")]
    public void Captions_are_read_from_every_kind_of_file_and_packed_ones_too(string name, string text, string expected)
    {
        foreach (var path in new[] { _folder.Write(name, text), _folder.WriteGzipped(name + ".gz", text) })
        {
            var list = CaptionList.Open(path);
            Assert.Equal(expected, string.Join('|', list.Names.Zip(list.Captions, (n, c) => $"{n}={c}")));
        }
    }

    [Fact]
    public void Files_of_captions_that_cannot_be_read_say_why()
    {
        Complaint.Fails(() => CaptionList.Open(_folder.File("nowhere.txt")), "does not exist");
        Complaint.Fails(() => CaptionList.Open(_folder.Write("e.txt", " \n")), "is empty");
        Complaint.Fails(() => CaptionList.Open(_folder.Write("b.json", """{"images": [""")), "b.json");
        Assert.Contains("not UTF-8", Assert.Throws<UserException>(() => CaptionList.Open(_folder.Write("u.txt", [0x61, 0xFF, 0x0A]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_is_of_the_weights()
    {
        using var again = ClipEncoder.Load(MiniClip.Folder, "another name");
        Assert.Equal(_encoder.Fingerprint, again.Fingerprint);
        using var changed = ClipEncoder.Load(MiniClip.Folder, MiniClip.Name);
        using (no_grad()) changed.Model.parameters().Last().view(-1)[0].add_(1e-3);
        Assert.NotEqual(_encoder.Fingerprint, changed.Fingerprint);
        ClipEncoder.Save(_folder.File("clip"), _encoder.Model, (WordTokenizer)_encoder.Tokenizer, ScalarType.Float32);
        using var saved = ClipEncoder.Load(_folder.File("clip"), "saved");
        Assert.Equal(_encoder.Fingerprint, saved.Fingerprint);
        using var named = ClipEncoder.Load(_folder.File("clip/open_clip_model.safetensors"), "the file in the folder");
        Assert.Equal(_encoder.Fingerprint, named.Fingerprint);
    }

    [Fact]
    public void A_fault_of_the_producer_arises_at_its_item_and_a_consumer_that_stops_ends_it()
    {
        var made = 0;
        IEnumerable<int> Source(CancellationToken stop)
        {
            for (; made < 1000; made++)
            {
                if (made == 500) throw new InvalidDataException("item 500");
                yield return made;
            }
        }
        var taken = new List<int>();
        Assert.Equal("item 500", Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var i in WorkAhead.Run(Source, 2, default)) taken.Add(i);
        }).Message);
        Assert.Equal(Enumerable.Range(0, 500), taken);
        made = 0;
        Assert.Equal([0, 1, 2], WorkAhead.Run(Source, 2, default).Take(3));
        Assert.InRange(made, 3, 7);                         // three taken, two in the queue, one waiting to be put there, one more begun
    }

    private sealed class StopEmbedding(int done, CancellationTokenSource source) : IProgress<EmbeddingProgress>
    {
        public void Report(EmbeddingProgress p)
        {
            if (p.Done >= done) source.Cancel();
        }
    }

    private sealed class Told(List<EmbeddingProgress> all) : IProgress<EmbeddingProgress>
    {
        public void Report(EmbeddingProgress p) => all.Add(p);
    }
}
