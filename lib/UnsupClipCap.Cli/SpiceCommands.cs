using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>train-spice.</summary>
internal static class SpiceCommands
{
    public static Command TrainSpice()
    {
        var data = new Option<string>("--data") { Description = "Folder with SPICE's own parses: train, more and dev .jsonl.gz (default: ../shared/parity/spice)" };
        var file = new Option<string>("--out") { Description = "File for the model (default: data/spice/parser.safetensors, the shipped one)" };
        var passes = new Option<int?>("--passes") { Description = "How often to go through all captions, for the tags and then for the tree" };
        var only = new Option<bool>("--measure-only") { Description = "Train nothing: measure the model file against the original" };
        var command = new Command("train-spice", "Train SPICE's tagger and parser on the original's parses, and measure how nearly it scores as the original") { data, file, passes, only };
        command.SetAction(parsed =>
        {
            var recipe = new SpiceRecipe();
            if (parsed.GetValue(passes) is { } n) recipe = n >= 1 ? recipe with { TagPasses = n, TreePasses = n } : throw new UserException($"--passes is {n}; expected 1 or more.");
            var folder = parsed.GetValue(data) ?? Path.Combine(Locations.Root, "..", "shared", "parity", "spice");
            var path = Path.GetFullPath(parsed.GetValue(file) ?? Path.Combine(Locations.Data, "spice", "parser.safetensors"));
            using var interruption = new Interruption();
            if (!parsed.GetValue(only)) SpiceTraining.Train(folder, path, recipe, interruption.Watch);
            ConsoleProgress.End();
            Console.WriteLine(path);
            Console.WriteLine(SpiceAgreement.Measure(folder, path));
        });
        return command;
    }
}
