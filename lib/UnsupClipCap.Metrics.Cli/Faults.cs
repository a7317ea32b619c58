namespace UnsupClipCap.Metrics.Cli;

/// <summary>Faults in words, without a stack trace, and the exit status of each kind.</summary>
internal static class Faults
{
    public const int UsageError = 2, Failure = 1, Stopped = 130;

    /// <summary>A text with the control characters that file names and ids may hold spelled out, so that they do nothing to the terminal.</summary>
    public static string Printable(string text) =>
        text.Any(IsUnseen) ? string.Concat(text.Select(c => IsUnseen(c) ? $"\\u{(int)c:X4}" : c.ToString())) : text;

    private static bool IsUnseen(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');

    public static int Explain(Exception e) => Explain(e, "Stopped; nothing was written.", _ => false);

    /// <param name="e">What went wrong.</param>
    /// <param name="stopped">What to say where the work was stopped by hand.</param>
    /// <param name="isTold">Further kinds of exceptions whose message says all that there is to say.</param>
    public static int Explain(Exception e, string stopped, Func<Exception, bool> isTold)
    {
        ProgressLine.End();
        if (e is MetricInputException or IOException || isTold(e))
        {
            Console.Error.WriteLine(Printable(e.Message));
            return Failure;
        }
        switch (e)
        {
            case OperationCanceledException:
                Console.Error.WriteLine(stopped);
                return Stopped;
            case AggregateException { InnerException: { } inner }:
                return Explain(inner, stopped, isTold);
            case TypeInitializationException { InnerException: { } inner }:
                return Explain(inner, stopped, isTold);
            default:
                Console.Error.WriteLine($"{e.GetType().Name}: {e.Message}\nThis should not have happened. '--verbose' shows where it did; please report it with that.");
                return Failure;
        }
    }
}
