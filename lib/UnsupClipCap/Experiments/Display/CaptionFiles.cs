namespace UnsupClipCap;

/// <summary>A captioner given picture files.</summary>
public static class CaptionFiles
{
    private static readonly Lazy<ClipEncoder> miniature = new(MiniClip.Load);

    /// <summary>Captions pictures: <c>captioner.Caption("cat.jpg")</c>. Shows the pictures; its text is a line a picture.</summary>
    /// <param name="captioner">One that was trained on the embeddings of an encoder that is here: the miniature world's.</param>
    /// <param name="files">Picture files, as seen from the current folder.</param>
    /// <exception cref="UserException">The captioner's encoder is not here, or a file is no picture.</exception>
    public static ImageGrid Caption(this Captioner captioner, params IReadOnlyList<string> files)
    {
        if (captioner.Card.Encoder != MiniClip.Name)
            throw new UserException($"This captioner takes embeddings of '{captioner.Card.Encoder}', an encoder that is not here; pictures are encoded with '{MiniClip.Name}'. Take a captioner of a study of the preset 'mini'.");
        var watch = Watch.Ambient;
        using var scope = TorchSharp.torch.NewDisposeScope();
        var captions = captioner.Caption(miniature.Value.EncodePictures(files, null, watch.Cancel), null, watch.Share("Captioning"), watch.Cancel);
        return new([.. files.Zip(captions, (file, caption) => new GridPicture(Path.GetFileName(file), Shown(file), [(Study.NameOf(captioner.Card.Source), caption.Text)], []))]);
    }

    // As the encoder saw it, which any page can show: small, and a square.
    private static (byte[], string) Shown(string file) => (ImageProcessor.Fit(Picture.Read(file), ShownSize).ToPng(), "image/png");

    private const int ShownSize = 224;
}
