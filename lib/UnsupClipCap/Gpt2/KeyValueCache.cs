using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Keys and values of the positions already run, one pair a layer, so that each step of decoding runs one new position a row.
/// Held outside of any dispose scope; dispose it.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private const int Block = 16;                       // capacity grows by this many positions
    private readonly Tensor?[] _keys;                   // (N, nh, capacity, hs)
    private readonly Tensor?[] _values;

    /// <summary>An empty cache for a model of <paramref name="layers"/> layers.</summary>
    public KeyValueCache(int layers)
    {
        _keys = new Tensor?[layers];
        _values = new Tensor?[layers];
    }

    /// <summary>Positions held, the same in every layer once a forward pass is through.</summary>
    public int Length { get; private set; }

    /// <summary>Adds <paramref name="k"/> and <paramref name="v"/>, (N, nh, T, hs), to a layer and gives views of all it holds.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor k, Tensor v) =>
        (Append(ref _keys[layer], k), Append(ref _values[layer], v));

    /// <summary>Counts <paramref name="positions"/> as held, after every layer has appended them.</summary>
    internal void Advance(int positions) => Length += positions;

    /// <summary>Keeps the given rows, in the given order (a row may stand more than once). <paramref name="rows"/>: (M), int64.</summary>
    public void Select(Tensor rows)
    {
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer], _keys[layer]!.index_select(0, rows));
            Replace(ref _values[layer], _values[layer]!.index_select(0, rows));
        }
    }

    private Tensor Append(ref Tensor? store, Tensor added)
    {
        var length = Length + added.shape[2];
        if (store is null || store.shape[2] < length)
        {
            var capacity = (length + Block - 1) / Block * Block;
            var larger = empty([added.shape[0], added.shape[1], capacity, added.shape[3]], added.dtype, added.device);
            if (store is not null) larger.narrow(2, 0, Length).copy_(store.narrow(2, 0, Length));
            Replace(ref store, larger);
        }
        store!.narrow(2, Length, added.shape[2]).copy_(added);
        return store.narrow(2, 0, length);
    }

    private static void Replace(ref Tensor? store, Tensor by)
    {
        store?.Dispose();
        store = by.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values)) tensor?.Dispose();
    }
}
