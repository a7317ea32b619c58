using SkiaSharp;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>bench models: encoding pictures and captions with a CLIP of ViT-B/32's sizes and random weights, its file, and the pipeline that feeds it.</summary>
internal sealed class ModelsBench : IDisposable
{
    private const int Rounds = 3;

    /// <summary>ViT-B/32.</summary>
    private static readonly ClipConfig Published = new()
    {
        EmbeddingWidth = 512,
        Vision = new() { ImageSize = 224, PatchSize = 32, Width = 768, Layers = [12], Heads = 12 },
        Text = new() { Vocabulary = 49408, Context = 77, Width = 512, Layers = 12, Heads = 8 },
    };

    private static readonly ClipConfig Small = new()
    {
        EmbeddingWidth = 32,
        Vision = new() { ImageSize = 64, PatchSize = 32, Width = 64, Layers = [2], Heads = 2 },
        Text = new() { Vocabulary = 600, Context = 77, Width = 64, Layers = 2, Heads = 2 },
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unsupclipcap-bench-");
    private readonly MatrixRate _rate = new();
    private readonly ClipEncoder _encoder;
    private readonly int _pictures, _captions;
    private readonly bool _quick;
    private readonly CancellationToken _cancel;

    private ModelsBench(bool quick, CancellationToken cancel)
    {
        (_quick, _cancel) = (quick, cancel);
        (_pictures, _captions) = quick ? (4, 16) : (32, 96);
        var clip = new Clip(quick ? Small : Published);
        clip.eval();
        _encoder = new ClipEncoder("random", clip, new WordTokenizer(["a"]));
    }

    private ClipConfig Config => _encoder.Model.Config;

    /// <summary>Measures all.</summary>
    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var bench = new ModelsBench(quick, cancel);
        var rows = bench.Pictures().Concat(bench.Captions()).Concat(bench.Loading()).ToList();
        return [new($"Matrix product ({get_num_threads()} threads)") { PerSecond = bench._rate.Median / 1e9, Unit = "GFLOP/s", Note = "the yardstick" }, .. rows];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _rate.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>The model alone, the pipeline alone, and both at once as './run embed' does it.</summary>
    private List<Measurement> Pictures()
    {
        var size = _encoder.ImageSize;
        var pictures = PictureList.Open(Photographs());
        string[] files = [.. pictures.Names.Select(n => Path.Combine(_folder.FullName, "pictures", n))];
        using var rgb = randint(0, 256, [files.Length, size, size, 3], dtype: ScalarType.Byte);
        var (model, pipeline, both) = (new Clock(), new Clock(), new Clock());
        for (var round = -1; round < Rounds; round++)                                   // round -1 warms up
        {
            _rate.Sample();
            model.Time(round < 0, () => _encoder.EncodeImages(rgb, null, _cancel, 32).Dispose());
            _cancel.ThrowIfCancellationRequested();
            pipeline.Time(round < 0, () => Parallel.ForEach(files, f => ImageProcessor.Fit(Picture.Read(f), size)));
            _rate.Sample();
            both.Time(round < 0, () => EmbeddingRun.Run(_encoder, pictures, Path.Combine(_folder.FullName, "store"), new() { Batch = 16, Overwrite = true }, null, _cancel));
        }
        double alone = files.Length / model.Median, ready = files.Length / pipeline.Median, together = files.Length / both.Median, share = alone * PictureFlops / _rate.Median;
        // Two workers that share the cores without waiting take 1 / (1 / a + 1 / b); on a GPU it would be the slower one's rate.
        var shared = 1 / (1 / alone + 1 / ready);
        return
        [
            new($"Pictures, the model alone ({PictureFlops / 1e9:0.0} GFLOP each)")
            {
                Seconds = model.Median / files.Length, PerSecond = alone, Unit = "pictures/s", MatrixShare = share, Ratio = 1, Goals = OfSpeed(new Goal("80% of the matrix product or more", share >= .8)),
            },
            new("Decoding and resizing 640 x 480 JPEG, alone")
            {
                Seconds = pipeline.Median / files.Length, PerSecond = ready, Unit = "pictures/s", Ratio = ready / alone, Goals = OfSpeed(new Goal("twice the model's rate or more", ready >= 2 * alone)),
            },
            new("Pictures to a store, both at once")
            {
                Seconds = both.Median / files.Length, PerSecond = together, Unit = "pictures/s", Ratio = together / alone,
                Note = FormattableString.Invariant($"{together / shared:0%} of what the cores can give to both"), Goals = OfSpeed(new Goal("90% of it or more", together >= .9 * shared)),
            },
        ];
    }

    /// <summary>Captions of COCO's lengths, padded to the context as the published code does, and not.</summary>
    private List<Measurement> Captions()
    {
        using var scope = NewDisposeScope();
        var random = new SeededRandom(1, "bench", "captions");
        var (context, vocabulary) = (Config.Text.Context, Config.Text.Vocabulary);
        // In CLIP's tokens, start and end included: mean 13.5, standard deviation 2.4.
        int[][] ids = [.. Enumerable.Range(0, _captions).Select(_ => Enumerable.Range(0, Math.Clamp((int)Math.Round(13.5 + 2.4 * random.NextGaussian()), 9, context)).Select(_ => random.Next(vocabulary)).ToArray())];
        var padded = tensor(ids.SelectMany(row => row.Select(t => (long)t).Concat(Enumerable.Repeat(0L, context - row.Length))).ToArray(), [ids.Length, context]);
        var ends = tensor(ids.Select(row => row.Length - 1L).ToArray());
        var (published, clock) = (new Clock(), new Clock());
        Tensor theirs = empty(0), ours = empty(0);
        for (var round = -1; round < Rounds; round++)
        {
            _rate.Sample();
            published.Time(round < 0, () => theirs = Padded(padded, ends));
            _cancel.ThrowIfCancellationRequested();
            _rate.Sample();
            clock.Time(round < 0, () => ours = _encoder.EncodeTokens(ids, null, _cancel, 32));
        }
        double baseline = ids.Length / published.Median, rate = ids.Length / clock.Median;
        var differs = ((theirs - ours).abs().max() / theirs.abs().max()).item<float>();
        return
        [
            new($"Captions, published way (padded to {context})") { Seconds = published.Median / ids.Length, PerSecond = baseline, Unit = "captions/s", MatrixShare = baseline * CaptionFlops(context) / _rate.Median, Ratio = 1 },
            new("Captions, batches by length")
            {
                Seconds = clock.Median / ids.Length, PerSecond = rate, Unit = "captions/s", MatrixShare = rate * ids.Average(i => CaptionFlops(i.Length)) / _rate.Median, Ratio = rate / baseline,
                Note = FormattableString.Invariant($"{ids.Average(i => i.Length):0.0} tokens on average"),
                Goals = [.. OfSpeed(new Goal("4 times or more", rate >= 4 * baseline)), new("the same features", differs <= 1e-5)],
            },
        ];
    }

    private Tensor Padded(Tensor ids, Tensor ends)
    {
        using var _ = no_grad();
        var parts = new List<Tensor>();
        for (long start = 0; start < ids.shape[0]; start += 64)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(64, ids.shape[0] - start);
            parts.Add(_encoder.Model.EncodeText(ids.narrow(0, start, count), ends.narrow(0, start, count)).MoveToOuterDisposeScope());
        }
        return cat(parts);
    }

