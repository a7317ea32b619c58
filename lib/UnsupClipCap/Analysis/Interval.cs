namespace UnsupClipCap;

/// <summary>An interval that holds a mean with a stated confidence.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>
    /// The percentile bootstrap (Efron, 1979) of a mean over images: the middle of <paramref name="resamples"/> means of as many images drawn with replacement.
    /// </summary>
    /// <param name="perImage">A value an image; one or more.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="resamples">1 or more.</param>
    /// <param name="confidence">Share of the means inside, above 0 and below 1.</param>
    public static Interval OfMean(IReadOnlyList<double> perImage, int seed = 0, int resamples = 1000, double confidence = 0.95)
    {
        if (perImage.Count == 0) throw new UserException("The bootstrap of a mean needs one image or more; there is none.");
        var random = new SeededRandom(seed, "bootstrap");
        var means = new double[resamples];
        for (var r = 0; r < resamples; r++)
        {
            double sum = 0;
            for (var i = 0; i < perImage.Count; i++) sum += perImage[random.Next(perImage.Count)];
            means[r] = sum / perImage.Count;
        }
        Array.Sort(means);
        double At(double share) => means[(int)Math.Round(share * (resamples - 1))];
        return new(At((1 - confidence) / 2), At((1 + confidence) / 2));
    }
}
