namespace UnsupClipCap;

/// <summary>A learning rate that rises linearly from 0 and falls linearly back to it (transformers' <c>get_linear_schedule_with_warmup</c>).</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="Warmup">Steps of rising.</param>
/// <param name="Total">Steps in all; at this step the rate is 0.</param>
public sealed record LinearSchedule(double Peak, int Warmup, int Total)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(int step) => step < Warmup
        ? Peak * step / Math.Max(1, Warmup)
        : Peak * Math.Max(0, (double)(Total - step) / Math.Max(1, Total - Warmup));
}

/// <summary>A learning rate that rises linearly from 0 and falls to it along a half cosine (CLIP's; Loshchilov &amp; Hutter, 2017).</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="Warmup">Steps of rising.</param>
/// <param name="Total">Steps in all; at this step the rate is 0.</param>
public sealed record CosineSchedule(double Peak, int Warmup, int Total)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(int step) => step < Warmup
        ? Peak * (step + 1) / Math.Max(1, Warmup)
        : Peak * (1 + Math.Cos(Math.PI * (step - Warmup) / Math.Max(1, Total - Warmup))) / 2;
}
