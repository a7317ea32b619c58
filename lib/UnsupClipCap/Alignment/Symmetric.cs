using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Powers of symmetric matrices by their eigenvalues, in float64.</summary>
internal static class Symmetric
{
    private const double Epsilon = 2.2e-16;      // of float64

    /// <summary>S^p of a positive semi-definite S (d, d). Eigenvalues below 0 by rounding count as 0.</summary>
    /// <param name="s">(d, d).</param>
    /// <param name="power">The power; below 0 only where S is positive definite.</param>
    /// <param name="singular">What to say where a power below 0 meets an S that is singular to float64's accuracy.</param>
    public static Tensor Power(Tensor s, double power, string? singular = null)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh((s + s.t()) / 2);                                  // ascending
        var clamped = values.clamp_min(0);
        if (power < 0 && values[0].item<double>() <= values[^1].item<double>() * s.shape[0] * Epsilon)
            throw new UserException(singular ?? "A covariance is singular.");
        return vectors.mul(clamped.pow(power)).matmul(vectors.t()).MoveToOuterDisposeScope();
    }

    /// <summary>S + ridge tr(S) / d I.</summary>
    public static Tensor Ridged(Tensor s, double ridge) => Plus(s, ridge * s.trace().item<double>() / s.shape[0]);

    /// <summary>S + amount I.</summary>
    public static Tensor Plus(Tensor s, double amount) => amount == 0 ? s : s + eye(s.shape[0], dtype: s.dtype, device: s.device) * amount;
}
