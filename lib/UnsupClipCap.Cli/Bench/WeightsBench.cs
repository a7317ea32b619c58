using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>bench weights: how fast a CLIP ViT-B/32 of random float32 weights (605 MB) is read, once the file is in the system's cache.</summary>
internal static class WeightsBench
{
    private const double Goal = 1;                          // GB/s

    private static readonly ClipConfig Small = new()
    {
        EmbeddingWidth = 64,
        Vision = new() { ImageSize = 32, PatchSize = 8, Width = 64, Layers = [2], Heads = 1 },
        Text = new() { Vocabulary = 500, Context = 77, Width = 64, Layers = 2, Heads = 1 },
    };

    private static readonly ClipConfig VitB32 = new()
    {
        EmbeddingWidth = 512,
        Vision = new() { ImageSize = 224, PatchSize = 32, Width = 768, Layers = [12], Heads = 12 },
        Text = new() { Vocabulary = 49408, Context = 77, Width = 512, Layers = 12, Heads = 8 },
    };

    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("weights-").FullName;
        try
        {
            var config = quick ? Small : VitB32;
            File.WriteAllText(Path.Combine(folder, "open_clip_config.json"), config.ToJson());
            var path = Path.Combine(folder, "open_clip_model.safetensors");
            using (var clip = new Clip(config)) Safetensors.Write(path, clip.state_dict());
            var (read, mapped, copied, loaded) = (new Clock(), new Clock(), new Clock(), new Clock());
            for (var round = 0; round < (quick ? 2 : 4); round++)
            {
                cancel.ThrowIfCancellationRequested();
                var warmingUp = round == 0;
                read.Time(warmingUp, () => Dispose(Safetensors.Read(path).Tensors));
                mapped.Time(warmingUp, () =>
                {
                    using var file = SafetensorsFile.Open(path);
                    Dispose(file.Tensors());
                });
                copied.Time(warmingUp, () =>
                {
                    using var file = SafetensorsFile.Open(path);
                    foreach (var tensor in file.Tensors().Values)
                    {
                        using (tensor) tensor.clone().Dispose();
                    }
                });
                loaded.Time(warmingUp, () => ClipCheckpoint.Load(folder).Dispose());
            }
            var gigabytes = new FileInfo(path).Length / 1e9;
            return
            [
                Row("Safetensors.Read, into memory of its own", read),
                Row("SafetensorsFile, mapped and every byte copied once", copied),
                Row("ClipCheckpoint.Load: mapped, model made, weights checked and copied in", loaded),
                new("SafetensorsFile, mapped: header checked, tensors made, nothing read yet") { Seconds = mapped.Median },
            ];

            Measurement Row(string what, Clock clock) => new(what)
            {
                Seconds = clock.Median,
                PerSecond = gigabytes / clock.Median,
                Unit = "GB/s",
                Goals = !quick ? [new(FormattableString.Invariant($"{Goal} GB/s or more"), gigabytes / clock.Median >= Goal)] : [],
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Dispose(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }
}