    /// <summary>The weights' file, read plainly, as tensors, and into a model.</summary>
    private List<Measurement> Loading()
    {
        var folder = Path.Combine(_folder.FullName, "clip");
        var file = Path.Combine(folder, "open_clip_model.safetensors");
        AtomicFile.WriteText(Path.Combine(folder, "open_clip_config.json"), Config.ToJson());
        var weights = ModuleWeights.Take(_encoder.Model);
        Safetensors.Write(file, weights);
        foreach (var weight in weights.Values) weight.Dispose();
        var bytes = new FileInfo(file).Length;
        var (plain, tensors, model) = (new Clock(), new Clock(), new Clock());
        for (var round = -1; round < Rounds; round++)
        {
            plain.Time(round < 0, () => ReadPlainly(file));
            _cancel.ThrowIfCancellationRequested();
            tensors.Time(round < 0, () =>
            {
                foreach (var t in Safetensors.Read(file).Tensors.Values) t.Dispose();
            });
            model.Time(round < 0, () => ClipCheckpoint.Load(folder).Dispose());
        }
        double Rate(Clock clock) => bytes / clock.Median / 1e9;
        return
        [
            new($"File of {bytes / 1e6:0} MB, warm, read into memory") { Seconds = plain.Median, PerSecond = Rate(plain), Unit = "GB/s", Ratio = 1 },
            new("The same as tensors") { Seconds = tensors.Median, PerSecond = Rate(tensors), Unit = "GB/s", Ratio = Rate(tensors) / Rate(plain), Goals = OfSpeed(new Goal("80% of it or more", Rate(tensors) >= .8 * Rate(plain))) },
            new("The same as a model") { Seconds = model.Median, PerSecond = Rate(model), Unit = "GB/s", Ratio = Rate(model) / Rate(plain), Goals = OfSpeed(new Goal("1 GB/s or more", Rate(model) >= 1)) },
        ];
    }

