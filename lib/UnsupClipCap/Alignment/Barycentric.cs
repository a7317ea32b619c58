using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The paper's optimal transport, mended: each image goes to the mean of the texts that the plan takes it to, N T* X_text, with T* the exact plan of uniform weights at
/// Euclidean cost. With as many texts as images that is one text each. It maps the fitted images only, and knows their texts, if not which is whose.
/// Rows are taken as given; nothing is normalised afterwards.
/// </summary>
public sealed record Barycentric : Alignment
{
    /// <inheritdoc/>
    public override string Title => "barycentric transport";

    /// <inheritdoc/>
    public override bool IsTransductive => true;

    /// <inheritdoc/>
    public override string Formula => "N T* T, T* the plan of least Euclidean cost from I to T";

    /// <inheritdoc/>
    public override string Origin => "the paper's, mended; Ferradans et al. (2014), barycentric map";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel) =>
        Plans.Fitted(Name, images, ExactTransport.Solve(TransportCost.Euclidean(images, texts), cancel: cancel).Barycentric(texts));
}

/// <summary>
/// The barycentric map of the entropic plan (Cuturi, 2013) of uniform weights at squared Euclidean cost: each image goes to a mean of many texts, near ones most.
/// It maps the fitted images only. Rows are taken as given; a mean of unit rows is shorter than they are, so the result is brought to unit length.
/// </summary>
public sealed record EntropicBarycentric : Alignment
{
    /// <summary>With a regularisation.</summary>
    /// <param name="regularization">The entropy's weight, in squared length; above 0. Near 0 it is the exact plan, large the mean of all texts.</param>
    /// <param name="unit">Whether the result is brought to unit length.</param>
    public EntropicBarycentric(double regularization = 0.01, bool unit = true) => (Regularization, Unit) = (regularization, unit);

    /// <summary>Whether the result is brought to unit length.</summary>
    public bool Unit { get; init; }

    /// <summary>The entropy's weight, in squared length.</summary>
    public double Regularization { get; init => field = InRange("regularization", value, 0, open: true); }

    /// <inheritdoc/>
    public override string Title => "entropic transport";

    /// <inheritdoc/>
    public override bool IsTransductive => true;

    /// <inheritdoc/>
    public override string Formula => $"N T* T{(Unit ? ", unit rows" : "")}, T* = argmin <T*, |x - t|^2> - regularization entropy(T*)";

    /// <inheritdoc/>
    public override string Origin => "Cuturi (2013); the barycentric map of the paper's transport, mended";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var plan = Sinkhorn.Solve(TransportCost.SquaredEuclidean(images, texts), new SinkhornOptions { Regularization = Regularization }, cancel: cancel).Plan;       // (N, M)
        var means = (plan / plan.sum(1, keepdim: true)).matmul(texts.to(plan.dtype));
        return Plans.Fitted(Name, images, Unit ? AlignmentInput.UnitRows(Name, "mapped image", means) : means);
    }
}

/// <summary>
/// The entropic plan's map for any image (Pooladian and Niles-Weed, 2021): the sum of w t with w = softmax((g - |x - t|^2) / regularization) over the fitted texts,
/// g their potential. On a fitted image it is <see cref="EntropicBarycentric"/>. A caption memory whose captions are each used equally often.
/// Rows are taken as given; the result is brought to unit length.
/// </summary>
public sealed record EntropicMap : Alignment
{
    /// <summary>With a regularisation.</summary>
    /// <param name="regularization">The entropy's weight, in squared length; above 0.</param>
    /// <param name="points">Most images and texts that the plan is made between; of more, evenly spaced ones are taken.</param>
    /// <param name="unit">Whether the result is brought to unit length.</param>
    public EntropicMap(double regularization = 0.01, int points = 2000, bool unit = true) => (Regularization, Points, Unit) = (regularization, points, unit);

    /// <summary>Whether the result is brought to unit length.</summary>
    public bool Unit { get; init; }

    /// <summary>The entropy's weight, in squared length.</summary>
    public double Regularization { get; init => field = InRange("regularization", value, 0, open: true); }

    /// <summary>Most images and texts that the plan is made between.</summary>
    public int Points { get; init => field = InRange("points", value, 1); }

    /// <inheritdoc/>
    public override string Title => "entropic map";

    /// <inheritdoc/>
    public override string Formula => $"sum of softmax((g - |x - T|^2) / regularization) T{(Unit ? ", unit rows" : "")}, g the entropic plan's potential; I and T at most {Points} evenly spaced rows of each";

