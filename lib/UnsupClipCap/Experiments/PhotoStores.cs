using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Stores of embeddings beside a data set: every folder in <c>SET/embeddings</c> under a data folder that <c>./run embed</c> made, <c>coco/embeddings/val2014</c> say. Pictures are found by
/// their file names, captions by <c>IMAGE#k</c>, as './run embed' names those of COCO's, Karpathy's and Flickr's files.
/// </summary>
internal sealed class PhotoStores
{
    private const int Tried = 8;                            // rows that are encoded again, to see that a store is what it says
    private const double SameCosine = 0.999;                // of float16 rows, and of another device
    private readonly IReadOnlyList<EmbeddingStore> _stores;
    private readonly Lazy<ClipEncoder> _encoder;

    private PhotoStores(IReadOnlyList<EmbeddingStore> stores, Lazy<ClipEncoder> encoder) => (_stores, _encoder) = (stores, encoder);

    /// <summary>Opens the stores of a data set. Where there are none, nothing is loaded.</summary>
    /// <exception cref="UserException">A store is damaged, unfinished, or of another encoder than the study's.</exception>
    public static PhotoStores Open(string set, Lazy<ClipEncoder> encoder)
    {
        var stores = Locations.Find(Path.Combine(set, "embeddings")) is { } folder && Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Where(d => File.Exists(Path.Combine(d, EmbeddingIndex.FileName))).Order(StringComparer.Ordinal).Select(EmbeddingStore.Open).ToList() : [];
        foreach (var store in stores)
        {
            var settings = store.Index.Settings;
            if (settings.Encoder.Fingerprint != encoder.Value.Fingerprint)
                throw new UserException($"The store {store.Folder} is of the encoder {settings.Encoder}, and the study's is '{encoder.Value.Name}' ({encoder.Value.Fingerprint}). Encode with the CLIP that the study finds, or move the store elsewhere.");
            if (settings.IsNormalized || !settings.Part.IsWhole)
                throw new UserException($"The store {store.Folder} holds {(settings.IsNormalized ? "rows of unit length" : $"part {settings.Part} of a list")}; expected {(settings.IsNormalized ? "them as the encoder gives them ('./run embed' without --normalize)" : "the whole ('./run embed merge')")}. Make it so, or move it elsewhere.");
        }
        return new(stores, encoder);
    }

    /// <summary>The rows of a list, in its order, where the stores account for every item of it; null where they do not.</summary>
    /// <param name="list">Pictures under <c>FOLDER/FILE</c>, or captions.</param>
    /// <returns>(N, d), float32, and the items that a store has left out.</returns>
    /// <exception cref="UserException">A shard is damaged, or a row is not what the study's encoder makes of the item.</exception>
    public (Tensor Rows, IReadOnlyList<EmbeddingLeftOut> LeftOut)? Find(EmbeddingInput list)
    {
        var stores = _stores.Where(s => s.Index.Settings.Kind == list.Kind).ToList();
        if (stores.Count == 0) return null;
        var (rows, without) = (new Dictionary<string, (int Store, int Row)>(), new Dictionary<string, string>());
        for (var s = 0; s < stores.Count; s++)
        {
            for (var row = 0; row < stores[s].Count; row++) rows[stores[s].Names[row]] = (s, row);
            foreach (var item in stores[s].LeftOut) without[item.Name] = item.Reason;
        }
        var (kept, leftOut) = (new List<int>(), new List<EmbeddingLeftOut>());
        for (var i = 0; i < list.Names.Count; i++)
            if (rows.ContainsKey(Key(list.Names[i]))) kept.Add(i);
            else if (without.TryGetValue(Key(list.Names[i]), out var reason)) leftOut.Add(new(list.Names[i], reason));
            else return null;
        var all = empty(kept.Count, stores[0].Width);
        try
        {
            for (var s = 0; s < stores.Count; s++)
            {
                using var scope = NewDisposeScope();
                var places = Enumerable.Range(0, kept.Count).Where(i => rows[Key(list.Names[kept[i]])].Store == s).ToList();
                if (places.Count == 0) continue;
                var of = stores[s].All().index_select(0, tensor(places.Select(i => (long)rows[Key(list.Names[kept[i]])].Row).ToArray()));
                all.index_copy_(0, tensor(places.Select(i => (long)i).ToArray()), of);
                Check(stores[s], list, [.. Spread(places.Count).Select(p => (kept[places[p]], all[places[p]]))]);
            }
            return (all, leftOut);
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    private static string Key(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static IEnumerable<int> Spread(int count) => Enumerable.Range(0, Tried).Select(i => (int)((long)i * count / Tried)).Distinct();

    private void Check(EmbeddingStore store, EmbeddingInput list, IReadOnlyList<(int Item, Tensor Row)> tried)
    {
        var made = list.EncodeSome(_encoder.Value, [.. tried.Select(t => t.Item)]);                                         // (n, d)
        var cosines = nn.functional.cosine_similarity(made, stack(tried.Select(t => t.Row)), dim: 1).data<float>().ToArray();
        if (Array.FindIndex(cosines, c => !(c >= SameCosine)) is >= 0 and var wrong)
            throw new UserException(FormattableString.Invariant($"The row of {list.Names[tried[wrong].Item]} in {store.Folder} is not what the encoder makes of it (cosine {cosines[wrong]:0.000}): the store is of other pictures or captions. Encode those that the study reads, or move the store elsewhere."));
    }
}
