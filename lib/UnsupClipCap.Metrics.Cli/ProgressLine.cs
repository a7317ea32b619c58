namespace UnsupClipCap.Metrics.Cli;

/// <summary>Progress on standard error: one line that is written over where a person watches, a line now and then where nobody does.</summary>
internal sealed class ProgressLine
{
    private static readonly Lock Gate = new();
    private static readonly bool Live = !Console.IsErrorRedirected;
    private static int _shown;
    private string _what = "";
    private DateTime _last;

    /// <summary>Shows a stage of the work, how much of it is done (0..1), and more where there is more to say.</summary>
    public void Report(string what, double share, string detail = "")
    {
        lock (Gate)
        {
            var now = DateTime.UtcNow;
            var isNew = what != _what;
            if (!isNew && share < 1 && now - _last < (Live ? TimeSpan.FromSeconds(0.2) : TimeSpan.FromSeconds(15))) return;
            if (!isNew && share >= 1 && !Live && detail.Length == 0) return;
            if (Live && isNew) End();
            (_what, _last) = (what, now);
            var line = $"{what}{(share > 0 ? $" {share:0%}" : "")}{(detail.Length > 0 ? $": {detail}" : "")}";
            if (!Live) Console.Error.WriteLine(line);
            else
            {
                var width = Math.Max(20, Width() - 1);
                if (line.Length > width) line = line[..width];
                Console.Error.Write("\r" + line.PadRight(Math.Min(width, _shown)));
                _shown = line.Length;
            }
        }
    }

    /// <summary>Ends the live line, so that what follows begins on its own.</summary>
    public static void End()
    {
        if (_shown == 0) return;
        Console.Error.WriteLine();
        _shown = 0;
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
