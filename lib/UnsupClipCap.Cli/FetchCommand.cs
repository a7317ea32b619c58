using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>fetch: models and data sets by name.</summary>
internal static class FetchCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("name") { Description = "What to fetch; --list shows all", Arity = ArgumentArity.ZeroOrMore };
        var list = new Option<bool>("--list") { Description = "What there is: sizes, licences, and whether it is here" };
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be fetched and where it would go, without touching the network" };
        var force = new Option<bool>("--force") { Description = "Fetch even what is here, and put it in the place of what is there" };
        var command = new Command("fetch", "Fetch models and data sets (CLIP, GPT-2, COCO, METEOR's tables, ...) into the data folder") { names, list, dry, force };
        command.SetAction(parsed =>
        {
            var settings = FetchSettings.FromEnvironment() with { Force = parsed.GetValue(force) };
            using var fetcher = new Fetcher(settings);
            if (parsed.GetValue(list)) return List(fetcher, settings);
            var items = (parsed.GetValue(names) ?? []).Distinct().Select(FetchCatalogue.Find).ToList();
            if (items.Count == 0) throw new UserException($"Name what to fetch: {string.Join(", ", FetchCatalogue.All.Select(i => i.Name))}. './run fetch --list' tells more of them.");
            using var interruption = new Interruption();
            return items.Count(item => !Fetch(fetcher, item, parsed.GetValue(dry), interruption.Token)) > 0 ? Faults.Failure : 0;
        });
        return command;
    }

    /// <summary>Whether it could be had; what could not does not keep the others from being fetched.</summary>
    private static bool Fetch(Fetcher fetcher, FetchItem item, bool isDry, CancellationToken cancel)
    {
        try
        {
            var progress = new Progress();
            var plan = fetcher.Plan(item, ask: !isDry, progress, cancel);
            ProgressLine.End();
            Tell(plan);
            if (isDry) return true;
            fetcher.Run(plan, progress, cancel);
            ProgressLine.End();
            if (!plan.IsHere) Console.WriteLine($"{item.Name}: done");
            return true;
        }
        catch (UserException e)
        {
            ProgressLine.End();
            Console.Error.WriteLine(e.Message);
            return false;
        }
    }

    private static void Tell(FetchPlan plan)
    {
        var left = plan.IsHere ? "all of it is here, and as it should be: nothing to do"
            : plan.Steps.Any(s => s.State == FetchState.ToFetch) ? plan.Remaining is { } bytes ? $"{Bytes.Words(bytes)} to fetch" : "size not known beforehand"
            : plan.Steps.Any(s => s.State == FetchState.ToUnpack) ? "nothing to fetch, but to unpack"
            : "nothing that a program can fetch";
        Console.WriteLine($"{plan.Item.Name}: {plan.Item.What}");
        Console.WriteLine($"  licence: {plan.Item.Licence}");
        if (plan.Item.Note.Length > 0) Console.WriteLine($"  {plan.Item.Note}");
        Console.WriteLine($"  {left}");
        foreach (var step in plan.Steps)
        {
            var size = step.Size is { } known ? $", {Bytes.Words(known)}" : "";
            Console.WriteLine(step.State switch
            {
                FetchState.Here => $"  here      {step.Path}",
                FetchState.ToUnpack => $"  to unpack {step.Path}{size}",
                FetchState.ByHand => $"  by hand   {step.Path}{size}",
                _ => $"  to fetch  {step.File.Address}{size}{(step.Part > 0 ? $", {Bytes.Words(step.Part)} of it are here" : "")}{(step.File.IsTried ? "" : "; address not run here")}\n         to {step.Path}{(step.File.Parts.Count > 0 ? $", unpacked: {string.Join(", ", step.File.Parts.Select(p => p.Place))}" : "")}",
            });
        }
    }

    private static int List(Fetcher fetcher, FetchSettings settings)
    {
        foreach (var item in FetchCatalogue.All)
        {
            var there = item.Files.Count(fetcher.IsThere);
            var state = there == item.Files.Count ? "here" : there > 0 ? $"{there} of {item.Files.Count} files here" : item.Files.Any(f => f.Address is null) ? "by hand" : "";
            Console.WriteLine($"{item.Name,-19} {(item.Size is { } size ? Bytes.Words(size) : "size unknown"),-12} {state}");
            Console.WriteLine($"    {item.What}");
            Console.WriteLine($"    licence: {item.Licence}");
            if (item.Note.Length > 0) Console.WriteLine($"    {item.Note}");
            foreach (var file in item.Files)
                Console.WriteLine($"    {file.Address ?? file.ByHand}{(file.Address is null || file.IsTried ? "" : "  (address not run here)")}");
        }
        Console.WriteLine($"Goes to {settings.Folders[0]} (UNSUPCLIPCAP_DATA chooses another folder); looked for in {string.Join(", ", settings.Folders)}.");
        return 0;
    }

    /// <summary>Bytes on the live line, events on lines of their own.</summary>
    private sealed class Progress : IProgress<FetchProgress>
    {
        private readonly ProgressLine _line = new();

        public void Report(FetchProgress p)
        {
            if (p.Note.Length > 0)
            {
                ProgressLine.End();
                Console.Error.WriteLine(p.Note);
                return;
            }
            var left = p is { Total: { } total, PerSecond: > 0 } ? $", {TimeSpan.FromSeconds((total - p.Done) / p.PerSecond):h\\:mm\\:ss} left" : "";
            _line.Report(p.What, p.Total > 0 ? (double)p.Done / p.Total.Value : 0, $"{Bytes.Words(p.Done)}{(p.PerSecond > 0 ? $", {Bytes.Words((long)p.PerSecond)}/s" : "")}{left}");
        }
    }
}
