using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Where a training run stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss of the last steps.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="PerSecond">Caption tokens a second (pairs a second for CLIP).</param>
/// <param name="Left">Estimated time left.</param>
public sealed record TrainingProgress(int Step, int Steps, double Loss, double LearningRate, double PerSecond, TimeSpan Left);

/// <summary>The loss of each step of a run.</summary>
/// <param name="Losses">By step.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record LossCurve(IReadOnlyList<double> Losses) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment(Html.Facts([("steps", $"{Losses.Count}"), ("first loss", Html.Number(Losses.Count == 0 ? null : Losses[0])), ("mean of the last steps", Html.Number(Last()))]));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Losses.Count} steps, loss {(Losses.Count == 0 ? double.NaN : Losses[0]):0.000} at first, {Last():0.000} at last");

    /// <summary>Mean of the last <paramref name="count"/> losses, or of all if there are fewer.</summary>
    public double Last(int count = 20) => Losses.Count == 0 ? double.NaN : Losses.Skip(Math.Max(0, Losses.Count - count)).Average();
}
