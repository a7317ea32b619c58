using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A list to encode: pictures or captions, in a fixed order, each with a name.</summary>
public abstract class EmbeddingInput
{
    private protected EmbeddingInput(EmbeddingKind kind, IReadOnlyList<string> names, string digest) => (Kind, Names, Digest) = (kind, names, digest);

    /// <summary>What it lists.</summary>
    public EmbeddingKind Kind { get; }

    /// <summary>One an item.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Stands for the list's content: two lists of one digest are the same.</summary>
    public string Digest { get; }

    /// <summary>Encodes runs of items in order. What the next run needs is made ready while the model works on this one.</summary>
    /// <param name="encoder">The model.</param>
    /// <param name="runs">From First up to End, which is left out.</param>
    /// <param name="batch">Items the model takes at once.</param>
    /// <param name="done">Is told of each batch's items as they are done.</param>
    /// <param name="cancel">Stops after the batch in hand.</param>
    internal abstract IEnumerable<EmbeddedRun> Encode(ClipEncoder encoder, IReadOnlyList<(int First, int End)> runs, int batch, Action<int> done, CancellationToken cancel);

    /// <summary>Some items' features (n, d), in the order asked for.</summary>
    /// <exception cref="UserException">One cannot be decoded.</exception>
    internal abstract Tensor EncodeSome(ClipEncoder encoder, IReadOnlyList<int> items);
}

/// <summary>The features of a run of items.</summary>
/// <param name="Features">(n, d), float32, as the encoder gives them.</param>
/// <param name="Names">n names.</param>
/// <param name="LeftOut">The run's other items.</param>
internal sealed record EmbeddedRun(Tensor Features, IReadOnlyList<string> Names, IReadOnlyList<EmbeddingLeftOut> LeftOut) : IDisposable
{
    public void Dispose() => Features.Dispose();
}
