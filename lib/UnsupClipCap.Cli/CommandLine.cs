using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace UnsupClipCap.Cli;

/// <summary>Parses and calls; every command is a few lines over the library.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new Command("./run", "Text-only image captioning with CLIP and GPT-2: trains, captions and scores, and shows it beside the paper.\nStart with './run demo'. Each command has its own '--help'.");
        foreach (var command in ExperimentCommands.All().Concat(ModelCommands.All()).Append(EmbedCommands.Create()).Append(ScoreCommand.Create("score")).Concat(ProjectCommands.All()).Append(KernelCommands.Create()).Concat(NotebookCommands.Create()).Append(BenchCommand.Create())) root.Add(command);
        foreach (var option in new Option[] { CommandRun.Verbose, new HelpOption(), new VersionOption() }) root.Add(option);
        if (args is [] or ["help"]) args = ["--help"];
        if (args is ["help", var topic]) args = [topic, "--help"];
        if (!args[0].StartsWith('-') && root.Subcommands.All(c => c.Name != args[0]))
        {
            Console.Error.WriteLine($"There is no command '{args[0]}'.");
            Console.Error.WriteLine(Spelling.Nearest(args[0], root.Subcommands.Select(c => c.Name)) is { } near
                ? $"Did you mean './run {near}'? './run help' lists all commands."
                : "'./run help' lists all commands.");
            return Faults.UsageError;
        }
        return CommandRun.Run(root, args, parsed => $"./run {(parsed.CommandResult.Command == root ? "help" : $"{PathOf(parsed.CommandResult)} --help")}", Explain);
    }

    /// <summary>The command as it is typed: "kernel install".</summary>
    private static string PathOf(SymbolResult? command) => command is CommandResult { Parent: { } parent } c ? $"{PathOf(parent)} {c.Command.Name}".TrimStart() : "";

    // Where tensors cannot be had, whatever touches them first fails in its own way: what is to be mended is said once.
    private static int Explain(Exception e) =>
        Faults.Explain(e is TypeInitializationException or NotSupportedException && Natives.Fault is { } fault ? fault : e, "Stopped. What was done is saved; the same command goes on from there.", fault => fault is UserException);
}
