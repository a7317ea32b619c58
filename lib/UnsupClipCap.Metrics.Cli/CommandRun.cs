using System.CommandLine;

namespace UnsupClipCap.Metrics.Cli;

/// <summary>Parses and invokes; tells what was typed wrong and what went wrong in words.</summary>
internal static class CommandRun
{
    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where an error arose", Recursive = true };

    /// <summary>Runs the command that was typed.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="args">What was typed.</param>
    /// <param name="help">What to type for help on what was parsed.</param>
    /// <param name="explain">Tells a fault and gives the exit status.</param>
    /// <returns>The exit status.</returns>
    public static int Run(Command root, string[] args, Func<ParseResult, string> help, Func<Exception, int> explain)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.Select(e => e.Message).Distinct()) Console.Error.WriteLine(error);
            Console.Error.WriteLine($"'{help(parsed)}' shows what it takes.");
            return Faults.UsageError;
        }
        try
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (!parsed.GetValue(Verbose))
        {
            return explain(e);
        }
    }
}
