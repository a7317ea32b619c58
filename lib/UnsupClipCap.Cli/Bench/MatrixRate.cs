using System.Diagnostics;
using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>
/// What the machine's matrix product gives, the yardstick of everything else: float32, 1024 x 1024 x 1024. It is sampled between the runs
/// that are measured, so that a machine shared with others slows both alike.
/// </summary>
internal sealed class MatrixRate : IDisposable
{
    private const int Size = 1024, Products = 20;
    private readonly Tensor _a = randn(Size, Size).DetachFromDisposeScope();
    private readonly Tensor _b = randn(Size, Size).DetachFromDisposeScope();
    private readonly List<double> _samples = [];

    /// <summary>Floating-point operations a second, an addition and a multiplication counting as two; the median so far.</summary>
    public double Median => _samples.Order().ElementAt(_samples.Count / 2);

    /// <summary>Measures once more.</summary>
    public void Sample()
    {
        using var _ = no_grad();
        if (_samples.Count == 0) mm(_a, _b).Dispose();          // the first product starts libtorch's threads
        for (var i = 0; i < Products; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            mm(_a, _b).Dispose();
            _samples.Add(2.0 * Size * Size * Size / Stopwatch.GetElapsedTime(clock).TotalSeconds);
        }
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
