namespace UnsupClipCap.Cli;

/// <summary>Progress of a study on standard error.</summary>
internal sealed class ConsoleProgress : IProgress<StudyProgress>
{
    private readonly ProgressLine _line = new();

    public void Report(StudyProgress p) => _line.Report(p.What, p.Share, p.Detail);

    /// <summary>Ends the live line, so that what follows begins on its own.</summary>
    public static void End() => ProgressLine.End();
}

/// <summary>Work that shows its progress and that Ctrl-C stops.</summary>
internal static class InterruptionWatch
{
    extension(Interruption interruption)
    {
        public Watch Watch => new(new ConsoleProgress(), interruption.Token);
    }
}
