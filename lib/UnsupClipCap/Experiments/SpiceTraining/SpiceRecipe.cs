using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Settings of training the SPICE parser.</summary>
public sealed record SpiceRecipe
{
    /// <summary>How often training goes through all captions for the tags.</summary>
    public int TagPasses { get; init; } = 14;
    /// <summary>How often it goes through them for the tree.</summary>
    public int TreePasses { get; init; } = 5;
    /// <summary>Words of a batch; its sentences are of one length.</summary>
    public int BatchWords { get; init; } = 3000;
    /// <summary>Peak learning rate; it rises over <see cref="WarmupSteps"/> and falls linearly to 0, for the tags and then again for the tree.</summary>
    public double LearningRate { get; init; } = 2e-3;
    /// <summary>Steps of warm-up.</summary>
    public int WarmupSteps { get; init; } = 300;
    /// <summary>Decay of matrices; the table of words, biases and gains do not decay.</summary>
    public double WeightDecay { get; init; } = 0.02;
    /// <summary>Largest norm of a step's gradient.</summary>
    public double GradientNorm { get; init; } = 1;
    /// <summary>Dropout in training.</summary>
    public double Dropout { get; init; } = 0.15;
    /// <summary>A word seen n times is taken for unknown with probability a / (a + n), so that the row of unknown words is learnt.</summary>
    public double Unknown { get; init; } = 0.5;
    /// <summary>Share of the loss of the tags guessed halfway.</summary>
    public double GuessLoss { get; init; } = 0.5;
    /// <summary>Features (words, endings) seen less often than this have no row of their own.</summary>
    public int LeastSeen { get; init; } = 2;
    /// <summary>Seed of weights, order, dropout.</summary>
    public int Seed { get; init; } = 1;

    internal ParserSizes Sizes { get; init; } = new();
}
