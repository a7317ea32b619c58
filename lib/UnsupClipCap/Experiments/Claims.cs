namespace UnsupClipCap;

/// <summary>A finding of the paper, judged on a run's results.</summary>
/// <param name="Statement">The finding, as a sentence without its verdict.</param>
/// <param name="Holds">Whether it holds; null where the results do not say.</param>
/// <param name="Detail">The numbers that decide it, or what is missing.</param>
/// <param name="Margin">By how much it holds (above 0) or fails (0 or below), in points of the average; null where undecided.</param>
public sealed record Claim(string Statement, bool? Holds, string Detail, double? Margin);

/// <summary>The paper's findings as statements that a run's results bear out or not.</summary>
public static class Claims
{
    /// <summary>All findings of the paper, in its order, judged on <paramref name="results"/>.</summary>
    public static IReadOnlyList<Claim> Of(Results results) => throw new NotImplementedException();
}
