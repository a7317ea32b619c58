using System.Diagnostics;
using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>One run of the paper's experiments, from data to a folder with results, captions, tables, charts and a page.</summary>
public static class ExperimentRun
{
    private const int PicturesOfAPage = 96;

    /// <summary>One seed's experiments.</summary>
    private sealed record SeedRun(Study Study, TableExperiment? Table, MixupCurve? Mixup, AlignmentStudy? Alignment, double Seconds) : IDisposable
    {
        public IEnumerable<CaptionRecord> Captions => (Table?.Captions ?? []).Concat(Mixup?.Captions ?? []).Concat(Alignment?.Captions ?? []);

        public void Dispose() => Study.Dispose();
    }

    /// <summary>Runs and writes; what is in the cache already is not made again, and a stopped run goes on where it stopped.</summary>
    /// <param name="settings">What to run.</param>
    /// <param name="folder">Where the results go.</param>
    /// <param name="command">The command as typed, for the page.</param>
    /// <param name="watch">Progress and cancellation.</param>
    /// <param name="preset">A preset of one's own; the settings' by default.</param>
    public static Results Run(RunSettings settings, RunDirectory folder, string command, Watch? watch = null, Preset? preset = null)
    {
        watch ??= Watch.Ambient;
        settings.Check();
        var clock = Stopwatch.StartNew();
        var runs = new List<SeedRun>();
        try
        {
            for (var seed = settings.Seed; seed < settings.Seed + settings.Seeds; seed++)
            {
                var run = RunSeed(settings, preset ?? settings.ThePreset(), seed, watch);
                if (runs.Count == 0) RunConfiguration.Write(folder.File("configuration.json"), settings, run.Study, command);
                runs.Add(run);
                CaptionRecord.WriteAll(folder.File(runs.Count == 1 ? "captions.jsonl" : $"captions-seed{seed}.jsonl"), run.Captions);
            }
            var results = Combine(settings, runs, clock.Elapsed.TotalSeconds);
            WriteTables(settings, results, folder);
            Report.Write(folder.File("index.html"), Page(settings, runs, results, command));
            results.Save(folder.Results);
            return results;
        }
        finally
        {
            foreach (var run in runs) run.Dispose();
        }
    }

    private static SeedRun RunSeed(RunSettings settings, Preset preset, int seed, Watch watch)
    {
        var clock = Stopwatch.StartNew();
        var study = Study.Open(preset, seed, settings.Device, watch);
        var table = settings.Parts.HasFlag(RunParts.Table) ? TableExperiment.Run(study, settings.Limit) : null;
        var mixup = settings.Parts.HasFlag(RunParts.Mixup) ? MixupCurve.Run(study, Mixup.Steps(0, 1, 1.0 / settings.Steps), settings.Limit) : null;
        var alignment = settings.Parts.HasFlag(RunParts.Alignment) ? AlignmentStudy.Run(study, settings.Limit, settings.Methods.Length > 0 ? Alignments.Parse(settings.Methods) : null) : null;
        return new(study, table, mixup, alignment, clock.Elapsed.TotalSeconds);
    }

    private static Results Combine(RunSettings settings, IReadOnlyList<SeedRun> runs, double seconds)
    {
        var results = new Results
        {
            Preset = settings.Preset,
            Seed = settings.Seed,
            Seconds = Math.Round(seconds, 1),
            Table = SeedMeans.Of([.. runs.Select(r => r.Table?.Scores ?? [])]),
            Mixup = SeedMeans.Of([.. runs.Select(r => r.Mixup?.Scores ?? [])]),
            Alignment = SeedMeans.Of([.. runs.Select(r => r.Alignment?.Scores ?? [])]),
            Encoder = runs[0].Study.Encoder,
            Version = typeof(ExperimentRun).Assembly.GetName().Version?.ToString(3),
            Settings = Facts(settings, runs).ToDictionary(f => f.Label, f => f.Value),
        };
        return results with { Claims = Claims.Of(results) };
    }

    private static void WriteTables(RunSettings settings, Results results, RunDirectory folder)
    {
        var tables = new List<(string Name, ScoreTable Table)>();
        if (results.Table.Count > 0) tables.Add(("table", ScoreTable.Of(results.Table, PaperTableOf(settings))));
        if (results.Mixup.Count > 0) tables.Add(("mixup", ScoreTable.OfMixup(results.Mixup)));
        if (results.Alignment.Count > 0) tables.Add(("alignment", ScoreTable.OfAlignment(results.Alignment)));
        foreach (var (name, table) in tables)
        {
            AtomicFile.WriteText(folder.File($"{name}.csv"), table.ToCsv());
            AtomicFile.WriteText(folder.File($"{name}.tex"), table.ToLatex());
        }
        if (results.Mixup.Count > 0) MixupCurve.ChartOf(results.Mixup).SaveSvg(folder.File("mixup.svg"));
    }

    /// <summary>The paper's table that a run stands beside.</summary>
    public static PaperTable PaperTableOf(RunSettings settings) => settings.Preset switch
    {
        "coco" => Paper.Table1,
        "flickr30k" => Paper.Table2,
        _ => settings.Command == "table2" ? Paper.Table2 : Paper.Table1,
    };

