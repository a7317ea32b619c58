using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A frozen CLIP with its tokenizer: pictures and texts in, embeddings out, in order and in memory-friendly batches.</summary>
public sealed class ClipEncoder(string name, Clip model, ITokenizer tokenizer) : IDisposable
{
    private const string Words = "words.txt";

    /// <summary>What it is called in results and cards.</summary>
    public string Name { get; } = name;

    /// <summary>The model, in evaluation mode.</summary>
    public Clip Model { get; } = model;

    /// <summary>The texts' tokens.</summary>
    public ITokenizer Tokenizer { get; } = tokenizer;

    /// <summary>Side of its square input, pixels.</summary>
    public int ImageSize => Model.Config.Vision.ImageSize;

    /// <summary>Loads the CLIP in a folder, with the list of words beside it.</summary>
    /// <exception cref="UserException">Something is absent or damaged.</exception>
    public static ClipEncoder Load(string folder, string name)
    {
        var words = Path.Combine(folder, Words);
        if (!File.Exists(words)) throw new UserException($"{words} does not exist; a miniature CLIP's words are expected there, one a line.");
        var tokenizer = new WordTokenizer(File.ReadAllLines(words));
        var clip = ClipCheckpoint.Load(folder);
        if (clip.Config.Text.Vocabulary != tokenizer.Count)
            throw new UserException($"{words} has {tokenizer.Words.Count} words, which make {tokenizer.Count} tokens; the CLIP beside it has {clip.Config.Text.Vocabulary}. Fetch or train both again.");
        return new ClipEncoder(name, clip, tokenizer);
    }

    /// <summary>Writes a miniature CLIP as a folder that <see cref="Load"/> and OpenCLIP's tools read: configuration, weights, words.</summary>
    public static void Save(string folder, Clip clip, WordTokenizer tokenizer, ScalarType type)
    {
        AtomicFile.WriteText(Path.Combine(folder, "open_clip_config.json"), clip.Config.ToJson());
        AtomicFile.WriteText(Path.Combine(folder, Words), string.Join('\n', tokenizer.Words) + "\n");
        var tensors = ModuleWeights.Take(clip, type);
        Safetensors.Write(Path.Combine(folder, "open_clip_model.safetensors"), tensors);
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }

    /// <summary>Pictures (N, S, S, 3), uint8, to features (N, d), float32, not of unit length.</summary>
    public Tensor EncodeImages(Tensor rgb, IProgress<double>? progress = null, CancellationToken cancel = default, int batch = 128)
    {
        using var _ = no_grad();
        var features = empty(rgb.shape[0], Model.Config.EmbeddingWidth);
        for (long start = 0; start < rgb.shape[0]; start += batch)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(batch, rgb.shape[0] - start);
            features.narrow(0, start, count).copy_(Model.EncodeImage(ImageProcessor.Normalize(rgb.narrow(0, start, count))));
            progress?.Report((double)(start + count) / rgb.shape[0]);
        }
        return features;
    }

    /// <summary>
    /// Texts to features (N, d), float32, not of unit length. Texts of one length are encoded together: the tower is causal, so padding would be
    /// wasted and changes nothing.
    /// </summary>
    public Tensor EncodeTexts(IReadOnlyList<string> texts, IProgress<double>? progress = null, CancellationToken cancel = default, int batch = 256)
    {
        using var _ = no_grad();
        var ids = texts.Select(t => ClipText.Encode(Tokenizer, t, Model.Config.Text.Context)).ToArray();
        var features = empty(texts.Count, Model.Config.EmbeddingWidth);
        var done = 0;
        foreach (var rows in Enumerable.Range(0, texts.Count).GroupBy(i => ids[i].Length).OrderBy(g => g.Key).SelectMany(g => g.Chunk(batch)))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (tokens, ends) = ClipText.Batch([.. rows.Select(r => ids[r])], CPU);
            features.index_copy_(0, tensor(rows.Select(r => (long)r).ToArray()), Model.EncodeText(tokens, ends));
            progress?.Report((double)(done += rows.Length) / texts.Count);
        }
        return features;
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
