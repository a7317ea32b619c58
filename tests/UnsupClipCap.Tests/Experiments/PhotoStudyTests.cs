using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class PhotoStudyTests
{
    /// <summary>A cache of a test's own while it lives.</summary>
    private sealed class OwnCache : IDisposable
    {
        private const string Variable = "UNSUPCLIPCAP_CACHE";
        private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

        public OwnCache() => Environment.SetEnvironmentVariable(Variable, Path);

        public string Path { get; } = Directory.CreateTempSubdirectory("unsupclipcap-cache-").FullName;

        /// <summary>What captioners, embeddings and training states it holds, and a digest of each.</summary>
        public Dictionary<string, string> Made() => new[] { "captioners", "embeddings" }.SelectMany(kind => Directory.EnumerateFiles(System.IO.Path.Combine(Path, kind), "*", SearchOption.AllDirectories))
            .ToDictionary(f => System.IO.Path.GetRelativePath(Path, f), f => Cache.KeyOfFiles(f));

        public void Dispose()
        {
            Environment.SetEnvironmentVariable(Variable, _before);
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>Stops at the n-th report, whatever it is of.</summary>
    private sealed class StopAtReport(int report, CancellationTokenSource source) : IProgress<StudyProgress>
    {
        private int _seen;

        public void Report(StudyProgress value)
        {
            if (++_seen == report) source.Cancel();
        }
    }

    private static readonly Preset Small = Preset.Coco with
    {
        Photos = PhotoSet.Coco with { Sizes = null },
        Recipe = Preset.Coco.Recipe with { Epochs = 4, BatchSize = 15, WarmupSteps = 4, LearningRate = 2e-3, MaxTokens = 24 },
        Decoding = new() { Beams = 2 },
    };

    private static readonly RunSettings Settings = new() { Command = "table1", Parts = RunParts.Table, Preset = "coco", Device = "cpu" };

    private static DataFolder Complete()
    {
        var data = new DataFolder();
        var made = new StandIn();
        made.WriteCocoCaptions(data, ".gz");
        made.WritePictures(data);
        StandInModels.Write(data);
        return data;
    }

    private static RunDirectory Open(string path) => RunDirectory.Open(path, Settings, overwrite: false);

    [Fact]
    public void A_run_that_is_stopped_again_and_again_ends_as_an_unbroken_one()
    {
        using var data = Complete();
        using var folders = new DataFolder();
        Environment.SetEnvironmentVariable("UNSUPCLIPCAP_DATA", data.Path);
        Results whole, broken;
        Dictionary<string, string> wholeFiles, brokenFiles;
        var (a, b) = (folders.File("whole"), folders.File("broken"));
        using (var cache = new OwnCache())
        {
            whole = ExperimentRun.Run(Settings, Open(a), "./run table1 --preset coco", Watch.None, Small);
            wholeFiles = cache.Made();
        }
        var stops = 0;
        using (var cache = new OwnCache())
        {
            var random = new SeededRandom(1, "stops");
            for (; ; stops++)
            {
                using var source = new CancellationTokenSource();
                var watch = new Watch(stops < 7 ? new StopAtReport(1 + random.Next(5), source) : null, source.Token);
                try
                {
                    broken = ExperimentRun.Run(Settings, Open(b), "./run table1 --preset coco", watch, Small);
                    break;
                }
                catch (OperationCanceledException)
                {
                    Assert.False(Open(b).IsDone);
                }
            }
            brokenFiles = cache.Made();
        }
        Assert.InRange(stops, 4, 7);
        Assert.Equal(["ClipCap", "Unsupervised-ClipCap", "- matched captions"], whole.Table.Select(r => r.Method));
        Assert.Equal(3 + 4 * 2, wholeFiles.Count);                                  // captioners; stores of two parts' images and texts, an index and a shard each; no training state is left
        Assert.Equal(wholeFiles, brokenFiles);                                      // weights and losses to the bit
        Assert.Equal(whole.Table.Select(r => r.Scores), broken.Table.Select(r => r.Scores));
        Assert.Equal(File.ReadAllText(Path.Combine(a, "captions.jsonl")), File.ReadAllText(Path.Combine(b, "captions.jsonl")));
        foreach (var name in new[] { "configuration.json", "settings.json", "results.json", "table.csv", "table.tex", "index.html" }) Assert.True(File.Exists(Path.Combine(b, name)), name);
        var configuration = File.ReadAllText(Path.Combine(b, "configuration.json"));
        foreach (var part in new[] { "\"InitialGpt2\": \"gpt2\"", "\"PrefixLength\": 10", "\"Width\": 32", "\"libtorch\"", "\"Fingerprint\"" }) Assert.Contains(part, configuration);
    }

    [Fact]
    public void Embeddings_are_encoded_once_and_are_those_of_the_pictures_and_captions()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var study = Study.Open(Small, device: "cpu");
        using var encoder = MiniClip.Load();
        using var scope = NewDisposeScope();
        ModelGoldens.Close(encoder.EncodePictures([.. study.Test.Images.Select(i => Path.Combine(data.Path, "coco", i.File!))]), study.Test.ImageRows, 1e-5);
        ModelGoldens.Close(encoder.EncodeTexts([.. study.Train.Images.SelectMany(i => i.Captions)]), study.Train.TextRows, 1e-5);
        var made = Directory.EnumerateFiles(cache.Path, "*.safetensors", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(4, made.Count);                        // a shard of each list
        using var again = Study.Open(Small, seed: 2, device: "cpu");
        Assert.True(again.Train.ImageRows.equal(study.Train.ImageRows).all().item<bool>());
        Assert.All(made, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
        Assert.Equal(4, Directory.EnumerateFiles(cache.Path, "*.safetensors", SearchOption.AllDirectories).Count());
    }

    /// <summary>Embeds as './run embed' does, into the folder that the preset looks into.</summary>
    private static EmbeddingStore Embed(DataFolder data, ClipEncoder encoder, EmbeddingInput list, string name, EmbeddingOptions? options = null) =>
        EmbeddingRun.Run(encoder, list, data.File($"coco/embeddings/{name}"), options ?? new() { ShardItems = 7 });

    private static int Encoded(OwnCache cache) => Directory.EnumerateFiles(cache.Path, "index.json", SearchOption.AllDirectories).Count();

    [Fact]
    public void Stores_beside_the_data_set_are_read_and_nothing_is_encoded_anew()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var own = Study.Open(Small, device: "cpu");
        _ = own.Train;
        Assert.Equal(4, Encoded(cache));
        using var encoder = ClipEncoder.Load(data.File("clip-vit-b32"), "the cluster's");
        foreach (var part in new[] { "train2014", "val2014" })
        {
            // One of the lists in two parts that are merged, as a cluster's jobs make it.
            var list = CaptionList.Open(data.File($"coco/captions_{part}.json.gz"));
            string[] parts = ["1/2", "2/2"];
            foreach (var p in parts) EmbeddingRun.Run(encoder, list, data.File($"parts-{part}/{EmbeddingPart.Parse(p).Folder}"), new() { Part = EmbeddingPart.Parse(p) });
            EmbeddingMerge.Run(data.File($"coco/embeddings/captions_{part}"), [data.File($"parts-{part}")]);
            Embed(data, encoder, PictureList.Open(data.File($"coco/{part}")), part);
        }
        using var empty = new OwnCache();
        using var study = Study.Open(Small, device: "cpu");
        ModelGoldens.Close(own.Test.ImageRows, study.Test.ImageRows, 1e-5);
        ModelGoldens.Close(own.Test.TextRows, study.Test.TextRows, 1e-5);
        ModelGoldens.Close(own.Train.ImageRows, study.Train.ImageRows, 1e-5);
        ModelGoldens.Close(own.Train.TextRows, study.Train.TextRows, 1e-5);
        Assert.Equal(0, Encoded(empty));
        // What they do not hold is encoded.
        Directory.Delete(data.File("coco/embeddings/train2014"), recursive: true);
        using var partly = Study.Open(Small, device: "cpu");
        ModelGoldens.Close(own.Train.ImageRows, partly.Train.ImageRows, 1e-5);
        Assert.Equal(1, Encoded(empty));
    }

    [Fact]
    public void Stores_of_another_encoder_or_of_other_pictures_are_refused()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var encoder = ClipEncoder.Load(data.File("clip-vit-b32"), "the study's");
        string Told() => Assert.Throws<UserException>(() => Study.Open(Small, device: "cpu")).Message;
        var list = PictureList.Open(data.File("coco/val2014"));
        Embed(data, encoder, list, "val2014", new() { Normalize = true });
        Assert.Contains("unit length", Told());
        Embed(data, encoder, PictureList.Of(list.Names, name => data.File($"coco/val2014/{list.Names[(list.Names.ToList().IndexOf(name) + 1) % list.Names.Count]}")), "val2014", new() { Overwrite = true });
        Assert.Contains("is not what the encoder makes of it", Told());
        using var other = ClipEncoder.Load(data.File("clip-vit-b32"), "another");
        using (no_grad()) other.Model.parameters().Last().view(-1)[0].add_(1e-3);
        Embed(data, other, list, "val2014", new() { Overwrite = true });
        Assert.Contains(other.Fingerprint, Told());
    }

    [Fact]
    public void Pictures_that_cannot_be_decoded_are_left_out_with_their_captions_and_named_at_the_end()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var folders = new DataFolder();
        Environment.SetEnvironmentVariable("UNSUPCLIPCAP_DATA", data.Path);
        using var whole = Study.Open(Small, device: "cpu");
        var damaged = whole.Test.Images[1];
        File.WriteAllText(Path.Combine(data.Path, "coco", damaged.File!), "no picture");
        using (var study = Study.Open(Small, device: "cpu"))
        {
            Assert.Equal(whole.Test.Images.Select(i => i.Id).Where(id => id != damaged.Id), study.Test.Images.Select(i => i.Id));
            var kept = Enumerable.Range(0, whole.Test.Images.Count).Where(i => i != 1).Select(i => (long)i).ToArray();
            ModelGoldens.Close(whole.Test.ImageRows.index_select(0, tensor(kept)), study.Test.ImageRows, 1e-5);
            Assert.Equal(study.Test.Images.Sum(i => i.Captions.Count), study.Test.TextRows.shape[0]);
            ModelGoldens.Close(whole.Test.Take(1).TextRows, study.Test.Take(1).TextRows, 1e-5);
            ModelGoldens.Close(whole.Test.TextRows[-1], study.Test.TextRows[-1], 1e-5);
        }
        var quick = Small with { Recipe = Small.Recipe with { Steps = 1 } };
        var results = ExperimentRun.Run(Settings, Open(folders.File("run")), "./run table1 --preset coco", Watch.None, quick);
        Assert.Contains(damaged.File!, results.Settings!["Left out"]);
    }

    [Fact]
    public void A_captioner_starts_from_GPT2s_weights_and_its_captions_end_in_one_stop()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var study = Study.Open(Small, device: "cpu");
        var captioner = study.Captioner(Source.OtherCaption, Small.Recipe with { Steps = 1, LearningRate = 0 });
        var published = Safetensors.Read(data.File("gpt2/model.safetensors")).Tensors;
        foreach (var (name, value) in captioner.Model.Gpt.state_dict()) Assert.True(value.equal(published[name]).all().item<bool>(), name);
        Assert.Equal("gpt2", captioner.Card.Vocabulary);
        var corpus = study.Train.Corpus(captioner.Tokenizer, c => c.TrimEnd(' ', '.', '\t') + ".");
        Assert.All(corpus.Tokens, t => Assert.Equal((13, 1), (t[^1], t.Count(id => id == 13))));
        // Opened again, from the cache, it says the same; how many test images there are is not its concern.
        var said = captioner.Caption(study.Test.ImageRows, Decoding.Greedy);
        using var again = Study.Open(Small with { TestImages = 3 }, device: "cpu");
        Assert.Equal(3, again.Test.Images.Count);
        Assert.Equal(said, again.Captioner(Source.OtherCaption, Small.Recipe with { Steps = 1, LearningRate = 0 }).Caption(study.Test.ImageRows, Decoding.Greedy));
        Assert.Empty(again.Trained);
    }

    [Fact]
    public void The_presets_encoder_captions_other_pictures_with_a_captioner_of_its_embeddings()
    {
        using var data = Complete();
        using var cache = new OwnCache();
        using var study = Study.Open(Small, device: "cpu");
        var captioner = study.Captioner(Source.Images, Small.Recipe with { Steps = 3 });
        var file = data.File("captioner.safetensors");
        captioner.Save(file);
        string[] pictures = [.. study.Test.Images.Take(3).Select(i => Path.Combine(data.Path, "coco", i.File!))];
        using (var speaker = PictureCaptioner.Open("coco", file, "cpu"))
            Assert.Equal(captioner.Caption(study.Test.ImageRows.narrow(0, 0, 3), Decoding.Greedy).Select(c => c.Text), speaker.Caption(pictures, Decoding.Greedy, Watch.None).Select(c => c.Text));
        Assert.Contains("--checkpoint", Assert.Throws<UserException>(() => PictureCaptioner.Open("coco", null, "cpu")).Message);
        using var other = new Captioner(captioner.Card with { Encoder = "another CLIP" }, new ClipCap(captioner.Card.EmbeddingWidth, captioner.Card.Recipe), captioner.Tokenizer);
        other.Save(file);
        Assert.Contains("'another CLIP'", Assert.Throws<UserException>(() => PictureCaptioner.Open("coco", file, "cpu")).Message);
        Directory.Delete(data.File("clip-vit-b32"), recursive: true);
        Assert.Contains("'./run fetch clip-vit-b32'", Assert.Throws<UserException>(() => PictureCaptioner.Open("coco", file, "cpu")).Message);
    }

    [Fact]
    public void All_that_is_missing_is_told_at_once_before_any_work()
    {
        using var data = new DataFolder();
        using var cache = new OwnCache();
        string Told(Preset preset) => Assert.Throws<UserException>(() => Study.Open(preset, device: "cpu")).Message;
        var all = Told(Preset.Coco);
        foreach (var fetch in new[] { "coco", "clip-vit-b32", "gpt2", "coco-images" }) Assert.Contains($"'./run fetch {fetch}'", all);
        foreach (var part in new[] { "coco/captions_train2014.json", "gpt2/model.safetensors", "coco/train2014 and coco/val2014", data.Path }) Assert.Contains(part, all);
        Assert.Contains("'./run fetch flickr30k-images'", Told(Preset.Flickr30k));

        var made = new StandIn();
        made.WriteCocoCaptions(data);
        made.WritePictures(data);
        StandInModels.Write(data);
        var lost = Directory.EnumerateFiles(data.File("coco/val2014")).Order(StringComparer.Ordinal).Take(2).ToList();
        lost.ForEach(File.Delete);
        var pictures = Told(Small);
        Assert.Contains("2 of 50", pictures);
        Assert.Contains(Path.GetFileName(lost[0]), pictures);
        Assert.DoesNotContain("clip-vit-b32'", pictures);

        made.WritePictures(data);
        var sizes = Told(Small with { Photos = PhotoSet.Coco });
        Assert.Contains("113,287 images", sizes);
        Assert.Contains("--quick", sizes);
        Assert.Empty(Directory.EnumerateFiles(cache.Path, "*.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public void Flickr30k_opens_the_same_way()
    {
        using var data = new DataFolder();
        using var cache = new OwnCache();
        var made = new StandIn(24);
        made.WriteFlickrCaptions(data);
        made.WriteFlickrPictures(data);
        StandInModels.Write(data);
        using var study = Study.Open(Preset.Flickr30k.Quick(), device: "cpu");
        Assert.Equal(made.Count("test"), study.Test.Images.Count);
        Assert.NotNull(study.Picture(study.Test.Images[0].Id));
        Assert.Contains("Flickr30k", study.Description);
    }

    [Fact]
    public void The_presets_hold_ClipCaps_settings()
    {
        var recipe = Preset.Coco.Recipe;
        Assert.Equal((10, MapperKind.Mlp, 40, 10, 2e-5, 5000, 0.0, 1e-6, 67), (recipe.PrefixLength, recipe.Mapper, recipe.BatchSize, recipe.Epochs, recipe.LearningRate, recipe.WarmupSteps, recipe.WeightDecay, recipe.Epsilon, recipe.MaxTokens));
        Assert.Equal((DecodingKind.Beam, 5), (Preset.Coco.Decoding.Kind, Preset.Coco.Decoding.Beams));
        Assert.Equal(Paper.Table2, ExperimentRun.PaperTableOf(Settings with { Preset = "flickr30k" }));
    }
}
