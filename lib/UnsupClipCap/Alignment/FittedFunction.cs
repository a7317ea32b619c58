using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A fitted alignment that is a function of any rows.</summary>
/// <param name="name">The method's, for errors.</param>
/// <param name="width">d of what it was fitted on.</param>
/// <param name="function">(n, d) to (n, d), of float32 or float64.</param>
/// <param name="keeps">The tensors that the functions use; they live until this is disposed of.</param>
internal sealed class FittedFunction(string name, long width, Func<Tensor, Tensor> function, params IReadOnlyList<Tensor> keeps) : IFittedAlignment
{
    private readonly IReadOnlyList<Tensor> _keeps = [.. keeps.Select(k => k.DetachFromDisposeScope())];
    private bool _disposed;

    /// <summary>(n, d) aligned to (n, d) images, or null where there is no inverse.</summary>
    public Func<Tensor, Tensor>? Back { get; init; }

    /// <summary>Why there is no inverse.</summary>
    public string NoInverse { get; init; } = "it brings rows to unit length, and their lengths before are lost";

    /// <summary>(n, d) texts to (n, d), or null where they stay.</summary>
    public Func<Tensor, Tensor>? Texts { get; init; }

    /// <summary>The only images that it maps, or null where it maps any.</summary>
    public Tensor? Only { get; init; }

    public bool HasInverse => Back is not null;

    public Tensor Transform(Tensor images) => Apply("image", images, x => Only is null || Same(x, Only) ? function(x)
        : throw new UserException($"{name} maps only the {Only.shape[0]} images that it was fitted on, in their order; these are {x.shape[0]} others. Fit it on these, or take a method that maps any image."));

    public Tensor TransformTexts(Tensor texts) => Apply("text", texts, Texts ?? (x => x));

    public Tensor Inverse(Tensor aligned) => Back is { } back ? Apply("aligned", aligned, back) : throw new UserException($"{name} has no inverse: {NoInverse}.");

    private Tensor Apply(string what, Tensor rows, Func<Tensor, Tensor> map)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        AlignmentInput.CheckRows(name, what, rows, width);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var x = AlignmentInput.Wide(rows);
        var y = map(x);
        // What it keeps or was given is not given away: the caller may dispose of the result.
        return (ReferenceEquals(y, rows) || _keeps.Any(k => ReferenceEquals(k, y)) ? y.clone() : y).to(x.dtype).MoveToOuterDisposeScope();
    }

    private static bool Same(Tensor x, Tensor y) => x.shape[0] == y.shape[0] && x.to(y.dtype).equal(y).all().item<bool>();

    public void Dispose()
    {
        _disposed = true;
        foreach (var tensor in _keeps) tensor.Dispose();
    }
}
