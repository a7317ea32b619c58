using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Projection onto a memory of captions (DeCap, Li et al., 2023, projection-based decoding): w = softmax(cos(x, t) / temperature) over all captions t, and the sum of w t brought to unit
/// length. The memory is all texts that it is fitted to (DeCap: 500,000); images and texts are brought to unit length first.
/// </summary>
/// <remarks>The weights of (n, M) are never held at once: the sum is made over chunks of the memory, scaled by the largest cosine so far.</remarks>
public sealed record CaptionMemory : Alignment
{
    /// <summary>With a temperature.</summary>
    /// <param name="temperature">Above 0: small takes the nearest caption alone, large the mean of all. DeCap's is 1 / 100.</param>
    public CaptionMemory(double temperature = 0.01) => Temperature = temperature;

    /// <summary>Divides the cosines.</summary>
    public double Temperature { get; init => field = InRange("temperature", value, 0, open: true); }

    /// <inheritdoc/>
    public override string Title => "caption memory";

    /// <inheritdoc/>
    public override string Formula => "sum of softmax(cos(x, T) / temperature) T, unit rows";

    /// <inheritdoc/>
    public override string Origin => "DeCap: Li et al. (2023), projection-based decoding";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (name, temperature) = (Name, Temperature);
        var memory = AlignmentInput.UnitRows(name, "text", texts);                             // (M, d)
        return new FittedFunction(name, images.shape[1], x =>
        {
            var unit = AlignmentInput.UnitRows(name, "image", x);
            return AlignmentInput.UnitRows(name, "projected image", Chunks.OfRows(unit, part => Project(part, memory.to(part.dtype), temperature)));
        }, memory)
        { NoInverse = "many images have one projection" };
    }

    private static Tensor Project(Tensor x, Tensor memory, double temperature)
    {
        using var scope = NewDisposeScope();
        var largest = full([x.shape[0], 1], double.NegativeInfinity, dtype: x.dtype, device: x.device);
        var sum = zeros_like(x);                                                                // (n, d), over exp(largest); its length does not matter
        foreach (var part in Chunks.Of(memory))
        {
            using var inner = NewDisposeScope();
            var scores = x.matmul(part.t()) / temperature;                                      // (n, chunk)
            var next = maximum(largest, scores.amax([1], keepdim: true));
            var total = sum * (largest - next).exp() + (scores - next).exp().matmul(part);
            (largest, sum) = (next.MoveToOuterDisposeScope(), total.MoveToOuterDisposeScope());
        }
        return sum.MoveToOuterDisposeScope();
    }
}

/// <summary>
/// The mean of the k captions nearest by cosine, brought to unit length. Images and texts are brought to unit length first; k = 1 is the nearest caption itself.
/// </summary>
public sealed record NearestCaptions : Alignment
{
    /// <summary>Of k captions.</summary>
    /// <param name="k">1 or more, and no more than there are texts.</param>
    public NearestCaptions(int k = 5) => K = k;

    /// <summary>Captions averaged.</summary>
    public int K { get; init => field = InRange("k", value, 1); }

    /// <inheritdoc/>
    public override string Title => "nearest captions";

    /// <inheritdoc/>
    public override string Formula => "mean of the k texts of T with the largest cosine to x, unit rows";

    /// <inheritdoc/>
    public override string Origin => "standard; DeCap's projection with equal weights on k captions";

    private protected override IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel)
    {
        var (name, k) = (Name, K);
        AlignmentInput.CheckCount(name, "text", texts, k, "as many as it averages; lower k");
        var memory = AlignmentInput.UnitRows(name, "text", texts);                             // (M, d)
        return new FittedFunction(name, images.shape[1], x =>
        {
            var unit = AlignmentInput.UnitRows(name, "image", x);
            return AlignmentInput.UnitRows(name, "mean caption of image", Chunks.OfRows(unit, part =>
            {
                var rows = Chunks.Nearest(part, memory.to(part.dtype), k).Rows;                 // (n, k)
                return memory.index_select(0, rows.flatten()).view(part.shape[0], k, -1).mean([1]).to(part.dtype);
            }));
        }, memory)
        { NoInverse = "many images have one mean" };
    }
}
