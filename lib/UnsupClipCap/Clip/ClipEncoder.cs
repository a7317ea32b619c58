using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A frozen CLIP with its tokenizer: pictures and texts in, embeddings out, in order and in memory-friendly batches.</summary>
public sealed class ClipEncoder : IDisposable
{
    private const string Words = "words.txt";
    private readonly Lazy<ITokenizer> _tokenizer;
    private string? _fingerprint;

    /// <summary>A CLIP and the tokenizer that belongs to it.</summary>
    public ClipEncoder(string name, Clip model, ITokenizer tokenizer) : this(name, model, new Lazy<ITokenizer>(tokenizer)) { }

    private ClipEncoder(string name, Clip model, Lazy<ITokenizer> tokenizer, PicturePreparation? preparation = null) => (Name, Model, _tokenizer, _preparation) = (name, model, tokenizer, preparation);

    /// <summary>What it is called in results and cards.</summary>
    public string Name { get; }

    /// <summary>The model, in evaluation mode.</summary>
    public Clip Model { get; }

    /// <summary>The texts' tokens.</summary>
    /// <exception cref="UserException">It was loaded for pictures, and no vocabulary that fits it is there.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    /// <summary>Where the model computes; features always lie on the CPU.</summary>
    public Device Device { get; private set; } = CPU;

    /// <summary>How pictures are made ready: as the checkpoint asks for, by OpenAI's own way where it says nothing.</summary>
    public PicturePreparation Preparation => _preparation ?? PicturePreparation.Of(ImageSize);
    private readonly PicturePreparation? _preparation;

    /// <summary>
    /// 32 hexadecimal digits of a SHA-256 over the model's sizes, its weights as float32 and, where it is not OpenAI's, the preparation of pictures: the same for the same CLIP in whatever file it came.
    /// </summary>
    public string Fingerprint => (_fingerprint ??= Digest(Model, Preparation)) + (IsBfloat16 ? "-bfloat16" : "");

    /// <summary>Whether products are computed in bfloat16: faster, features good to two or three digits; the fingerprint then says so.</summary>
    public bool IsBfloat16 { get; private set; }

    /// <summary>Side of its square input, pixels.</summary>
    public int ImageSize => Model.Config.Vision.ImageSize;

    /// <summary>
    /// Loads the CLIP in a folder (or one of OpenAI's files) with its tokenizer: the list of words beside a miniature one, CLIP's vocabulary otherwise.
    /// See <see cref="ClipCheckpoint.Load(string)"/> and <see cref="ClipTokenizer.Load"/>.
    /// </summary>
    /// <exception cref="UserException">Something is absent or damaged, or model and vocabulary do not belong together.</exception>
    public static ClipEncoder Load(string path, string name)
    {
        var encoder = LoadForPictures(path, name);
        try
        {
            _ = encoder.Tokenizer;
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Load"/>, but the vocabulary is looked for when a text comes: pictures need none.</summary>
    public static ClipEncoder LoadForPictures(string path, string name)
    {
        if (File.Exists(path)) path = ClipCheckpoint.FolderOf(path) ?? path;
        var clip = ClipCheckpoint.Load(path);
        try
        {
            return new(name, clip, new Lazy<ITokenizer>(() => FindTokenizer(path, clip.Config)), PicturePreparation.Read(path, clip.Config.Vision.ImageSize));
        }
        catch
        {
            clip.Dispose();
            throw;
        }
    }

    private static ITokenizer FindTokenizer(string path, ClipConfig config)
    {
        var folder = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
        var words = Path.Combine(folder, Words);
        ITokenizer tokenizer = File.Exists(words) ? new WordTokenizer(File.ReadAllLines(words)) : ClipTokenizer.Load(folder);
        if (config.Text.Vocabulary != tokenizer.Count)
            throw new UserException($"The CLIP in {path} has {config.Text.Vocabulary} tokens, and the vocabulary found for it has {tokenizer.Count}. Put its own vocabulary beside it, or fetch both again.");
        return tokenizer;
    }

    /// <summary>Moves the model to a device.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="bfloat16">Whether to compute products in bfloat16.</param>
    /// <exception cref="UserException">The device has no bfloat16.</exception>
    public ClipEncoder To(Device device, bool bfloat16 = false)
    {
        if (bfloat16 && !Autocast.IsFor(device))
            throw new UserException($"bfloat16 was asked for on '{device}', which does not compute it in hardware (NVIDIA GPUs do from compute capability 8.0 on). Leave it out, and float32 is used.");
        Model.to(device);
        (Device, IsBfloat16) = (device, bfloat16);
        return this;
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
            using (Cast()) features.narrow(0, start, count).copy_(Model.EncodeImage(ImageProcessor.Normalize(rgb.narrow(0, start, count).to(Device), Preparation)));
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
                ImageProcessor.Fit(Picture.Read(files[start + i]), Preparation).Rgb.CopyTo(rgb, i * size * size * 3);
            }
            features.narrow(0, start, count).copy_(EncodeImages(tensor(rgb, [count, size, size, 3]), null, cancel, batch));
            progress?.Report((double)(start + count) / files.Count);
        }
        return features;
    }

    /// <summary>
    /// Texts to features (N, d), float32, not of unit length. Texts of about the same length are encoded together, filled up to the longest of them
    /// only: the tower is causal, so what stands after a text's end changes nothing and would be wasted.
    /// </summary>
    public Tensor EncodeTexts(IReadOnlyList<string> texts, IProgress<double>? progress = null, CancellationToken cancel = default, int batch = 256) =>
        EncodeTokens([.. texts.Select(t => ClipText.Encode(Tokenizer, t, Model.Config.Text.Context))], progress, cancel, batch);

    /// <summary>Texts as token ids with start and end, each within the model's context, to features (N, d). See <see cref="EncodeTexts"/>.</summary>
    public Tensor EncodeTokens(IReadOnlyList<int[]> texts, IProgress<double>? progress = null, CancellationToken cancel = default, int batch = 256)
    {
        using var _ = no_grad();
        var features = empty(texts.Count, Model.Config.EmbeddingWidth);
        var done = 0;
        foreach (var rows in Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length).Chunk(batch))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (tokens, ends) = ClipText.Batch([.. rows.Select(r => texts[r])], Device);
            Tensor rowsOf;
            using (Cast()) rowsOf = Model.EncodeText(tokens, ends);
            features.index_copy_(0, tensor(rows.Select(r => (long)r).ToArray()), rowsOf.to(ScalarType.Float32).cpu());
            progress?.Report((double)(done += rows.Length) / texts.Count);
        }
        return features;
    }

    private Autocast? Cast() => IsBfloat16 ? Autocast.Where(Device) : null;

    private static string Digest(Clip model, PicturePreparation preparation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(model.Config.ToJson()));
        if (!preparation.IsClips) hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{preparation.Resize} {preparation.IsSquashed} {string.Join(' ', preparation.Mean.Concat(preparation.Std).Select(n => n.ToString("r", System.Globalization.CultureInfo.InvariantCulture)))}")));
        foreach (var (name, value) in model.state_dict().Where(p => !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} [{string.Join(", ", value.shape)}]"));
            hash.AppendData(value.detach().to(ScalarType.Float32).cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
