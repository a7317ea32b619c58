using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>Seeded sets of rows.</summary>
internal static class Sets
{
    /// <summary>Standard normal rows (n, d), float32.</summary>
    public static Tensor Rows(int n, string stream, int d = TinyWorld.Width)
    {
        var random = new SeededRandom(7, "sets", stream);
        return tensor(Enumerable.Range(0, n * d).Select(_ => (float)random.NextGaussian()).ToArray(), [n, d]);
    }

    /// <summary>Unit rows (n, 16) around a mean.</summary>
    public static Tensor Unit(int n, string stream, double offset) => nn.functional.normalize(nn.functional.normalize(Rows(n, stream), p: 2, dim: -1) + offset, p: 2, dim: -1);

    /// <summary>A fixed orthogonal matrix (d, d).</summary>
    public static Tensor Orthogonal(int d, string stream = "orthogonal") => linalg.qr(Rows(d, stream, d)).Q;

    public static double Largest(Tensor t) => t.to(ScalarType.Float64).abs().max().item<double>();
}
