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
        Assert.Equal(3 + 4, wholeFiles.Count);                                      // captioners, and embeddings of two parts; no training state is left
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
        Assert.True(study.Test.ImageRows.equal(encoder.EncodePictures([.. study.Test.Images.Select(i => Path.Combine(data.Path, "coco", i.File!))])).all().item<bool>());
        Assert.True(study.Train.TextRows.equal(encoder.EncodeTexts([.. study.Train.Images.SelectMany(i => i.Captions)])).all().item<bool>());
        var made = Directory.EnumerateFiles(cache.Path, "*.safetensors", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(4, made.Count);
        using var again = Study.Open(Small, seed: 2, device: "cpu");
        Assert.True(again.Train.ImageRows.equal(study.Train.ImageRows).all().item<bool>());
        Assert.All(made, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
        Assert.Equal(4, Directory.EnumerateFiles(cache.Path, "*.safetensors", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public void Shards_that_are_there_are_not_made_again()
    {
        using var folder = new DataFolder();
        var made = new List<int>();
        Tensor Encode(int first, int n, IProgress<double>? _)
        {
            made.Add(first);
            return first >= 4 && made.Count < 4 ? throw new OperationCanceledException() : arange(first, first + n, float32).unsqueeze(1).expand(-1, 3);
        }
        Tensor Read() => EncodedRows.Read(Path.Combine(folder.Path, "rows"), 7, 2, "rows", Encode, Watch.None);
        Assert.Throws<OperationCanceledException>(Read);
        using var rows = Read();
        Assert.Equal([0, 2, 4, 4, 6], made);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6], rows.select(1, 2).data<float>());
        File.WriteAllBytes(Path.Combine(folder.Path, "rows", "00001.safetensors"), File.ReadAllBytes(Path.Combine(folder.Path, "rows", "00003.safetensors")));
        Assert.Contains("00001.safetensors", Assert.Throws<UserException>(Read).Message);
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
