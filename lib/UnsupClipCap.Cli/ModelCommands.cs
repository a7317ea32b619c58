using System.CommandLine;
using System.Text.Json;

namespace UnsupClipCap.Cli;

/// <summary>caption, train, train-clip.</summary>
internal static class ModelCommands
{
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    public static IEnumerable<Command> All() => [Caption(), Train(), TrainClip(), SpiceCommands.TrainSpice()];

    private static Command Caption()
    {
        var (preset, device) = (Options.Preset(), Options.Device());
        var images = new Argument<string[]>("IMAGE") { Description = "Pictures, folders of them, or patterns ('photos/*.jpg')", Arity = ArgumentArity.OneOrMore };
        var checkpoint = new Option<string>("--checkpoint") { Description = "A captioner trained by './run train' (default: the shipped one), or ClipCap's or CapDec's as published" };
        var clip = new Option<string>("--clip") { Description = "A CLIP's folder or OpenAI's file, the one that --checkpoint was trained with (default: the preset's)" };
        var heads = new Option<int?>("--heads") { Description = "GPT-2's heads in a published checkpoint, which does not tell them (default: width / 64)" };
        var normalize = new Option<bool>("--normalize-prefix") { Description = "Bring embeddings to unit length for a published checkpoint that was trained so" };
        var decode = new Option<string>("--decode") { Description = "beam, greedy or nucleus", DefaultValueFactory = _ => "beam" };
        var beams = new Option<int>("--beams") { Description = "Beams of --decode beam", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Seed of --decode nucleus", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Print an array of {image, caption, score} and nothing else" };
        var command = new Command("caption", "Caption pictures") { images, preset, clip, checkpoint, heads, normalize, decode, beams, seed, json, device };
        command.SetAction(parsed =>
        {
            var decoding = new Decoding
            {
                Kind = Enum.TryParse<DecodingKind>(parsed.GetValue(decode), ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
                    : throw new UserException($"--decode is '{parsed.GetValue(decode)}'; expected beam, greedy or nucleus."),
                Beams = parsed.GetValue(beams) is >= 1 and var n ? n : throw new UserException($"--beams is {parsed.GetValue(beams)}; expected 1 or more."),
                Seed = parsed.GetValue(seed),
            };
            var files = parsed.GetValue(images)!.SelectMany(Pictures).ToList();
            var published = parsed.GetValue(heads) is null && !parsed.GetValue(normalize) ? null : new PublishedSettings { Heads = parsed.GetValue(heads), Normalize = parsed.GetValue(normalize) };
            if (published is { Heads: < 1 }) throw new UserException($"--heads is {published.Heads}; expected 1 or more.");
            if (parsed.GetValue(checkpoint) is null && published is not null) throw new UserException("--heads and --normalize-prefix are of published checkpoints, which need --checkpoint, and --clip or --preset coco.");
            if (parsed.GetValue(clip) is not null && parsed.GetValue(checkpoint) is null) throw new UserException("--clip needs --checkpoint: a captioner trained on that CLIP's embeddings.");
            using var interruption = new Interruption();
            using var speaker = parsed.GetValue(clip) is { } folder
                ? PictureCaptioner.Open(folder, parsed.GetValue(checkpoint)!, published, parsed.GetValue(device)!)
                : PictureCaptioner.Open(parsed.GetValue(preset)!, parsed.GetValue(checkpoint), parsed.GetValue(device)!, published);
            var captions = speaker.Caption(files, decoding, interruption.Watch);
            ConsoleProgress.End();
            if (parsed.GetValue(json))
            {
                var rows = files.Zip(captions, (image, c) => new { image, caption = c.Text, score = c.Score });
                Console.WriteLine(JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
                return;
            }
            for (var i = 0; i < files.Count; i++) Console.WriteLine($"{files[i]}: {captions[i].Text}");
            Console.WriteLine($"({speaker.Name})");
        });
        return command;
    }

    /// <summary>A picture as named; a folder's or a pattern's pictures in ordinal order. What lies in folders inside is left out.</summary>
    private static IEnumerable<string> Pictures(string path)
    {
        if (File.Exists(path)) return [path];
        var name = Path.GetFileName(path);
        var pattern = !Directory.Exists(path) && name.AsSpan().IndexOfAny('*', '?') >= 0;
        if (!pattern && !Directory.Exists(path)) throw new UserException($"{path} does not exist; expected a picture, a folder of pictures or a pattern such as 'photos/*.jpg'.");
        var folder = pattern ? Path.GetDirectoryName(path) is { Length: > 0 } above ? above : "." : path;
        if (!Directory.Exists(folder)) throw new UserException($"{folder} does not exist; expected a folder of pictures.");
        var files = Directory.EnumerateFiles(folder, pattern ? name : "*").Where(f => PictureEndings.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new UserException($"{path} holds no pictures ({string.Join(", ", PictureEndings)}).");
    }

    private static Command Train()
    {
        var (preset, seed, device) = (Options.Preset(), Options.Seed(), Options.Device());
        var source = new Option<string>("--source") { Description = "images (ClipCap), text (another caption of the same image) or matched (the caption itself)", DefaultValueFactory = _ => "text" };
        var noise = new Option<double>("--noise") { Description = "Variance of Gaussian noise on the embeddings in training (CapDec: 0.016)" };
        var steps = new Option<int?>("--steps") { Description = "Steps of training (default: the preset's)" };
        var file = new Option<string>("--out") { Description = "File for the captioner", Required = true };
        var half = new Option<bool>("--half") { Description = "Write the weights in float16" };
        var command = new Command("train", "Train a captioner and write it to a file") { source, preset, seed, noise, steps, file, half, device };
        command.SetAction(parsed =>
        {
            var from = parsed.GetValue(source) switch
            {
                "images" => Source.Images,
                "text" => Source.OtherCaption,
                "matched" => Source.SameCaption,
                var other => throw new UserException($"--source is '{other}'; expected images, text or matched."),
            };
            if (parsed.GetValue(noise) < 0) throw new UserException($"--noise is {parsed.GetValue(noise)}; expected a variance of 0 or more.");
            if (parsed.GetValue(steps) is < 1 and var n) throw new UserException($"--steps is {n}; expected 1 or more.");
            using var interruption = new Interruption();
            using var study = Study.Open(parsed.GetValue(preset)!, parsed.GetValue(seed), parsed.GetValue(device)!, interruption.Watch);
            var recipe = study.Preset.Recipe;
            recipe = recipe with
            {
                Steps = parsed.GetValue(steps) ?? recipe.Steps,
                Noise = parsed.GetValue(noise) > 0 ? new GaussianNoise(parsed.GetValue(noise)) : null,
            };
            var captioner = study.Captioner(from, recipe);
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            captioner.Save(path, parsed.GetValue(half) ? TorchSharp.torch.ScalarType.Float16 : TorchSharp.torch.ScalarType.Float32);
            ConsoleProgress.End();
            Console.WriteLine($"{Study.NameOf(from)}, {captioner.Loss.Losses.Count} steps, loss {captioner.Loss.Last():0.000}: {path}");
        });
        return command;
    }

    private static Command TrainClip()
    {
        var preset = Options.Preset();
        var folder = new Option<string>("--out") { Description = "Folder for configuration, weights and words (default: data/clip-mini, the shipped one)" };
        var steps = new Option<int?>("--steps") { Description = "Steps of training" };
        var scenes = new Option<int>("--scenes") { Description = "Scenes of the pool kept apart for CLIP", DefaultValueFactory = _ => 40_000 };
        var command = new Command("train-clip", "Train the miniature CLIP from scratch (15 to 25 minutes on two cores)") { preset, folder, steps, scenes };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(preset) != "mini") throw new UserException($"--preset is '{parsed.GetValue(preset)}'; only the preset 'mini' has a CLIP that is trained here.");
            var recipe = new ContrastiveRecipe();
            if (parsed.GetValue(steps) is { } n) recipe = recipe with { Steps = n >= 1 ? n : throw new UserException($"--steps is {n}; expected 1 or more.") };
            if (parsed.GetValue(scenes) < recipe.BatchSize) throw new UserException($"--scenes is {parsed.GetValue(scenes)}; expected {recipe.BatchSize} (one batch) or more.");
            using var interruption = new Interruption();
            var path = Path.GetFullPath(parsed.GetValue(folder) ?? MiniClip.Folder);
            var loss = MiniClip.Train(path, recipe, parsed.GetValue(scenes), interruption.Watch);
            ConsoleProgress.End();
            Console.WriteLine($"{loss.Losses.Count} steps, loss {loss.Last():0.000}: {path}");
        });
        return command;
    }
}
