using System.Diagnostics;

namespace UnsupClipCap.Cli;

/// <summary>Seconds of each run of one thing.</summary>
internal sealed class Clock
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;
    public double Sum => _seconds.Sum();
    public double Least => _seconds.Min();
    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>Hears of a run that another process timed.</summary>
    public void Add(double seconds) => _seconds.Add(seconds);

    public void Time(bool warmingUp, Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!warmingUp) _seconds.Add(seconds);
    }
}
