using UnsupClipCap.Cli;

return CommandLine.Run(args);
