using System.CommandLine;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>embed, embed verify, embed merge, embed export, embed import.</summary>
internal static class EmbedCommands
{
    public static Command Create()
    {
        var clip = new Option<string>("--clip") { Description = "Folder of a Hugging Face or OpenCLIP checkpoint, or one of OpenAI's files" };
        var images = new Option<string>("--images") { Description = "Folder of pictures, encoded in ordinal order of their names" };
        var captions = new Option<string>("--captions") { Description = "File of captions, a line each; also COCO's and Karpathy's JSON, Flickr's .token files; gzipped or not" };
        var split = new Option<string>("--split") { Description = "Part of Karpathy's file: train, val, test, several joined by +, or all (default: test)" };
        var store = new Option<string>("--out") { Description = "Folder for the store; a run that was stopped goes on there" };
        var (npy, overwrite, device) = (NpyOption(), Overwrite(), Options.Device());
        var normalize = new Option<bool>("--normalize") { Description = "Rows of unit length instead of the encoder's own output" };
        var type = new Option<string>("--dtype") { Description = "float32, or float16 for half the space and three digits", DefaultValueFactory = _ => "float32" };
        var shard = new Option<string>("--shard") { Description = "i/n: encode the i-th of n parts of the list, into a folder of its own inside --out" };
        var shardItems = new Option<int>("--shard-items") { Description = "Items a shard file", DefaultValueFactory = _ => new EmbeddingOptions().ShardItems };
        var batch = new Option<int>("--batch") { Description = "Items the model takes at once", DefaultValueFactory = _ => new EmbeddingOptions().Batch };
        var strict = new Option<bool>("--strict") { Description = "Pictures that cannot be decoded are an error" };
        var bfloat16 = new Option<bool>("--bfloat16") { Description = "Compute in bfloat16 where the device has it: faster, good to two or three digits" };
        var command = new Command("embed", "Encode pictures or captions with a CLIP into a store, or a .npy file") { clip, images, captions, split, store, npy, normalize, type, shard, shardItems, batch, strict, overwrite, device, bfloat16 };
        foreach (var below in new[] { Verify(), Merge(), Export() }) command.Add(below);
        command.SetAction(parsed =>
        {
            var (pictures, texts, place, array) = (parsed.GetValue(images), parsed.GetValue(captions), parsed.GetValue(store), parsed.GetValue(npy));
            var path = parsed.GetValue(clip) ?? throw new UserException("--clip is missing; expected a folder or file with a CLIP.");
            if (pictures is null == texts is null) throw new UserException($"{(pictures is null ? "Neither --images nor --captions is" : "Both --images and --captions are")} given; expected one of them.");
            if (place is null && array is null) throw new UserException("Neither --out nor --npy is given; expected a place for the embeddings: one of them, or both.");
            if (parsed.GetValue(split) is not null && texts is null) throw new UserException("--split is given without --captions; it chooses a part of Karpathy's file of captions.");
            var options = new EmbeddingOptions
            {
                Part = parsed.GetValue(shard) is { } part ? EmbeddingPart.Parse(part) : EmbeddingPart.Whole,
                Normalize = parsed.GetValue(normalize),
                Type = parsed.GetValue(type) switch
                {
                    "float32" => ScalarType.Float32,
                    "float16" => ScalarType.Float16,
                    var other => throw new UserException($"--dtype is '{other}'; expected float16 or float32."),
                },
                ShardItems = AtLeastOne(parsed.GetValue(shardItems), "--shard-items"),
                Batch = AtLeastOne(parsed.GetValue(batch), "--batch"),
                Overwrite = parsed.GetValue(overwrite),
            };
            if (array is not null) CheckFile(array);
            EmbeddingInput input = pictures is not null ? PictureList.Open(pictures) : CaptionList.Open(texts!, parsed.GetValue(split));
            using var interruption = new Interruption();
            using var encoder = Load(path, input.Kind).To(Devices.Find(parsed.GetValue(device)!), parsed.GetValue(bfloat16));
            // Without --out the rows are gathered in the cache, so that the same command goes on there too.
            var folder = place ?? Cache.PathOf("embeddings", "embed", EmbeddingRun.Settings(encoder, input, options) with { Encoder = new("", encoder.Fingerprint) }, "");
            if (place is not null && !options.Part.IsWhole) folder = Path.Combine(place, options.Part.Folder);
            var made = EmbeddingRun.Run(encoder, input, Path.GetFullPath(folder), options, new Shown(input.Kind), interruption.Token);
            ConsoleProgress.End();
            var refused = parsed.GetValue(strict) && made.LeftOut.Count > 0;
            if (array is not null && !refused) made.WriteNpy(Path.GetFullPath(array));
            Tell(made, place is null ? null : folder, refused ? null : array);
            if (refused) throw new UserException($"{made.LeftOut.Count:n0} pictures could not be decoded, the first of them {made.LeftOut[0].Name}; --strict asks for all. Mend or remove them, or leave --strict out.");
            if (place is null) Directory.Delete(folder, recursive: true);
        });
        return command;
    }

