namespace UnsupClipCap;

/// <summary>What a study is at.</summary>
/// <param name="What">The stage, in a few words.</param>
/// <param name="Share">How much of it is done, 0..1.</param>
/// <param name="Detail">More, such as the loss and the time left; may be empty.</param>
public sealed record StudyProgress(string What, double Share, string Detail = "")
{
    /// <summary>It was in the cache: nothing is left to do.</summary>
    public bool IsFound { get; private init; }

    /// <summary>Tells of something that the cache held.</summary>
    /// <param name="what">Its name.</param>
    public static StudyProgress Found(string what) => new(what, 0, "found in the cache") { IsFound = true };

    /// <summary>One line: "Encoding 1,000 test scenes 40%".</summary>
    public override string ToString() => $"{What}{(Share > 0 ? FormattableString.Invariant($" {Share * 100:0}%") : "")}{(Detail.Length > 0 ? $": {Detail}" : "")}";
}

/// <summary>Progress and cancellation of long work, passed along together.</summary>
/// <param name="Progress">Who is told, or null.</param>
/// <param name="Cancel">Stops at the next safe point.</param>
public sealed record Watch(IProgress<StudyProgress>? Progress = null, CancellationToken Cancel = default)
{
    /// <summary>Nobody is told and nothing stops it.</summary>
    public static Watch None { get; } = new();

    /// <summary>
    /// What work that was given no watch uses: a host such as the notebook kernel sets it for each cell, and a study opened in one cell is told and stopped in
    /// whichever cell it works. <see cref="None"/> where nothing was set.
    /// </summary>
    public static Watch Ambient
    {
        get => Current.Value ?? None;
        set => Current.Value = value;
    }

    private static readonly AsyncLocal<Watch?> Current = new();

    /// <summary>A share of 0..1 as progress of one stage.</summary>
    public IProgress<double>? Share(string what) => Progress is null ? null : new Relay<double>(share => Progress.Report(new(what, share)));

    /// <summary>Steps of training as progress of one stage.</summary>
    public IProgress<TrainingProgress>? Training(string what, string unit) => Progress is null ? null : new Relay<TrainingProgress>(p =>
        Progress.Report(new(what, (double)p.Step / p.Steps, p.Step < p.Steps
            ? FormattableString.Invariant($"step {p.Step:n0} of {p.Steps:n0}, loss {p.Loss:0.000}, {p.PerSecond:n0} {unit}/s, {Words(p.Left)} left")
            : FormattableString.Invariant($"{p.Steps:n0} steps, loss {p.Loss:0.000}"))));

    /// <summary>Encoding as progress of one stage.</summary>
    public IProgress<EmbeddingProgress>? Encoding(string what) => Progress is null ? null : new Relay<EmbeddingProgress>(p =>
        Progress.Report(new(what, (double)p.Done / p.Total, FormattableString.Invariant($"{p.Done:n0} of {p.Total:n0}, {p.PerSecond:n0}/s, {Words(p.Left)} left"))));

    private static string Words(TimeSpan left) => left.TotalSeconds < 90 ? $"{left.TotalSeconds:0} s" : $"{left.TotalMinutes:0} min";

    /// <summary>Reports in the caller's thread, in order, unlike <see cref="System.Progress{T}"/>.</summary>
    private sealed class Relay<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}