    /// <inheritdoc/>
    public override string Origin => "Pooladian and Niles-Weed (2021)";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (name, unit, points, regularization) = (Name, Unit, Plans.Some(texts, Points), Regularization);
        var g = Sinkhorn.Solve(TransportCost.SquaredEuclidean(Plans.Some(images, Points), points), new SinkhornOptions { Regularization = regularization }, cancel: cancel).TargetPotential;
        var y = points.to(ScalarType.Float64).clone();                                             // (M, d)
        // -|x - t|^2 = 2 x.t - |t|^2 - |x|^2, and |x|^2 is the same for all texts: it leaves the softmax.
        var bias = g - y.square().sum(1);                                                       // (M)
        return new FittedFunction(name, images.shape[1], x =>
        {
            var means = Chunks.OfRows(x, part => ((part.to(ScalarType.Float64).matmul(y.t()) * 2 + bias) / regularization).softmax(1).matmul(y));
            return unit ? AlignmentInput.UnitRows(name, "mapped image", means) : means;
        }, y, bias)
        { NoInverse = "many images have one mean of texts" };
    }
}

/// <summary>
/// Exact transport for images that were not fitted: a new image moves as its k nearest fitted images do, x + the sum of w (N T* T - I), w in proportion to
/// 1 / |x - I|^2 over the k (k = 1 is Ferradans et al., 2014). On a fitted image it is <see cref="Barycentric"/>.
/// Rows are taken as given; nothing is normalised afterwards.
/// </summary>
public sealed record NeighbourTransport : Alignment
{
    /// <summary>By k neighbours.</summary>
    /// <param name="k">Fitted images that a new one moves with; 1 or more.</param>
    /// <param name="points">Most images and texts that the plan is made between; of more, evenly spaced ones are taken.</param>
    public NeighbourTransport(int k = 10, int points = 2000) => (K, Points) = (k, points);

    /// <summary>Fitted images that a new one moves with.</summary>
    public int K { get; init => field = InRange("k", value, 1); }

    /// <summary>Most images and texts that the plan is made between.</summary>
    public int Points { get; init => field = InRange("points", value, 1); }

    /// <inheritdoc/>
    public override string Title => "neighbour transport";

    /// <inheritdoc/>
    public override string Formula => $"x + sum of w (N T* T - I) over the k nearest of I, w in proportion to 1 / |x - I|^2; I and T at most {Points} evenly spaced rows of each";

    /// <inheritdoc/>
    public override string Origin => "Ferradans et al. (2014), for k = 1";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (k, sources, targets) = (K, Plans.Some(images, Points), Plans.Some(texts, Points));
        AlignmentInput.CheckCount(Name, "image", sources, k, "as many as move a new one; lower k");
        var moves = ExactTransport.Solve(TransportCost.Euclidean(sources, targets), cancel: cancel).Barycentric(targets).to(ScalarType.Float64) - sources;      // (N, d)
        var fitted = sources.to(ScalarType.Float64).clone();
        return new FittedFunction(Name, images.shape[1], x => Chunks.OfRows(x, part =>
        {
            var wide = part.to(ScalarType.Float64);
            var (near, rows) = cdist(wide, fitted).topk(k, 1, largest: false);                  // (n, k)
            // A distance of rounding is none: then that image's weight is all there is.
            var weights = 1 / near.square().clamp_min(1e-12);
            weights = weights / weights.sum(1, keepdim: true);
            return wide + (moves.index_select(0, rows.flatten()).view(part.shape[0], k, -1) * weights.unsqueeze(-1)).sum(1);
        }), moves, fitted)
        { NoInverse = "images with other neighbours may meet" };
    }
}

/// <summary>What methods of transport plans share.</summary>
internal static class Plans
{
    /// <summary>The fitted alignment that maps these images, and no others, to these rows.</summary>
    public static FittedFunction Fitted(string name, Tensor images, Tensor mapped)
    {
        // A copy, so that what the caller does to theirs cannot pass for the fitted images.
        var fitted = images.clone();
        return new FittedFunction(name, images.shape[1], _ => mapped, fitted, mapped) { Only = fitted, NoInverse = "it maps the images that it was fitted on and nothing back" };
    }

    /// <summary>At most so many of the rows, evenly spaced from the first.</summary>
    public static Tensor Some(Tensor x, int most)
    {
        var count = x.shape[0];
        return count <= most ? x : x.index_select(0, tensor(Enumerable.Range(0, most).Select(i => i * count / most).ToArray(), device: x.device));
    }
}