    private static ReportInput Page(RunSettings settings, IReadOnlyList<SeedRun> runs, Results results, string command)
    {
        var run = runs[0];
        var rows = run.Table?.Rows ?? run.Alignment?.Rows.Select(r => r.Evaluated).ToList()
            ?? [.. run.Mixup!.Points.Where(p => p.Lambda == 0).Select(p => p.Evaluated)];
        var pictures = new List<ReportPicture>();
        var shown = new List<int>();
        for (var i = 0; i < rows[0].Captions.Count; i++)
        {
            var image = run.Study.Test.Images[i];
            if (settings.Preset != "flickr8k" && pictures.Count == PicturesOfAPage) break;     // flickr8k brings 200 photographs and no more
            if (run.Study.Picture(image.Id) is not { } file) continue;
            pictures.Add(new(image.Id, file.Content, file.MimeType, [.. rows.Select(r => (r.Method, r.Captions[i], (double?)r.Scores.PerImage[ScoreNames.Cider][i]))], image.Captions));
            shown.Add(i);
        }
        return new()
        {
            Title = settings.Command == "demo" ? "UnsupClipCap: captions from text alone" : $"UnsupClipCap: {settings.Command} on {settings.Preset}",
            Lead = $"Unsupervised-ClipCap learnt to caption from sentences alone: it was trained on the embedding of another caption of the same image and saw no picture. " +
                $"Here it captions {rows[0].Captions.Count:n0} test pictures beside ClipCap, which was trained on pictures. Data: {run.Study.Description}. Encoder: {run.Study.Encoder}.",
            Results = results,
            Pictures = pictures,
            MixupExamples = run.Mixup is { } mixup && shown.Count > 0
                ? [.. mixup.Points.Select(p => new MixupExample(p.Lambda, p.Evaluated.Method, p.Evaluated.Captions[shown[0]]))] : [],
            MixupPicture = pictures.Count > 0 ? pictures[0].Id : null,
            PaperTable = PaperTableOf(settings),
            Facts = [("Command", command), .. Facts(settings, runs), .. Times(runs)],
            Losses = [.. run.Study.Captioners.Select(c => (Study.NameOf(c.Card.Source), c.Loss))],
            Notes = Notes(settings),
        };
    }

    private static IReadOnlyList<(string Label, string Value)> Facts(RunSettings settings, IReadOnlyList<SeedRun> runs)
    {
        var study = runs[0].Study;
        var recipe = study.Recipe;
        var seeds = settings.Seeds == 1 ? $"{settings.Seed}" : $"{settings.Seed} to {settings.Seed + settings.Seeds - 1}; numbers are means, bands are standard deviations";
        return
        [
            ("Preset", $"{settings.Preset}{(settings.Quick ? ", quick" : "")}"),
            ("Data", study.Description),
            ("Encoder", study.Encoder),
            ("Seeds", seeds),
            ("Test images", $"{(runs[0].Table?.Images ?? runs[0].Mixup?.Images ?? runs[0].Alignment!.Images).ToString("n0", CultureInfo.InvariantCulture)}"),
            ("Modality gap", FormattableString.Invariant($"{study.Gap.Gap:0.000}; cosine {study.Gap.CosinePaired:0.000} paired, {study.Gap.CosineUnpaired:0.000} unpaired; image to text R@1 {study.Gap.RecallAt1:0.000}, R@5 {study.Gap.RecallAt5:0.000}")),
            ("Captioner", $"GPT-2, width {recipe.Gpt2.Width}, {recipe.Gpt2.Layers} layers, {recipe.Gpt2.Heads} heads; prefix of {recipe.PrefixLength} by an MLP; {(recipe.Steps is { } steps ? $"{steps} steps" : $"{recipe.Epochs} epochs")} of {recipe.BatchSize}, AdamW {recipe.LearningRate.ToString(CultureInfo.InvariantCulture)}{(recipe.InitialGpt2 is null ? "" : $", from the weights in '{recipe.InitialGpt2}'")}"),
            ("Scores", study.Metrics.Any(m => m is Meteor) ? "coco-caption's eight; SPICE by a parser that imitates the original's"
                : "coco-caption's but METEOR, whose paraphrase table was not found (meteor/paraphrase-en.gz among the data sets); SPICE by a parser that imitates the original's"),
            ("Decoding", study.Preset.Decoding.Kind == DecodingKind.Beam ? $"beam of {study.Preset.Decoding.Beams}" : study.Preset.Decoding.Kind.ToString().ToLowerInvariant()),
            .. study.LeftOut.Count == 0 ? [] : new[] { ("Left out", string.Join(" ", study.LeftOut.Select(l => $"{l.Name}: {l.Reason}"))) },
            ("Device", $"{study.Device.type.ToString().ToLowerInvariant()}, {TorchSharp.torch.get_num_threads()} threads, libtorch {TorchSharp.torch.__version__}"),
        ];
    }

    private static IEnumerable<(string, string)> Times(IReadOnlyList<SeedRun> runs) => runs.Select(run =>
        ($"Time, seed {run.Study.Seed}", FormattableString.Invariant($"{run.Seconds:0} s; ") +
            (run.Study.Trained.Count == 0 ? "all captioners were in the cache" : $"trained {string.Join(", ", run.Study.Trained)}")));

    private static IReadOnlyList<string> Notes(RunSettings settings)
    {
        var notes = new List<string>
        {
            settings.Preset is "coco" or "flickr30k"
                ? "The paper does not state backbone, prefix, optimiser, epochs or decoding; these are ClipCap's. Its numbers can be compared where CLIP and GPT-2 are the published ones and nothing was left out by --quick or --limit."
                : "The paper's numbers are on COCO or Flickr30k with CLIP and GPT-2; ours are on other data with other models, so levels cannot be compared, only findings.",
        };
        if (settings.Preset == "flickr8k") notes.Add("The encoder here is not CLIP. It shares CLIP's geometry: a gap of .80, cosines of .37 paired and .21 unpaired. R@1 above is among the first captions of the test images.");
        notes.Add("Alignments are fitted on training images and captions; the paper's transport, which can map only what it was fitted on, on the test images and the first caption of each.");
        notes.Add(Paper.Inconsistency);
        return notes;
    }
}