    private static void ReadPlainly(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var all = empty(stream.Length, ScalarType.Byte);
        stream.ReadExactly(all.bytes);
    }

    /// <summary>Scenes enlarged to 640 x 480 with grain, as JPEG: sizes and content as of photographs.</summary>
    private string Photographs()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "pictures")).FullName;
        var scenes = MiniScenes.Generate(MiniSplit.Test, _pictures, 1);
        var random = new SeededRandom(1, "bench", "grain");
        var grain = Enumerable.Range(0, 1 << 16).Select(_ => (int)(6 * random.NextGaussian())).ToArray();
        for (var i = 0; i < scenes.Count; i++)
        {
            var large = ImageProcessor.Fit(Picture.Decode(MiniScenes.Png(scenes[i]), "scene"), 640);
            using var bitmap = new SKBitmap(new SKImageInfo(640, 480, SKColorType.Rgba8888, SKAlphaType.Opaque));
            var rgba = new byte[640 * 480 * 4];
            for (var p = 0; p < 640 * 480; p++)
                for (var c = 0; c < 4; c++) rgba[4 * p + c] = c == 3 ? (byte)255 : (byte)Math.Clamp(large.Rgb[3 * p + c] + grain[(p * 7 + i) & 0xFFFF], 0, 255);
            System.Runtime.InteropServices.Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
            using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            File.WriteAllBytes(Path.Combine(folder, $"{i:000}.jpg"), data.ToArray());
        }
        return folder;
    }

    /// <summary>2 per weight and position in the blocks (12 C^2 weights each), 4 T^2 C for attention's two products, and the patches' projection.</summary>
    private double PictureFlops
    {
        get
        {
            var (vision, patch) = (Config.Vision, Config.Vision.PatchSize!.Value);
            double patches = Math.Pow(vision.ImageSize / patch, 2);
            return Blocks(vision.Width, vision.Layers[0], patches + 1) + 2 * patches * 3 * patch * patch * vision.Width;
        }
    }

    private double CaptionFlops(int tokens) => Blocks(Config.Text.Width, Config.Text.Layers, tokens);

    private static double Blocks(double width, int layers, double positions) => layers * (24 * width * width * positions + 4 * positions * positions * width);

    /// <summary>Goals of speed are for the full size.</summary>
    private Goal[] OfSpeed(params Goal[] goals) => _quick ? [] : goals;
}
