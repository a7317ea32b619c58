using System.CommandLine;
using System.CommandLine.Parsing;

namespace UnsupClipCap.Metrics.Cli;

/// <summary>score: captions in files against references in a file.</summary>
internal static class ScoreCommand
{
    public static Command Create(string name)
    {
        var references = new Option<string>("--references") { Description = "File of references: COCO annotations or results, Karpathy's splits, Flickr token file, or {\"id\": [captions]}; .gz too", Required = true, HelpName = "REF" };
        var candidates = new Option<string>("--candidates") { Description = "File of captions to score, one an image, in any of these formats", HelpName = "CAND" };
        var compare = new Option<string[]>("--compare") { Description = "Two files of captions: scores of both and a bootstrap interval of the difference", Arity = new(2, 2), AllowMultipleArgumentsPerToken = true, HelpName = "A B" };
        var metrics = new Option<string>("--metrics") { Description = $"Some of {string.Join(',', CaptionMetrics.Names)} (default: all)", HelpName = "LIST" };
        var split = new Option<string>("--split") { Description = $"Part of Karpathy's splits: test, val, train, restval, several joined by '+', or all (default: {CaptionFile.DefaultSplit})", HelpName = "NAME" };
        var partial = new Option<bool>("--partial") { Description = "Leave out images that lack a candidate or a reference" };
        var file = new Option<string>("--json") { Description = "File for the scores, in full precision under coco-caption's keys", HelpName = "OUT" };
        var perImage = new Option<string>("--per-image") { Description = "File for the scores of each image, a line of JSON each", HelpName = "OUT.jsonl" };
        var seed = new Option<int?>("--seed") { Description = "Seed of --compare's resampling (default: 0)" };
        var resamples = new Option<int?>("--resamples") { Description = "Resampled sets of --compare (default: 1000)" };
        var command = new Command(name, "Score captions as coco-caption does: BLEU, METEOR, ROUGE-L, CIDEr, SPICE") { references, candidates, compare, metrics, split, partial, file, perImage, seed, resamples };
        command.Validators.Add(typed =>
        {
            bool Has(Option option) => typed.GetResult(option) is { Implicit: false };
            if (Has(candidates) == Has(compare)) typed.AddError("Give either --candidates with one file or --compare with two.");
            if (Has(compare) && Has(perImage)) typed.AddError("--per-image goes with --candidates: it holds one system's scores.");
            if (!Has(compare) && (Has(seed) || Has(resamples))) typed.AddError("--seed and --resamples go with --compare.");
            if (Has(resamples) && typed.GetValue(resamples) is { } n and (< 1 or > PairedBootstrap.MostResamples)) typed.AddError(FormattableString.Invariant($"--resamples is {n}; expected 1 to {PairedBootstrap.MostResamples:n0}."));
            if (!typed.Errors.Any()) CheckFiles(typed, [references, candidates, compare], [file, perImage]);
        });
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(metrics)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? CaptionMetrics.Names;
            var systems = parsed.GetValue(compare) is { Length: 2 } two ? two : [parsed.GetValue(candidates)!];
            string?[] outputs = [parsed.GetValue(file), parsed.GetValue(perImage)];
            foreach (var output in outputs)
                if (output is not null) WholeFile.Try(output);
            using var interruption = new Interruption();
            IReadOnlyList<CaptionScores> scores;
            Comparison? comparison = null;
            try
            {
                var chosen = CaptionMetrics.Named(names, new LateProgress("Packing METEOR's paraphrases, this once"), interruption.Token);
                scores = Coco.ScoreAll(parsed.GetValue(references)!, systems, chosen, parsed.GetValue(split), parsed.GetValue(partial), new LateProgress("Scoring"), interruption.Token);
                if (scores.Count == 2) comparison = Comparison.Of(systems, scores, parsed.GetValue(resamples) ?? 1000, parsed.GetValue(seed) ?? 0, progress: new LateProgress("Resampling"), cancellation: interruption.Token);
            }
            catch (OperationCanceledException e)
            {
                return Faults.Explain(e);
            }
            ProgressLine.End();
            Console.Write(comparison is null ? ScoreText.Of(scores[0]) : ScoreText.Of(comparison));
            if (outputs[0] is { } path)
            {
                if (comparison is null) scores[0].Save(path);
                else comparison.Save(path);
                Console.WriteLine($"Scores: {Path.GetFullPath(path)}");
            }
            if (outputs[1] is { } lines)
            {
                scores[0].SavePerImage(lines);
                Console.WriteLine($"Scores of each image: {Path.GetFullPath(lines)}");
            }
            return 0;
        });
        return command;
    }

    // No file is written over one that is read, or over another that is written.
    private static void CheckFiles(CommandResult typed, Option[] inputs, Option[] outputs)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in inputs.Concat(outputs))
        {
            foreach (var value in typed.GetResult(option)?.Tokens.Select(t => t.Value) ?? [])
            {
                if (string.IsNullOrWhiteSpace(value))
                {
                    typed.AddError($"{option.Name} is empty; expected the name of a file.");
                    continue;
                }
                var place = WholeFile.Place(value);
                if (!taken.TryAdd(place, option.Name) && outputs.Contains(option))
                    typed.AddError($"{option.Name} names {value}, which is {taken[place]}'s file too; expected another. Give the result a name of its own.");
            }
        }
    }

    /// <summary>Says how far it is, once it has taken long enough for anyone to ask.</summary>
    private sealed class LateProgress(string what) : IProgress<double>
    {
        private readonly ProgressLine _line = new();
        private readonly long _from = Environment.TickCount64 + 1000;

        public void Report(double value)
        {
            if (Environment.TickCount64 >= _from) _line.Report(what, value);
        }
    }
}
