using System.Buffers.Binary;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// x + mean(I - T) + scale n, n ~ N(0, cov(I - T)), brought to unit length: noise of the shape of the differences between images and their texts
/// (CLOSE, Gu et al., 2023, its covariance noise, in the order of its code: shift, noise, unit length). The differences need pairs, if few, and of any data: they are measured by <see cref="Of"/>.
/// </summary>
/// <remarks>
/// It is saved with the recipe. So of the covariance only the strongest directions are kept, as a factor F (r, d), and of the rest its mean variance v:
/// n = z F + the root of v times w, z and w ~ N(0, 1), has covariance F'F + v 1 (Tipping and Bishop, 1999, probabilistic principal components).
/// </remarks>
public sealed record CovarianceNoise : EmbeddingNoise
{
    /// <summary>From its parts; <see cref="Of"/> measures them.</summary>
    /// <param name="shift">d float32, little-endian, in base 64: the mean difference.</param>
    /// <param name="factor">r times d float32, row after row, in base 64.</param>
    /// <param name="variance">v, of what F leaves out.</param>
    /// <param name="scale">On the noise, not on the shift; 0 or more.</param>
    public CovarianceNoise(string shift, string factor, double variance, double scale = 1)
    {
        (Shift, Factor, Variance, Scale) = (shift, factor, variance, scale);
        var (d, numbers) = (Count("shift", shift), Count("factor", factor));
        if (d == 0 || numbers % d != 0) throw new UserException($"The noise's factor holds {numbers} numbers and its shift {d}; expected a multiple of the shift's, one row of it a direction.");
    }

    /// <summary>The mean difference, d float32 in base 64.</summary>
    public string Shift { get; }

    /// <summary>F, r times d float32 in base 64.</summary>
    public string Factor { get; }

    /// <summary>v, of what F leaves out.</summary>
    public double Variance { get; init => field = InRange("variance", value); }

    /// <summary>On the noise.</summary>
    public double Scale { get; init => field = InRange("scale", value); }

    /// <summary>Measures it on pairs.</summary>
    /// <param name="images">(N, d), of any length: brought to unit length.</param>
    /// <param name="texts">(N, d), row i of images[i].</param>
    /// <param name="rank">Directions kept, r; at most d.</param>
    /// <param name="scale">On the noise.</param>
    /// <param name="shift">Whether the mean difference is added; without it the noise alone is.</param>
    /// <exception cref="UserException">The sets cannot be paired, are less than two, or hold rows that are zero or not finite.</exception>
    public static CovarianceNoise Of(Tensor images, Tensor texts, int rank = 64, double scale = 1, bool shift = true)
    {
        const string name = "Covariance noise";
        AlignmentInput.Check(name, images, texts);
        AlignmentInput.CheckPairs(name, images, texts);
        AlignmentInput.CheckCount(name, "image", images, 2, "for a covariance");
        var d = images.shape[1];
        if (rank < 1 || rank > d) throw new UserException($"{name}: rank is {rank}; expected 1 to {d}, the embeddings' dimensions.");
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var difference = AlignmentInput.UnitRows(name, "image", AlignmentInput.Wide(images)) - AlignmentInput.UnitRows(name, "text", AlignmentInput.Wide(texts));
        var mean = Moments.Mean(difference);
        var (values, vectors) = linalg.eigh(Moments.Covariance(difference, mean));              // ascending
        (values, vectors) = (values.clamp_min(0), vectors.t());                                 // vectors as rows
        var rest = rank == d ? 0 : values.narrow(0, 0, d - rank).mean().item<double>();
        var factor = vectors.narrow(0, d - rank, rank) * (values.narrow(0, d - rank, rank) - rest).sqrt().unsqueeze(1);
        return new(Text(shift ? mean : zeros_like(mean)), Text(factor), rest, scale);
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var d = Count("shift", Shift);
        if (embeddings.shape[^1] != d) throw new UserException($"The covariance noise is of {d} dimensions, and the embeddings have {embeddings.shape[^1]}; measure it with their encoder.");
        var (shift, factor) = (Read(Shift, embeddings), Read(Factor, embeddings).view(-1, d));
        var noise = randn(embeddings.shape[0], factor.shape[0], embeddings.dtype, embeddings.device).matmul(factor);
        if (Variance > 0) noise = noise + randn_like(embeddings) * Math.Sqrt(Variance);
        return AlignmentInput.Unit(embeddings + shift + noise * Scale).MoveToOuterDisposeScope();
    }

    private static string Text(Tensor x)
    {
        var numbers = x.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), numbers[i]);
        return Convert.ToBase64String(bytes);
    }

    private static Tensor Read(string text, Tensor like)
    {
        var bytes = Convert.FromBase64String(text);
        var numbers = new float[bytes.Length / 4];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i));
        return tensor(numbers).to(like.dtype).to(like.device);
    }

    private static int Count(string what, string text)
    {
        var buffer = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, buffer, out var count) && count % 4 == 0 ? count / 4
            : throw new UserException($"The noise's {what} is not base 64 of float32 numbers; save the recipe again.");
    }
}
