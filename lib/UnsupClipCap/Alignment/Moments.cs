using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>First and second moments of embeddings in float64, summed over chunks of rows so that no float64 copy of a large set is made.</summary>
internal static class Moments
{
    /// <summary>The mean of the rows (d).</summary>
    public static Tensor Mean(Tensor x) => Sum(x, part => part.sum([0])) / x.shape[0];

    /// <summary>The covariance of the rows (d, d), over N - 1.</summary>
    public static Tensor Covariance(Tensor x, Tensor mean) => Scatter(x, mean) / (x.shape[0] - 1);

    /// <summary>The sum of (x - mean)' (x - mean) over the rows (d, d).</summary>
    public static Tensor Scatter(Tensor x, Tensor mean) => Sum(x, part => (part - mean).t().matmul(part - mean));

    /// <summary>The sum of (x - mean)' (y - other mean) over pairs of rows (d, d).</summary>
    public static Tensor Cross(Tensor x, Tensor mean, Tensor y, Tensor otherMean)
    {
        var at = 0L;
        return Sum(x, part =>
        {
            var other = y.narrow(0, at, part.shape[0]).to(ScalarType.Float64);
            at += part.shape[0];
            return (part - mean).t().matmul(other - otherMean);
        });
    }

    /// <summary>The sum of a function of chunks of rows as float64, called in their order.</summary>
    public static Tensor Sum(Tensor x, Func<Tensor, Tensor> of)
    {
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        for (long start = 0; start < x.shape[0]; start += AlignmentInput.Chunk)
        {
            using var inner = NewDisposeScope();
            var part = of(x.narrow(0, start, Math.Min(AlignmentInput.Chunk, x.shape[0] - start)).to(ScalarType.Float64));
            var next = sum is null ? part : sum + part;
            sum?.Dispose();
            sum = next.MoveToOuterDisposeScope();
        }
        return sum!.MoveToOuterDisposeScope();
    }
}
