namespace UnsupClipCap.Cli;

/// <summary>What was asked of a measurement, and whether it gave it.</summary>
internal sealed record Goal(string Text, bool IsMet);

/// <summary>One line of a benchmark's table.</summary>
internal sealed record Measurement(string What)
{
    /// <summary>Of one run: the median.</summary>
    public double? Seconds { get; init; }
    /// <summary>Units of work a second.</summary>
    public double? PerSecond { get; init; }
    /// <summary>The unit of work.</summary>
    public string Unit { get; init; } = "";
    /// <summary>Arithmetic a second over that of a plain matrix product on the same machine in the same run, 0..1.</summary>
    public double? MatrixShare { get; init; }
    /// <summary>How many times the baseline's <see cref="PerSecond"/>.</summary>
    public double? Ratio { get; init; }
    /// <summary>Anything else found, in words.</summary>
    public string Note { get; init; } = "";
    /// <summary>What was asked of it.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];
}
