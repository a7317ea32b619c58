using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The optimal transport map between the normal distributions of the two sets' moments (squared Euclidean cost; Bures): (x - mean(I)) A + mean(T) with
/// A = S_I^-1/2 (S_I^1/2 S_T S_I^1/2)^1/2 S_I^-1/2, S the covariances (over N - 1) plus ridge tr(S) / d I.
/// What the paper's rotation and transport are after, in closed form: it maps images it has not seen, by a symmetric A that turns no further than it must.
/// Without ridge the mapped images' mean and covariance are the texts'. Rows are taken as given, and nothing is normalised afterwards.
/// </summary>
public sealed record GaussianMap : Alignment
{
    /// <summary>With a ridge.</summary>
    /// <param name="ridge">Share of the mean variance added to both covariances; 0 or more. At 0 more than d images and texts are needed.</param>
    public GaussianMap(double ridge = 0.1) => Ridge = ridge;

    /// <summary>Share of the mean variance added to both covariances.</summary>
    public double Ridge { get; init => field = InRange("ridge", value, 0); }

    /// <inheritdoc/>
    public override string Title => "gaussian map";

    /// <inheritdoc/>
    public override string Formula => "(x - mean(I)) A + mean(T), A = S_I^-1/2 (S_I^1/2 S_T S_I^1/2)^1/2 S_I^-1/2, S = cov + ridge tr(cov) / d 1";

    /// <inheritdoc/>
    public override string Origin => "standard; Knott and Smith (1984), Peyré and Cuturi (2019), remark 2.31";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (i, t) = (Gaussian.Of(Name, "image", images, Ridge), Gaussian.Of(Name, "text", texts, Ridge));
        var map = Map(i.Covariance, t.Covariance, i.Singular);
        return Affine.Fitted(Name, i.Mean, map, t.Mean, Symmetric.Power(map, -1, t.Singular));
    }

    /// <summary>A (d, d) between covariances (d, d), both positive definite: A from A = to.</summary>
    /// <exception cref="UserException">The covariance to map from is singular.</exception>
    public static Tensor Map(Tensor from, Tensor to) => Map(from, to, "The covariance to map from is singular; add to its diagonal.");

    private static Tensor Map(Tensor from, Tensor to, string singular)
    {
        using var scope = NewDisposeScope();
        var (half, inverse) = (Symmetric.Power(from, 0.5), Symmetric.Power(from, -0.5, singular));
        return inverse.matmul(Symmetric.Power(half.matmul(to).matmul(half), 0.5)).matmul(inverse).MoveToOuterDisposeScope();
    }
}

/// <summary>Mean (d) and ridged covariance (d, d) of a set, float64.</summary>
internal sealed record Gaussian(string Method, string What, Tensor Mean, Tensor Covariance)
{
    public static Gaussian Of(string method, string what, Tensor x, double ridge)
    {
        if (ridge == 0) AlignmentInput.CheckCount(method, what, x, x.shape[1] + 1, $"more than the {x.shape[1]} dimensions, without a ridge; set ridge above 0");
        else AlignmentInput.CheckCount(method, what, x, 2, "for a covariance");
        var mean = Moments.Mean(x);
        var gaussian = new Gaussian(method, what, mean, Symmetric.Ridged(Moments.Covariance(x, mean), ridge));
        if (gaussian.Covariance.trace().item<double>() <= 0) throw new UserException($"{method}: all {what} embeddings are equal and have no covariance. Give it different ones.");
        return gaussian;
    }

    /// <summary>What to say where an inverse is needed and there is none.</summary>
    public string Singular => $"{Method}: the covariance of the {What} embeddings is singular (a dimension does not vary, or is a sum of others); set ridge above 0.";

    public Tensor Power(double power) => Symmetric.Power(Covariance, power, Singular);
}
