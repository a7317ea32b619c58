using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Settings of entropic transport.</summary>
public sealed record SinkhornOptions
{
    /// <summary>
    /// The entropy's weight, epsilon above 0, in the cost's own unit: absolute, not a share of the largest cost. For the same plan as with the cost divided by its
    /// maximum and regularisation .05, give .05 times the maximum.
    /// </summary>
    public required double Regularization { get; init; }

    /// <summary>
    /// How far the plan may be from its marginals: sum over i of |row sum - source weight| plus the same of columns, as a share of the whole mass. A plan kept as
    /// float32 cannot come nearer than 1e-7.
    /// </summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most iterations, each an update of both potentials.</summary>
    public int MaxIterations { get; init; } = 20_000;
}

/// <summary>An entropic plan.</summary>
/// <param name="Plan">T (n, m), of the cost's type and on its device: T[i, j] = exp((f[i] + g[j] - C[i, j]) / epsilon).</param>
/// <param name="SourcePotential">f (n), float64; minus infinity where the weight is 0.</param>
/// <param name="TargetPotential">g (m), float64; minus infinity where the weight is 0.</param>
/// <param name="Iterations">Iterations taken.</param>
/// <param name="MarginalError">What <see cref="SinkhornOptions.Tolerance"/> bounds, measured on the plan.</param>
public sealed record SinkhornResult(Tensor Plan, Tensor SourcePotential, Tensor TargetPotential, int Iterations, double MarginalError);

/// <summary>
/// Entropic transport: min over T of sum T[i, j] C[i, j] + epsilon sum T[i, j] (log T[i, j] - 1) under both marginals, by Sinkhorn's iterations in the log domain (Cuturi, 2013;
/// Peyré and Cuturi, 2019, section 4.4; stabilised as in Schmitzer, 2019).
/// </summary>
public static class Sinkhorn
{
    /// <summary>Solves it on the cost's device.</summary>
    public static SinkhornResult Solve(Tensor cost, SinkhornOptions options, Tensor? sourceWeights = null, Tensor? targetWeights = null, CancellationToken cancel = default)
        => throw new NotImplementedException();
}