    private static Command Verify()
    {
        var store = new Argument<string>("STORE") { Description = "A store of embeddings" };
        var command = new Command("verify", "Compare every shard of a store with its SHA-256") { store };
        command.SetAction(parsed =>
        {
            using var interruption = new Interruption();
            var opened = EmbeddingStore.Open(parsed.GetValue(store)!);
            opened.Verify(interruption.Watch.Share("Verifying"), interruption.Token);
            ConsoleProgress.End();
            Tell(opened, opened.Folder, null);
            Console.WriteLine($"{opened.Index.Shards.Count} of {opened.Index.Shards.Count} shards are whole.");
        });
        return command;
    }

    private static Command Merge()
    {
        var parts = new Argument<string[]>("PARTS") { Description = "The stores that --shard made, or the folder that they lie in", Arity = ArgumentArity.OneOrMore };
        var store = new Option<string>("--out") { Description = "Folder for the whole store", Required = true };
        var (npy, overwrite) = (NpyOption(), Overwrite());
        var command = new Command("merge", "Join the parts of one list that --shard made") { parts, store, npy, overwrite };
        command.SetAction(parsed =>
        {
            var array = parsed.GetValue(npy);
            if (array is not null) CheckFile(array);
            using var interruption = new Interruption();
            var folder = Path.GetFullPath(parsed.GetValue(store)!);
            var merged = EmbeddingMerge.Run(folder, parsed.GetValue(parts)!, parsed.GetValue(overwrite), interruption.Watch.Share("Merging"), interruption.Token);
            ConsoleProgress.End();
            if (array is not null) merged.WriteNpy(Path.GetFullPath(array));
            Tell(merged, folder, array);
        });
        return command;
    }

    private static Command Export()
    {
        var store = new Argument<string>("STORE") { Description = "A store of embeddings" };
        var npy = NpyOption();
        npy.Required = true;
        var command = new Command("export", "Write a store as a .npy file and a list of names") { store, npy };
        command.SetAction(parsed =>
        {
            var array = parsed.GetValue(npy)!;
            CheckFile(array);
            var opened = EmbeddingStore.Open(parsed.GetValue(store)!);
            opened.WriteNpy(Path.GetFullPath(array));
            Tell(opened, null, array);
        });
        return command;
    }

    private static Option<string> NpyOption() => new("--npy") { Description = "File for all rows as float32 in NumPy's format; the rows' names go beside it, one a line, as .names.txt" };

    private static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace the store that --out holds" };

    private static ClipEncoder Load(string path, EmbeddingKind kind)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return kind == EmbeddingKind.Images ? ClipEncoder.LoadForPictures(path, name) : ClipEncoder.Load(path, name);
    }

    private static int AtLeastOne(int value, string option) => value >= 1 ? value : throw new UserException($"{option} is {value}; expected 1 or more.");

    /// <summary>Hours of work must not end at a place that could have been refused at once.</summary>
    private static void CheckFile(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"--npy is the folder {path}; expected a file.");
        if (!path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)) throw new UserException($"--npy is {path}; expected a name that ends in .npy.");
    }

    private static void Tell(EmbeddingStore store, string? folder, string? npy)
    {
        var settings = store.Index.Settings;
        var what = settings.Kind == EmbeddingKind.Images ? "pictures" : "captions";
        var (first, end) = settings.Part.Range(settings.Items);
        Console.WriteLine($"{store.Count:n0} of {end - first:n0} {what}{(settings.Part.IsWhole ? "" : $" (part {settings.Part} of {settings.Items:n0})")}, {store.Width} wide, " +
            $"{(settings.IsNormalized ? "of unit length" : "not normalised")}, encoder {settings.Encoder}");
        if (folder is not null) Console.WriteLine($"store: {folder}");
        if (npy is not null) Console.WriteLine($"array: {npy}, names: {Path.ChangeExtension(npy, ".names.txt")}");
        if (store.LeftOut.Count == 0) return;
        Console.WriteLine($"{store.LeftOut.Count:n0} left out:");
        foreach (var item in store.LeftOut) Console.WriteLine($"  {item.Name}: {item.Reason}");
    }

    /// <summary>Items done, their rate and the time left, on standard error.</summary>
    private sealed class Shown(EmbeddingKind kind) : IProgress<EmbeddingProgress>
    {
        private readonly ConsoleProgress _progress = new();

        public void Report(EmbeddingProgress p) => _progress.Report(new(kind == EmbeddingKind.Images ? "Encoding pictures" : "Encoding captions", (double)p.Done / p.Total,
            FormattableString.Invariant($"{p.Done:n0} of {p.Total:n0}, {p.PerSecond:n0}/s, {(p.Left.TotalSeconds < 90 ? $"{p.Left.TotalSeconds:0} s" : $"{p.Left.TotalMinutes:0} min")} left")));
    }
}
