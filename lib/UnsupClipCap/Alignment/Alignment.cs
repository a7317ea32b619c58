using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// What the alignments here share: their checks, their types and their names. A method is a record whose constructor's parameters, all with defaults,
/// are properties of the same names; by these <see cref="Alignments"/> writes and reads it.
/// </summary>
public abstract record Alignment : IAlignment
{
    private protected Alignment() { }

    /// <summary>Its name without parameters.</summary>
    public abstract string Title { get; }

    /// <inheritdoc/>
    public string Name => Alignments.NameOf(this);

    /// <inheritdoc/>
    public virtual bool IsTransductive => false;

    /// <inheritdoc/>
    public virtual bool NeedsPairs => false;

    /// <inheritdoc/>
    public virtual bool MovesTexts => false;

    /// <inheritdoc/>
    public abstract string Formula { get; }

    /// <inheritdoc/>
    public abstract string Origin { get; }

    /// <inheritdoc/>
    public IFittedAlignment Fit(Tensor images, Tensor texts, CancellationToken cancel = default)
    {
        AlignmentInput.Check(Name, images, texts);
        if (NeedsPairs) AlignmentInput.CheckPairs(Name, images, texts);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return FitTo(AlignmentInput.Wide(images), AlignmentInput.Wide(texts), cancel);
    }

    /// <summary>Fits to checked embeddings, float32 or float64, within a scope of its own. What the fitted alignment keeps it must be told.</summary>
    private protected abstract IFittedAlignment FitTo(Tensor images, Tensor texts, CancellationToken cancel);

    /// <summary>A parameter within its range.</summary>
    private protected double InRange(string parameter, double value, double least, bool open = false) =>
        double.IsFinite(value) && (open ? value > least : value >= least) ? value
            : throw new UserException(FormattableString.Invariant($"{Title}: {parameter} is {value}; expected a number {Range(least, open)}."));

    private static string Range(double least, bool open) => least == double.MinValue ? "that is finite" : open ? FormattableString.Invariant($"above {least}") : FormattableString.Invariant($"of {least} or more");

    /// <summary>A whole parameter within its range.</summary>
    private protected int InRange(string parameter, int value, int least) =>
        value >= least ? value : throw new UserException($"{Title}: {parameter} is {value}; expected a whole number of {least} or more.");
}
