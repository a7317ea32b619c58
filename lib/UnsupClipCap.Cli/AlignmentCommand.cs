using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>alignment: the study by captions of a trained model, or by retrieved captions on real CLIP pairs.</summary>
internal static class AlignmentCommand
{
    private const string Pairs = "coco500";

    public static Command Create()
    {
        var (seed, device) = (Options.Seed(), Options.Device());
        var preset = new Option<string>("--preset") { Description = $"Data and settings: {string.Join(", ", Preset.All.Select(p => p.Name))}, or {Pairs} (real CLIP pairs, captions by retrieval, no decoder)", DefaultValueFactory = _ => "mini" };
        var methods = new Option<string>("--methods") { Description = $"Methods, with commas between: paper, all, or names as in \"none, mean shift(step=0.5), coral(ridge=0.1)\" (default: all that need no captioner of their own). There are: {string.Join(", ", Alignments.Titles)}" };
        var json = new Option<string>("--json") { Description = "Write the rows to this file too" };
        var folder = new Option<string>("--out") { Description = "Folder for results.json, tables and page (default: out/alignment-PRESET)" };
        var quick = new Option<bool>("--quick") { Description = "Fewer pictures and steps: a first look, with lower scores" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the run that --out holds" };
        var seeds = new Option<int>("--seeds") { Description = "Run this many seeds, from --seed on; results are means", DefaultValueFactory = _ => 1 };
        var limit = new Option<int>("--limit") { Description = "Use the first N test images (0: all)", DefaultValueFactory = _ => 0 };
        var command = new Command("alignment", "The alignment study: the paper's methods as it writes them, these mended, and later ones") { preset, methods, json, folder, seed, seeds, limit, quick, overwrite, device };
        command.SetAction(parsed =>
        {
            var (name, chosen, file) = (parsed.GetValue(preset)!, parsed.GetValue(methods), parsed.GetValue(json));
            if (name == Pairs)
            {
                if (parsed.GetValue(quick) || parsed.GetValue(limit) != 0 || parsed.GetValue(seeds) != 1)
                    throw new UserException($"--quick, --limit and --seeds are for captioners; the preset '{Pairs}' is measured whole and at once. Leave them out.");
                OnPairs(Chosen(chosen, Alignments.All), file, parsed.GetValue(folder));
                return;
            }
            var settings = new RunSettings
            {
                Command = "alignment",
                Parts = RunParts.Alignment,
                Preset = name,
                Seed = parsed.GetValue(seed),
                Seeds = parsed.GetValue(seeds),
                Limit = parsed.GetValue(limit),
                Quick = parsed.GetValue(quick),
                Device = parsed.GetValue(device)!,
                Methods = string.Join(", ", Chosen(chosen, AlignmentStudy.MethodsOfOneCaptioner).Select(m => m.Name)),
            };
            settings.Check();
            var path = parsed.GetValue(folder) ?? Path.Combine(Locations.Root, "out", $"alignment-{name}{(chosen is null ? "" : "-" + settings.Key())}");
            var results = ExperimentCommands.Run(settings, path, parsed.GetValue(overwrite), $"./run {string.Join(' ', parsed.Tokens.Select(t => t.Value))}");
            if (file is null) return;
            AlignmentFile.Write(file, name, results.Alignment);
            Console.WriteLine($"Rows: {Path.GetFullPath(file)}");
        });
        return command;
    }

    private static IReadOnlyList<IAlignment> Chosen(string? names, IReadOnlyList<IAlignment> otherwise) => names?.Trim().ToLowerInvariant() switch
    {
        null => otherwise,
        "paper" => AlignmentStudy.PaperMethods,
        "all" => Alignments.All,
        _ => Alignments.Parse(names),
    };

    private static void OnPairs(IReadOnlyList<IAlignment> methods, string? json, string? folder)
    {
        using var interruption = new Interruption();
        var pairs = ClipPairs.Coco500();
        var study = RetrievalStudy.Run(pairs, methods, interruption.Watch);
        var noise = NoiseMeasures.Of(ClipPairs.Flickr100());
        ConsoleProgress.End();
        var table = study.Table();
        folder = Path.GetFullPath(folder ?? Path.Combine(Locations.Root, "out", $"alignment-{Pairs}"));
        AtomicFile.WriteText(Path.Combine(folder, "alignment.csv"), table.ToCsv());
        AtomicFile.WriteText(Path.Combine(folder, "alignment.tex"), table.ToLatex());
        study.Chart().SaveSvg(Path.Combine(folder, "alignment.svg"));
        AlignmentFile.Write(Path.Combine(folder, "results.json"), Pairs, study.Scores, noise);
        if (json is not null) AlignmentFile.Write(json, Pairs, study.Scores, noise);
        Console.WriteLine($"{pairs.Name}: fitted on the first half, evaluated on the second; each aligned image takes the caption of its nearest training text.");
        Console.WriteLine("Methods marked * are fitted on the half they are evaluated on and see its texts; methods marked + are told which image and text are pairs.\n");
        Console.WriteLine((table with { Lines = [.. table.Lines.Zip(study.Rows, (line, row) => line with { Labels = [row.Method.Name + (row.Method.IsTransductive ? " *" : "") + (row.Method.NeedsPairs ? " +" : "")] })] }).ToText());
        Console.WriteLine($"The noise of text-only training, by {noise}");
        Console.WriteLine($"Folder: {folder}{(json is null ? "" : $"; rows: {Path.GetFullPath(json)}")}");
    }
}
