using System.CommandLine;

namespace UnsupClipCap.Cli;

/// <summary>miniscenes, fetch, doctor, test, pack.</summary>
internal static class ProjectCommands
{
    public static IEnumerable<Command> All() => [MiniScenesCommand(), FetchCommand.Create(), DoctorCommand(), TestCommand.Create(), PackCommand.Create()];

    private static Command MiniScenesCommand()
    {
        var folder = new Option<string>("--out") { Description = "Folder for the data set", Required = true };
        var seed = Options.Seed();
        var style = new Option<string>("--style") { Description = "Manner of the captions: coco or flickr30k", DefaultValueFactory = _ => "coco" };
        var (train, validation, test) = (Size("--train", MiniSplit.Train), Size("--val", MiniSplit.Validation), Size("--test", MiniSplit.Test));
        var command = new Command("miniscenes", "Write the miniature world as images and annotations in COCO's layout") { folder, seed, style, train, validation, test };
        command.SetAction(parsed =>
        {
            var manner = parsed.GetValue(style) switch
            {
                "coco" => CaptionStyle.Coco,
                "flickr30k" => CaptionStyle.Flickr30k,
                var other => throw new UserException($"--style is '{other}'; expected coco or flickr30k."),
            };
            using var interruption = new Interruption();
            var watch = interruption.Watch;
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            MiniScenesCoco.Write(path, parsed.GetValue(seed), manner, parsed.GetValue(train), parsed.GetValue(validation), parsed.GetValue(test), watch.Share("Drawing scenes"), watch.Cancel);
            ConsoleProgress.End();
            Console.WriteLine($"{parsed.GetValue(train):n0} + {parsed.GetValue(validation):n0} + {parsed.GetValue(test):n0} scenes in COCO's layout: {path}");
        });
        return command;

        static Option<int> Size(string name, MiniSplit split) => new(name) { Description = $"Scenes of the {split.ToString().ToLowerInvariant()} part", DefaultValueFactory = _ => MiniScenes.DefaultCount(split) };
    }

    private static Command DoctorCommand()
    {
        var command = new Command("doctor", "What this machine has, and what is missing");
        command.SetAction(_ =>
        {
            var findings = Doctor.Examine();
            foreach (var finding in findings) Console.WriteLine($"{(finding.IsWell ? "ok     " : finding.IsNeeded ? "missing" : "absent ")}  {finding.What,-22} {finding.Found}");
            return findings.All(f => f.IsWell || !f.IsNeeded) ? 0 : 1;
        });
        return command;
    }
}
