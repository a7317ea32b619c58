using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Pictures in, sentences out: an encoder and a captioner that was trained on its embeddings.</summary>
public sealed class PictureCaptioner : IDisposable
{
    private readonly ClipEncoder _encoder;
    private readonly Captioner _captioner;

    private PictureCaptioner(ClipEncoder encoder, Captioner captioner, string name) => (_encoder, _captioner, Name) = (encoder, captioner, name);

    /// <summary>Who speaks: the captioner and what it was trained on.</summary>
    public string Name { get; }

    /// <summary>The captioner of the miniature world that ships with the project, trained on text alone.</summary>
    public static string Shipped => Path.Combine(Locations.Data, "captioner-mini.safetensors");

    /// <summary>Opens a preset's encoder and a captioner.</summary>
    /// <param name="preset">"mini"; the preset "flickr8k" has embeddings but no encoder.</param>
    /// <param name="checkpoint">A captioner's file, or null for the shipped one.</param>
    /// <param name="device">"auto", "cpu" or "cuda".</param>
    /// <exception cref="UserException">The preset has no encoder, or the captioner is not there, damaged, or of another encoder.</exception>
    public static PictureCaptioner Open(string preset, string? checkpoint, string device)
    {
        if (Preset.Find(preset).Name != "mini")
            throw new UserException($"The preset '{preset}' has embeddings of its photographs but no encoder for others; './run caption --preset mini' captions any picture, './run table1 --preset {preset}' its own.");
        var captioner = Captioner.Load(checkpoint ?? Shipped);
        if (captioner.Card.Encoder != MiniClip.Name)
            throw new UserException($"{checkpoint} was trained on embeddings of '{captioner.Card.Encoder}'; the preset '{preset}' encodes pictures with '{MiniClip.Name}'. Give the CLIP that it was trained with (--clip), or train one with './run train --preset {preset}'.");
        captioner.To(Devices.Find(device));
        var card = captioner.Card;
        return new(MiniClip.Load(), captioner, $"{Study.NameOf(card.Source)} of {(checkpoint is null ? "the shipped captioner" : Path.GetFileName(checkpoint))}, " +
            $"trained on {(card.Source == Source.Images ? "images" : "text alone")}: {card.Data}; encoder {card.Encoder}");
    }

    /// <summary>Opens any CLIP and a captioner trained on its embeddings: one of ours, or ClipCap's or CapDec's as published.</summary>
    /// <param name="clip">A CLIP's folder, or one of OpenAI's files (<see cref="ClipCheckpoint.Load(string)"/>).</param>
    /// <param name="checkpoint">The captioner's file.</param>
    /// <param name="published">What a published file does not hold; null for its published values, and for ours.</param>
    /// <param name="device">"auto", "cpu" or "cuda".</param>
    /// <exception cref="UserException">Something is absent or damaged, or the two do not belong together.</exception>
    public static PictureCaptioner Open(string clip, string checkpoint, PublishedSettings? published, string device)
    {
        var where = Devices.Find(device);
        var captioner = Captioner.Load(checkpoint, published);
        ClipEncoder? encoder = null;
        try
        {
            encoder = ClipEncoder.LoadForPictures(clip, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(clip)))).To(where);
            var (made, taken) = (encoder.Model.Config.EmbeddingWidth, captioner.Model.EmbeddingWidth);
            if (made != taken) throw new UserException($"The CLIP in {clip} makes embeddings of {made} numbers, and the captioner in {checkpoint} takes {taken}. Give the CLIP that it was trained with.");
            captioner.To(where);
            return new(encoder, captioner, $"{Path.GetFileName(checkpoint)}: {captioner.Card.Data}; encoder {encoder.Name}");
        }
        catch
        {
            captioner.Dispose();
            encoder?.Dispose();
            throw;
        }
    }

    /// <summary>A sentence for each picture, in order.</summary>
    /// <exception cref="UserException">A file is no picture, or damaged.</exception>
    public IReadOnlyList<GeneratedCaption> Caption(IReadOnlyList<string> files, Decoding? decoding = null, Watch? watch = null)
    {
        watch ??= Watch.Ambient;
        using var scope = NewDisposeScope();
        var embeddings = _encoder.EncodePictures(files, null, watch.Cancel);
        return _captioner.Caption(embeddings, decoding, watch.Share("Captioning"), watch.Cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _captioner.Dispose();
    }
}
