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
    public int MaxIterations { get; init; } = 100_000;
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
    // Epsilon starts at this share of the costs' range and is divided by the factor, each time once the marginals are roughly met (share of the mass).
    private const double Start = 0.1, Factor = 4, Rough = 1e-2;

    /// <summary>Solves it on the cost's device.</summary>
    /// <param name="cost">C (n, m), finite. float64 and float32 are kept, and sums are of float64 in either; float16 and bfloat16 become float32, whole numbers float64.</param>
    /// <param name="options">Regularisation, tolerance, iterations.</param>
    /// <param name="sourceWeights">n weights, 0 or more; null: 1 / n each.</param>
    /// <param name="targetWeights">m weights of the same sum; null: 1 / m each.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="UserException">The cost, the weights or the settings cannot be used, memory does not suffice, or the marginals were not met.</exception>
    public static SinkhornResult Solve(Tensor cost, SinkhornOptions options, Tensor? sourceWeights = null, Tensor? targetWeights = null, CancellationToken cancel = default) =>
        Solve(cost, options, sourceWeights, targetWeights, byTensors: false, cancel);

    /// <inheritdoc cref="Solve(Tensor, SinkhornOptions, Tensor?, Tensor?, CancellationToken)"/>
    internal static SinkhornResult Solve(Tensor cost, SinkhornOptions options, Tensor? sourceWeights, Tensor? targetWeights, bool byTensors, CancellationToken cancel = default)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (scaling, a, range) = Begin(cost, options, sourceWeights, targetWeights, byTensors);
        using var __ = scaling;
        var (result, error, iterations) = Run(scaling, options, range, a.Sum(), cancel);
        return new(result.Plan.MoveToOuterDisposeScope(), result.F.MoveToOuterDisposeScope(), result.G.MoveToOuterDisposeScope(), iterations, error);
    }

    private static ((Tensor Plan, Tensor F, Tensor G, double Error) Result, double Error, int Iterations) Run(ISinkhornScaling scaling, SinkhornOptions options, double range, double mass, CancellationToken cancel)
    {
        var iterations = 0;
        // From a large epsilon down: the potentials of one are a good start for the next.
        var epsilons = new List<double> { options.Regularization };
        while (epsilons[^1] < Start * range) epsilons.Add(epsilons[^1] * Factor);
        for (var k = epsilons.Count - 1; k > 0; k--) Meet(epsilons[k], Math.Max(options.Tolerance, Rough) * mass, options.MaxIterations / 2);
        for (var bound = options.Tolerance * mass / 2; ; bound /= 2)
        {
            Meet(options.Regularization, bound, options.MaxIterations);
            var result = scaling.Plan();
            var error = result.Error / mass;
            if (error <= options.Tolerance) return (result, error, iterations);
            if (iterations >= options.MaxIterations)
                throw new UserException(FormattableString.Invariant($"Sinkhorn: after {iterations:n0} iterations the plan misses its marginals by {error:0.0e+0} of the mass; {options.Tolerance:0.0e+0} was asked for. ")
                    + FormattableString.Invariant($"Allow more iterations, or a larger regularisation than {options.Regularization:g4} (the costs range over {range:g4})."));
        }

        void Meet(double epsilon, double bound, int most)
        {
            if (iterations >= most) return;
            Log(epsilon);
            var relaxation = new SinkhornRelaxation();
            while (iterations < most)
            {
                cancel.ThrowIfCancellationRequested();
                var (rows, columns) = scaling.Iterate(relaxation.Omega);
                if (double.IsNaN(rows))
                {
                    relaxation.BePlain();
                    Log(epsilon);
                    continue;
                }
                iterations++;
                if (relaxation.Omega == 1 && rows <= bound) return;         // columns are met exactly
                if (relaxation.Omega > 1 && rows + columns <= bound) relaxation.BePlain();
                else relaxation.Hear(rows + columns);
            }
        }

        void Log(double epsilon)
        {
            cancel.ThrowIfCancellationRequested();
            scaling.IterateLogs(epsilon);
            iterations++;
        }
    }

    private static (ISinkhornScaling Scaling, double[] Sources, double Range) Begin(Tensor cost, SinkhornOptions options, Tensor? sourceWeights, Tensor? targetWeights, bool byTensors)
    {
        var type = cost.dtype is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : ScalarType.Float64;
        var copies = cost.dtype == type && cost.is_contiguous() ? 1 : 2;           // K, and the cost once more where it must be converted
        TransportInput.Check("Sinkhorn", cost, copies * (type == ScalarType.Float32 ? 4 : 8), cost.device);
        var (n, m) = (cost.shape[0], cost.shape[1]);
        var (a, b) = TransportInput.Weights("Sinkhorn", n, m, Numbers("source", sourceWeights), Numbers("target", targetWeights));
        if (!double.IsFinite(options.Regularization) || options.Regularization <= 0)
            throw new UserException(FormattableString.Invariant($"Sinkhorn: the regularisation is {options.Regularization}; expected a number above 0, in the cost's unit. For none, take exact transport."));
        var finest = type == ScalarType.Float32 ? 1e-7 : 1e-14;
        if (!(options.Tolerance >= finest))
            throw new UserException(FormattableString.Invariant($"Sinkhorn: the tolerance is {options.Tolerance:g3}; with a cost of {type} expected {finest:g1} or more") + (type == ScalarType.Float32 ? ". A cost of float64 allows less." : "."));
        if (options.MaxIterations < 1) throw new UserException($"Sinkhorn: {options.MaxIterations} iterations were allowed; expected 1 or more.");
        var used = cost.detach().to(type).contiguous();
        var range = used.max().to(ScalarType.Float64).item<double>() - used.min().to(ScalarType.Float64).item<double>();
        ISinkhornScaling scaling = byTensors || used.device.type != TorchSharp.DeviceType.CPU ? new SinkhornTensors(used, a, b)
            : type == ScalarType.Float32 ? new SinkhornKernel<float>(used, a, b) : new SinkhornKernel<double>(used, a, b);
        return (scaling, a, range);
    }

    private static double[]? Numbers(string what, Tensor? weights)
    {
        if (weights is null) return null;
        if (weights.dim() != 1) throw new UserException($"Sinkhorn: the {what} weights are of shape [{string.Join(", ", weights.shape)}]; expected one number for each {what}.");
        using var numbers = weights.detach().to(CPU).to(ScalarType.Float64).contiguous();
        return numbers.data<double>().ToArray();
    }
}
