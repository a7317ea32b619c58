using System.Globalization;

namespace UnsupClipCap;

/// <summary>A linear axis: data values to places in the drawing, with ticks at round numbers.</summary>
/// <param name="From">Data value at <paramref name="Start"/>.</param>
/// <param name="To">Data value at <paramref name="End"/>; above <paramref name="From"/>.</param>
/// <param name="Start">Place of <paramref name="From"/>, in the drawing's units.</param>
/// <param name="End">Place of <paramref name="To"/>; below <paramref name="Start"/> for an axis that points up.</param>
/// <param name="Step">Distance of the ticks, in data values.</param>
public sealed record ChartScale(double From, double To, double Start, double End, double Step)
{
    /// <summary>The place of <paramref name="value"/>; values outside are carried on along the line.</summary>
    public double this[double value] => Start + (value - From) / (To - From) * (End - Start);

    /// <summary>Round values from <see cref="From"/> to <see cref="To"/>.</summary>
    public IReadOnlyList<double> Ticks
    {
        get
        {
            var ticks = new List<double>();
            // Multiples of the step instead of sums of it, so that errors do not add up; + 0.0 turns -0 into 0.
            for (var i = Math.Ceiling(From / Step - 1e-9); i * Step <= To + Step * 1e-9; i++)
                ticks.Add(i * Step + 0.0);
            return ticks;
        }
    }

    /// <summary>A tick's label with as many decimals as the step needs.</summary>
    public string Label(double tick)
    {
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 10);
        if (Step * Math.Pow(10, decimals) % 1 is > 1e-9 and < 1 - 1e-9) decimals++;       // 2.5 and .25
        var text = tick.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }

    /// <summary>An axis whose ends are those of the data: for a share from 0 to 1.</summary>
    public static ChartScale Exact(double from, double to, double start, double end, int ticks = 6) =>
        to > from ? new(from, to, start, end, NiceStep((to - from) / Math.Max(1, ticks - 1))) : Nice(from, to, start, end, ticks);

    /// <summary>An axis whose ends are round numbers around the data.</summary>
    public static ChartScale Nice(double from, double to, double start, double end, int ticks = 6)
    {
        if (to - from < 1e-12) (from, to) = (from - 1, to + 1);
        var step = NiceStep((to - from) / Math.Max(1, ticks - 1));
        return new(Math.Floor(from / step + 1e-9) * step, Math.Ceiling(to / step - 1e-9) * step, start, end, step);
    }

    // The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the wish.
    static double NiceStep(double wish)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(wish)));
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 2.5, 5])
            if (factor * power >= wish * (1 - 1e-9)) return factor * power;
        return 10 * power;
    }
}
