namespace UnsupClipCap;

/// <summary>
/// How far beyond its mark each iteration goes. Plain iterations shrink the error by a rate theta each time; near the solution exponents of
/// omega = 2 / (1 + sqrt(1 - theta)) shrink it fastest, by omega - 1 (Lehmann, von Renesse, Sambale and Uschmajew, 2021, theorem 2): for theta .999, 16 times faster or more.
/// Far from the solution nothing is promised: where the error does not fall, plain iterations follow, which always converge.
/// </summary>
internal sealed class SinkhornRelaxation
{
    private const int Plain = 20, Patience = 100;
    private const double WorthIt = 0.8, Most = 1.97;

    private double _before, _least = double.PositiveInfinity;
    private int _count, _sinceLeast, _plain = Plain;

    /// <summary>The exponent of the next iteration: 1 or, relaxed, below 2.</summary>
    public double Omega { get; private set; } = 1;

    /// <summary>Hears of an iteration's error.</summary>
    public void Hear(double error)
    {
        if (Omega == 1)
        {
            if (++_count == _plain - Plain / 2) _before = error;
            if (_count < _plain) return;
            var theta = Math.Pow(error / _before, 2.0 / Plain);
            (_count, _least, _sinceLeast) = (0, error, 0);
            if (theta is > WorthIt and < 1) Omega = Math.Min(Most, 2 / (1 + Math.Sqrt(1 - theta)));
        }
        else if (error < 0.9 * _least) (_least, _sinceLeast) = (error, 0);
        else if (++_sinceLeast > Patience || error > 100 * _least)
        {
            if (error > _least) _plain = Math.Min(2 * _plain, 1000);
            BePlain();
        }
    }

    /// <summary>Plain iterations come next: to end with, or since potentials were set anew.</summary>
    public void BePlain() => (Omega, _count) = (1, 0);
}
