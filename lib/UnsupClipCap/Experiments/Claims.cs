using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>A finding of the paper, judged on a run's results.</summary>
/// <param name="Statement">The finding, as a sentence without its verdict.</param>
/// <param name="Holds">Whether it holds; null where the results do not say.</param>
/// <param name="Detail">The numbers that decide it, or what is missing.</param>
/// <param name="Margin">By how much it holds (above 0) or fails (0 or below), in points of the average; null where undecided.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record Claim(string Statement, bool? Holds, string Detail, double? Margin) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of([this]);

    /// <inheritdoc/>
    public override string ToString() => $"{Statement}: {(Holds is null ? "not decided" : Holds.Value ? "holds" : "does not hold")}. {Detail}";
}

/// <summary>
/// The paper's findings as statements that a run's results bear out or not. Methods are compared by <see cref="ScoreNames.Average"/>
/// where all rows concerned have it, by <see cref="ScoreNames.Average6"/> otherwise. A tie does not hold: each finding says that
/// something is strictly better.
/// </summary>
public static class Claims
{
    // Below any real difference of a mean of metrics, above what summing in another order changes.
    const double Tie = 1e-9;

    /// <summary>All findings of the paper, in its order, judged on <paramref name="results"/>.</summary>
    public static IReadOnlyList<Claim> Of(Results results) => Shown([.. OfTable(results.Table), .. OfMixup(results.Mixup), .. OfAlignment(results.Alignment)]);

    /// <summary>The findings on the table.</summary>
    public static IReadOnlyList<Claim> OfTable(IReadOnlyList<MethodScores> rows) => Shown(
    [
        Above("ClipCap is above Unsupervised-ClipCap on images", Find(rows, MethodNames.ClipCap), Find(rows, MethodNames.Unsupervised)),
        Above("Unsupervised-ClipCap is above its ablation with matched captions", Find(rows, MethodNames.Unsupervised), Find(rows, MethodNames.MatchedCaptions)),
    ]);

    /// <summary>The findings on the mixup curves.</summary>
    public static IReadOnlyList<Claim> OfMixup(IReadOnlyList<MixupScores> rows)
    {
        var unsupervised = Curve(rows, MethodNames.Unsupervised);
        return Shown(
        [
            TextAboveImage("Unsupervised-ClipCap does better on text (lambda 1) than on images (lambda 0)", unsupervised),
            Falls("Unsupervised-ClipCap falls monotonically from text to image", unsupervised),
            BestInside("ClipCap is best strictly inside (0, 1)", Curve(rows, MethodNames.ClipCap)),
        ]);
    }

    /// <summary>The findings on alignment.</summary>
    public static IReadOnlyList<Claim> OfAlignment(IReadOnlyList<MethodScores> rows) => Shown(
    [
        Above("Mean shift improves Unsupervised-ClipCap", Find(rows, MethodNames.MeanShift), Find(rows, MethodNames.None)),
        Above("Rotation makes Unsupervised-ClipCap worse", Find(rows, MethodNames.None), Find(rows, MethodNames.Rotation)),
        Above("Optimal transport makes Unsupervised-ClipCap worse", Find(rows, MethodNames.None), Find(rows, MethodNames.OptimalTransport)),
    ]);

    /// <summary>Claims of one's own, as a list that shows itself.</summary>
    public static IReadOnlyList<Claim> List(params IReadOnlyList<Claim> claims) => Shown(claims);

    /// <summary>A claim that one number is above another. A tie does not hold.</summary>
    /// <param name="statement">A sentence without its verdict, which names the numbers' unit.</param>
    /// <param name="higher">The number that is said to be above; null where it was not measured, such as a score whose metric is absent.</param>
    /// <param name="lower">The other.</param>
    public static Claim Greater(string statement, double? higher, double? lower) => higher is { } a && lower is { } b
        ? new(statement, Margin(a, b) > 0, string.Create(CultureInfo.InvariantCulture, $"{Short(a)} against {Short(b)}."), Margin(a, b)) : Open(statement, "Not measured.");

