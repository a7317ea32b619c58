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
    /// <param name="preset">"mini", or one on photographs, "coco" or "flickr30k"; the preset "flickr8k" has embeddings but no encoder.</param>
    /// <param name="checkpoint">A captioner's file, or null for the shipped one, which is the miniature world's.</param>
    /// <param name="device">"auto", "cpu" or "cuda".</param>
    /// <param name="published">What a published file does not hold; null for its published values, and for ours.</param>
    /// <exception cref="UserException">The preset has no encoder, or encoder or captioner is not there, damaged, or of another.</exception>
    public static PictureCaptioner Open(string preset, string? checkpoint, string device, PublishedSettings? published = null)
    {
        if (Preset.Find(preset).Photos is { } photos) return OpenPhotos(preset, photos, checkpoint, published, device);
        if (preset != Preset.Mini.Name)
            throw new UserException($"The preset '{preset}' has embeddings of its photographs but no encoder for others; './run caption --preset mini' captions any picture, './run table1 --preset {preset}' its own.");
        var where = Devices.Find(device);
        var captioner = Captioner.Load(checkpoint ?? Shipped, published);
        try
        {
            CheckEncoder(captioner, MiniClip.Name, preset, checkpoint);
            captioner.To(where);
            var card = captioner.Card;
            return new(MiniClip.Load(), captioner, $"{Study.NameOf(card.Source)} of {(checkpoint is null ? "the shipped captioner" : Path.GetFileName(checkpoint))}, " +
                $"trained on {(card.Source == Source.Images ? "images" : "text alone")}: {card.Data}; encoder {card.Encoder}");
        }
        catch
        {
            captioner.Dispose();
            throw;
        }
    }

    /// <summary>The preset's CLIP among the data sets, with a captioner of its embeddings; a published checkpoint does not tell whose embeddings it takes.</summary>
    private static PictureCaptioner OpenPhotos(string preset, PhotoSet photos, string? checkpoint, PublishedSettings? published, string device)
    {
        var clip = photos.FindClip() ?? throw new UserException($"The preset '{preset}' encodes pictures with CLIP, and {string.Join(" or ", photos.Clip)} is in none of the data folders ({string.Join(", ", Locations.DataFolders)}). './run fetch {photos.ClipFetch}' gets it.");
        if (checkpoint is null)
            throw new UserException($"No captioner is shipped for the preset '{preset}'. Give one with --checkpoint: './run train --preset {preset} --out FILE' trains it, './run fetch clipcap-coco' gets ClipCap's.");
        var opened = Open(clip, checkpoint, published, device);
        try
        {
            if (opened._captioner.Card.Encoder != CaptionerCard.UnknownEncoder) CheckEncoder(opened._captioner, PhotoStudyData.EncoderOf(clip), preset, checkpoint);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static void CheckEncoder(Captioner captioner, string encoder, string preset, string? checkpoint)
    {
        if (captioner.Card.Encoder != encoder)
            throw new UserException($"{checkpoint} was trained on embeddings of '{captioner.Card.Encoder}'; the preset '{preset}' encodes pictures with '{encoder}'. Give the CLIP that it was trained with (--clip), or train one with './run train --preset {preset}'.");
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
