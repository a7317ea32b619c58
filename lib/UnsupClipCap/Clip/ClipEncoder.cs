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

    /// <summary>
    /// Loads the CLIP in a folder (or one of OpenAI's files) with its tokenizer: the list of words beside a miniature one, CLIP's vocabulary otherwise.
    /// See <see cref="ClipCheckpoint.Load(string)"/> and <see cref="ClipTokenizer.Load"/>.
    /// </summary>
    /// <exception cref="UserException">Something is absent or damaged, or model and vocabulary do not belong together.</exception>
    public static ClipEncoder Load(string path, string name)
    {
        var folder = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
        var words = Path.Combine(folder, Words);
        var clip = ClipCheckpoint.Load(path);
        ITokenizer tokenizer = File.Exists(words) ? new WordTokenizer(File.ReadAllLines(words)) : ClipTokenizer.Load(folder);
        if (clip.Config.Text.Vocabulary != tokenizer.Count)
            throw new UserException($"The CLIP in {path} has {clip.Config.Text.Vocabulary} tokens, and the vocabulary found for it has {tokenizer.Count}. Put its own vocabulary beside it, or fetch both again.");
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

    /// <summary>Picture files to features (N, d), float32, not of unit length; no more than a batch of pictures is held at a time.</summary>
    /// <exception cref="UserException">A file is no picture, or damaged.</exception>
    public Tensor EncodePictures(IReadOnlyList<string> files, IProgress<double>? progress = null, CancellationToken cancel = default, int batch = 128)
    {
        var size = ImageSize;
        var features = empty(files.Count, Model.Config.EmbeddingWidth);
        for (var start = 0; start < files.Count; start += batch)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(batch, files.Count - start);
            var rgb = new byte[count * size * size * 3];
            for (var i = 0; i < count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                ImageProcessor.Fit(Picture.Read(files[start + i]), size).Rgb.CopyTo(rgb, i * size * size * 3);
            }
            features.narrow(0, start, count).copy_(EncodeImages(tensor(rgb, [count, size, size, 3]), null, cancel, batch));
            progress?.Report((double)(start + count) / files.Count);
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