    // Scores have one decimal, cosines and shares three.
    static string Short(double number) => number.ToString(Math.Abs(number) < 2 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    static ShownList<Claim> Shown(IReadOnlyList<Claim> claims) => new(claims, ResultHtml.Of);

    static MethodScores? Find(IReadOnlyList<MethodScores> rows, string method) => rows.FirstOrDefault(r => r.Method == method);

    static Claim Above(string statement, MethodScores? upper, MethodScores? lower)
    {
        if (upper is null || lower is null) return Open(statement, "Not among these results.");
        if (ScoreNames.CommonAverage([upper.Scores, lower.Scores]) is not { } name)
            return Open(statement, "The rows have no average in common.");
        var (high, low) = (upper.Scores[name], lower.Scores[name]);
        var margin = Margin(high, low);
        var detail = margin == 0
            ? $"{Name(upper)} and {Name(lower)} tie at {One(high)} ({ScoreNames.Heading(name)})."
            : $"{Name(upper)} {One(high)}, {Name(lower)} {One(low)} ({ScoreNames.Heading(name)}).";
        if (upper.Spread?.TryGetValue(name, out var a) == true && lower.Spread?.TryGetValue(name, out var b) == true)
            detail += $" Spread over seeds ±{One(a)} and ±{One(b)}.";
        return new(statement, margin > 0, detail, margin);
    }

    static string Name(MethodScores row) => row.Method.TrimStart('-', ' ');

    static Claim TextAboveImage(string statement, Points curve)
    {
        if (curve.At(1) is not { } text || curve.At(0) is not { } image)
            return Open(statement, "Lambda 0 and lambda 1 are not both among these results.");
        var margin = Margin(text, image);
        return new(statement, margin > 0, $"{One(text)} at lambda 1, {One(image)} at lambda 0 ({curve.Name}).", margin);
    }

    static Claim Falls(string statement, Points curve)
    {
        if (curve.At(1) is null || curve.At(0) is null || curve.Values.Count < 3)
            return Open(statement, "Fewer than three lambdas, or not from 0 to 1, among these results.");
        // Going from text to image is going down in lambda: no step down may gain.
        var steps = curve.Values.Zip(curve.Values.Skip(1),
            (lower, higher) => (lower, higher, Fall: Margin(higher.Score, lower.Score))).ToList();
        var worst = steps.MinBy(s => s.Fall);
        var fell = Margin(curve.Values[^1].Score, curve.Values[0].Score);
        var ends = $"From {One(curve.Values[^1].Score)} to {One(curve.Values[0].Score)} ({curve.Name})";
        return worst.Fall < 0
            ? new(statement, false,
                $"{ends}, but it gains {One(-worst.Fall)} from lambda {Share(worst.higher.Lambda)} to {Share(worst.lower.Lambda)}.",
                worst.Fall)
            : new(statement, fell > 0, fell > 0 ? $"{ends}, and no step gains." : $"It is {One(curve.Values[0].Score)} throughout.", fell);
    }

    static Claim BestInside(string statement, Points curve)
    {
        var inside = curve.Values.Where(v => v.Lambda is > Tie and < 1 - Tie).ToList();
        if (curve.At(0) is not { } image || curve.At(1) is not { } text || inside.Count == 0)
            return Open(statement, "Lambda 0, lambda 1 and one between them are not all among these results.");
        var best = inside.MaxBy(v => v.Score);
        var end = Math.Max(image, text);
        var margin = Margin(best.Score, end);
        return new(statement, margin > 0,
            $"Best inside at lambda {Share(best.Lambda)} with {One(best.Score)}; " +
            $"the better end is lambda {(text > image ? 1 : 0)} with {One(end)} ({curve.Name}).", margin);
    }

    static Claim Open(string statement, string why) => new(statement, null, why, null);

    static Points Curve(IReadOnlyList<MixupScores> mixup, string method)
    {
        var rows = mixup.Where(r => r.Method == method).OrderBy(r => r.Lambda).ToList();
        return ScoreNames.CommonAverage(rows.Select(r => r.Scores)) is { } name
            ? new(ScoreNames.Heading(name), [.. rows.Select(r => (r.Lambda, r.Scores[name]))])
            : new("", []);
    }

    static double Margin(double high, double low) => Math.Abs(high - low) <= Tie ? 0 : high - low;

    static string One(double score) => score.ToString("0.0", CultureInfo.InvariantCulture);

    static string Share(double lambda) => lambda.ToString("0.##", CultureInfo.InvariantCulture);

    // Lambdas that were added up step by step end near 1, not at it.
    sealed record Points(string Name, IReadOnlyList<(double Lambda, double Score)> Values)
    {
        public double? At(double lambda)
        {
            foreach (var value in Values)
                if (Math.Abs(value.Lambda - lambda) <= Tie) return value.Score;
            return null;
        }
    }
}
