using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>How many directions a set of embeddings uses.</summary>
public static class EffectiveRank
{
    /// <summary>
    /// exp(-sum p ln p) with p the singular values of X divided by their sum (Roy and Vetterli, 2007): 1 for rows along one line, min(N, d) for an even spread.
    /// </summary>
    /// <param name="rows">(N, d).</param>
    /// <param name="centred">Whether the mean is removed first: without, the cone's axis alone may weigh most.</param>
    /// <exception cref="UserException">A value is not finite, or all rows are zero (equal, where centred).</exception>
    public static double Of(Tensor rows, bool centred = true)
    {
        AlignmentInput.CheckRows("Effective rank", "given", rows);
        using var scope = NewDisposeScope();
        var x = rows.to(ScalarType.Float64);
        if (centred) x = x - x.mean([0L], keepdim: true);
        var values = SingularValues(x);
        var sum = values.sum();
        if (sum.item<double>() == 0) throw new UserException($"Effective rank: all {rows.shape[0]} rows are {(centred ? "equal" : "zero")}; there is no direction to count.");
        var p = values / sum;
        p = p[p > 0];
        return Math.Exp(-(p * p.log()).sum().item<double>());
    }

    /// <summary>The singular values of rows (N, d) as they are given, float64, largest first: (min(N, d)).</summary>
    public static Tensor SingularValues(Tensor rows) => linalg.svdvals(rows.to(ScalarType.Float64));
}
