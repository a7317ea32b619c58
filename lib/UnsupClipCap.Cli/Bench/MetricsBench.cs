using System.Diagnostics;
using System.Text.Json;
using UnsupClipCap.Metrics;

namespace UnsupClipCap.Cli;

/// <summary>
/// bench metrics: COCO's val2017, of each image the first caption against its others: a whole run of <c>score</c> as another process, start and reading
/// included, its memory, whether time grows linearly with the images, and each metric alone. Coco-caption's own tools need Java and are not run here;
/// what is said of them was measured elsewhere on two cores.
/// </summary>
internal sealed class MetricsBench : IDisposable
{
    private const string Data = "coco/captions_val2017.json", PublishedWhole = "coco-caption's own tools, METEOR included: 13.3 to 14.5 s";
    private static readonly string[] Whole = ["bleu", "meteor", "rouge", "cider"];

    /// <summary>Seconds that coco-caption's tools take for val2017, by the metric's name.</summary>
    private static readonly Dictionary<string, string> Published = new() { ["bleu"] = "0.8", ["meteor"] = "8.5 to 9.7", ["rouge"] = "0.4", ["cider"] = "2.7" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unsupclipcap-bench-");
    private readonly IReadOnlyList<IReadOnlyList<string>> _captions;
    private readonly bool _quick;
    private readonly int _rounds;
    private readonly CancellationToken _cancel;

    private MetricsBench(bool quick, CancellationToken cancel)
    {
        (_quick, _rounds, _cancel) = (quick, quick ? 1 : 5, cancel);
        _captions = quick ? [.. MiniScenes.Generate(MiniSplit.Test, 100, seed: 1).Select(s => s.Captions)] : CaptionFile.Read(Locations.Find(Data)
            ?? throw new UserException($"{Data} is in none of {string.Join(", ", Locations.DataFolders)}; expected COCO's captions of val2017. './run fetch coco500' brings the file; or measure made-up captions with --quick.")).Captions;
    }

    /// <summary>Measures all.</summary>
    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        using var bench = new MetricsBench(quick, cancel);
        return [.. bench.Processes(), bench.Spice(), .. bench.Parts()];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Whole runs on once, twice and four times the images.</summary>
    private List<Measurement> Processes()
    {
        var metrics = string.Join(',', CaptionMetrics.Names.Intersect(Whole));
        int[] sizes = [1, 2, 4];
        var files = sizes.Select(Write).ToArray();
        var clocks = sizes.Select(_ => new Clock()).ToArray();
        var peaks = new long[sizes.Length];
        for (var round = -1; round < _rounds; round++)                                  // round -1 warms up: files in memory, tables packed
            for (var s = 0; s < sizes.Length; s++)
            {
                _cancel.ThrowIfCancellationRequested();
                clocks[s].Time(round < 0, () => peaks[s] = Math.Max(peaks[s], Score(files[s].References, files[s].Candidates, metrics)));
            }
        var rows = sizes.Select((size, s) => new Measurement($"score --metrics {metrics}, {size * _captions.Count:n0} images")
        {
            Seconds = clocks[s].Median,
            PerSecond = size * _captions.Count / clocks[s].Median,
            Unit = "images/s",
            Note = FormattableString.Invariant($"{peaks[s] / 1e6:0} MB at most"),
        }).ToList();
        rows[0] = rows[0] with { Note = string.Join("; ", [rows[0].Note, .. OfFullSize(PublishedWhole)]), Goals = OfFullSize<Goal>(new("less than 2.5 s", clocks[0].Median < 2.5), new("less than 700 MB", peaks[0] < 700e6)) };

        // The start costs the same whatever the size: what counts is how the differences grow. Others' work on the machine only adds: the least of each.
        var growth = (clocks[2].Least - clocks[1].Least) / (clocks[1].Least - clocks[0].Least);
        return [.. rows, .. OfFullSize(new Measurement("Growth, from 2 to 4 times over from 1 to 2 times") { Ratio = growth, Goals = [new("linear: 2, at most 2.6", growth < 2.6)] })];
    }

    /// <summary>A whole run of SPICE in a process of its own, so that every caption is parsed and none found parsed before.</summary>
    private Measurement Spice()
    {
        var (references, candidates) = Write(1);
        var captions = _captions.Sum(c => c.Count);
        var clock = new Clock();
        var peak = 0L;
        for (var round = 0; round < Math.Min(_rounds, 2); round++)
        {
            _cancel.ThrowIfCancellationRequested();
            clock.Time(false, () => peak = Math.Max(peak, Score(references, candidates, "spice")));
        }
        var rate = captions / clock.Median;
        return new($"score --metrics spice, {captions:n0} captions")
        {
            Seconds = clock.Median,
            PerSecond = rate,
            Unit = "captions/s",
            Note = FormattableString.Invariant($"{peak / 1e6:0} MB at most"),
            Goals = OfFullSize(new Goal("2,000 captions/s or more", rate >= 2000)),
        };
    }

    /// <summary>The parts one by one in this process, once everything is compiled.</summary>
    private List<Measurement> Parts()
    {
        var (references, candidates) = Write(1);
        var truth = CaptionFile.Read(references);
        var captions = CaptionFile.Read(candidates).Captions.Select(c => c[0]).ToArray();
        CaptionReferences prepared = new(truth.Captions);
        var rows = new List<Measurement>
        {
            Part("Reading references", truth.CaptionCount, "", () => CaptionFile.Read(references)),
            Part("Tokenising references", truth.CaptionCount, string.Concat(OfFullSize("coco-caption's tokenizer: 0.6 s")), () => PtbTokenizer.TokenizeAll([.. truth.Captions.SelectMany(c => c)])),
            Part("Tokenising and preparing references", truth.CaptionCount, "", () => prepared = new(truth.Captions)),
        };
        foreach (var name in CaptionMetrics.Names.Except(["spice"]))        // SPICE keeps what it has parsed: see above
        {
            var evaluator = new CaptionEvaluator(prepared, CaptionMetrics.Named([name]));
            rows.Add(Part($"{name} alone, tokenising candidates included", captions.Length, Published.TryGetValue(name, out var seconds) ? string.Concat(OfFullSize($"coco-caption's tool: {seconds} s")) : "", () => evaluator.Score(captions, null, _cancel)));
        }
        return rows;
    }

    private Measurement Part(string what, int captions, string note, Action run)
    {
        var clock = new Clock();
        for (var round = -1; round < _rounds; round++)
        {
            _cancel.ThrowIfCancellationRequested();
            clock.Time(round < 0, run);
        }
        return new(what) { Seconds = clock.Median, PerSecond = captions / clock.Median, Unit = "captions/s", Note = note };
    }

    /// <summary>References and candidates of all images, so many times over under other ids.</summary>
    private (string References, string Candidates) Write(int times)
    {
        var images = Enumerable.Range(0, times * _captions.Count).Select(i => (Id: i, Captions: _captions[i % _captions.Count])).ToList();
        return (
            Json($"references{times}.json", new
            {
                images = images.Select(i => new { id = i.Id }),
                annotations = images.SelectMany(i => i.Captions.Skip(1).Select((caption, k) => new { id = i.Id * 100L + k, image_id = i.Id, caption })),
            }),
            Json($"candidates{times}.json", images.Select(i => new { image_id = i.Id, caption = i.Captions[0] })));
    }

    private string Json<T>(string name, T content)
    {
        var path = Path.Combine(_folder.FullName, name);
        using var stream = File.Create(path);
        JsonSerializer.Serialize(stream, content);
        return path;
    }

    /// <summary>Scores in another process; gives its largest memory in bytes.</summary>
    private long Score(string references, string candidates, string metrics)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MetricsBench).Assembly.Location, "score", "--references", references, "--candidates", candidates, "--metrics", metrics])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        try
        {
            while (!process.WaitForExit(10))
            {
                _cancel.ThrowIfCancellationRequested();
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between being asked and answering.
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        process.WaitForExit();
        if (process.ExitCode != 0) throw new UserException($"score ended with {process.ExitCode}: {errors.Result.Trim()}{output.Result.Trim()}");
        return peak;
    }

    /// <summary>Goals and what to compare with are for the full size.</summary>
    private T[] OfFullSize<T>(params T[] of) => _quick ? [] : of;
}
