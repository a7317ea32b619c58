using System.CommandLine.Help;
using System.CommandLine;
using UnsupClipCap.Metrics.Cli;

var root = ScoreCommand.Create("caption-metrics");
root.Add(CommandRun.Verbose);
root.Add(new HelpOption());
root.Add(new VersionOption());
return CommandRun.Run(root, args.Length > 0 ? args : ["--help"], _ => "caption-metrics --help", Faults.Explain);
