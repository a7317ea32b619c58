using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>demo, table1, table2, figure3, and <see cref="AlignmentCommand"/>.</summary>
internal static class ExperimentCommands
{
    public static IEnumerable<Command> All() =>
    [
        Experiment("demo", "Everything on the embedded miniature world: Table 1, Figure 3 and the alignment study, as a page in out/demo (minutes)", RunParts.All, presets: false),
        Experiment("table1", "Table 1: ClipCap, Unsupervised-ClipCap and \"- matched captions\"", RunParts.Table),
        Experiment("table2", "Table 2: the same in Flickr30k's manner of captions", RunParts.Table),
        Experiment("figure3", "Figure 3: captions of points between a picture's embedding and its caption's", RunParts.Mixup),
        AlignmentCommand.Create(),
    ];

    private static Command Experiment(string name, string description, RunParts parts, bool presets = true)
    {
        var (preset, seed, device) = (Options.Preset(), Options.Seed(), Options.Device());
        var folder = new Option<string>("--out") { Description = "Folder for results.json, captions.jsonl, index.html and tables (default: out/NAME)" };
        var quick = new Option<bool>("--quick") { Description = "Fewer pictures and steps: a first look, with lower scores" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the run that --out holds" };
        var seeds = new Option<int>("--seeds") { Description = "Run this many seeds, from --seed on; results are means", DefaultValueFactory = _ => 1 };
        var limit = new Option<int>("--limit") { Description = "Use the first N test images (0: all)", DefaultValueFactory = _ => 0 };
        var steps = new Option<int>("--steps") { Description = "Steps from image to text", DefaultValueFactory = _ => 10 };
        var command = new Command(name, description) { seed, folder, quick, overwrite, device };
        if (presets) command.Add(preset);
        if (presets) command.Add(seeds);
        if (presets) command.Add(limit);
        if (parts.HasFlag(RunParts.Mixup)) command.Add(steps);
        command.SetAction(parsed =>
        {
            var settings = new RunSettings
            {
                Command = name,
                Parts = parts,
                Preset = presets ? parsed.GetValue(preset)! : "mini",
                Style = name == "table2" && (!presets || parsed.GetValue(preset) == "mini") ? CaptionStyle.Flickr30k : CaptionStyle.Coco,
                Seed = parsed.GetValue(seed),
                Seeds = presets ? parsed.GetValue(seeds) : 1,
                Limit = presets ? parsed.GetValue(limit) : 0,
                Steps = parts.HasFlag(RunParts.Mixup) ? parsed.GetValue(steps) : 10,
                Quick = parsed.GetValue(quick),
                Device = parsed.GetValue(device)!,
            };
            var path = parsed.GetValue(folder) ?? Path.Combine(Locations.Root, "out", name == "demo" ? "demo" : $"{name}-{settings.Preset}");
            Run(settings, path, parsed.GetValue(overwrite), $"./run {string.Join(' ', parsed.Tokens.Select(t => t.Value))}");
        });
        return command;
    }

    /// <summary>Runs, or finds the run done, and prints tables, claims and the page's place.</summary>
    public static Results Run(RunSettings settings, string path, bool overwrite, string typed)
    {
        settings.Check();
        var folder = RunDirectory.Open(path, settings, overwrite);
        Results results;
        if (folder.IsDone)
        {
            results = Results.Load(folder.Results);
            Console.WriteLine($"All is done: {folder.Path} holds the run of these settings. '--overwrite' runs it again.\n");
        }
        else
        {
            using var interruption = new Interruption();
            results = ExperimentRun.Run(settings, folder, typed, interruption.Watch);
        }
        if (results.Table.Count > 0) Console.WriteLine(ScoreTable.Of(results.Table, ExperimentRun.PaperTableOf(settings)).ToText());
        if (results.Mixup.Count > 0) Console.WriteLine(ScoreTable.OfMixup(results.Mixup).ToText());
        if (results.Alignment.Count > 0) Console.WriteLine(ScoreTable.OfAlignment(results.Alignment).ToText());
        foreach (var claim in (results.Claims ?? []).Where(c => c.Holds is not null))
            Console.WriteLine($"{(claim.Holds == true ? "holds        " : "does not hold")}  {claim.Statement}: {claim.Detail}");
        if (results.Settings?.GetValueOrDefault("Left out") is { } leftOut) Console.WriteLine($"\nPictures that could not be decoded, and are in no part: {leftOut}");
        Console.WriteLine($"\n{results.Seconds:0} s. Page: {folder.File("index.html")}");
        return results;
    }
}
