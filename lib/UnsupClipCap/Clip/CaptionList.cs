using System.Security.Cryptography;
using System.Text;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The captions of a file, in its order.</summary>
public sealed class CaptionList : EmbeddingInput
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private CaptionList(IReadOnlyList<string> names, IReadOnlyList<string> captions) : base(EmbeddingKind.Texts, names, DigestOf(names, captions)) => Captions = captions;

    /// <summary>A list of captions in the given order, with a name each.</summary>
    public static CaptionList Of(IReadOnlyList<string> names, IReadOnlyList<string> captions) => names.Count == captions.Count ? new(names, captions)
        : throw new ArgumentException($"{captions.Count} captions came with {names.Count} names; expected one each.");

    /// <summary>The name of an image's k-th caption, k from 0, where a list has captions by image.</summary>
    public static string NameOf(string image, int k) => FormattableString.Invariant($"{image}#{k}");

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>
    /// Reads a file, gzipped or not: COCO annotations or results, Karpathy's splits, captions by image (JSON; named <c>image#k</c>, k from 0), a Flickr token
    /// file (the same), or any other text, whose lines are the captions, blank ones too (named by the line's number, from 1).
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="split">The part of Karpathy's file, several joined by "+", or "all"; null for its test part, as in scoring.</param>
    /// <exception cref="MetricInputException">The file cannot be read, is empty or is damaged.</exception>
    /// <exception cref="UserException">It is not UTF-8, or holds no caption.</exception>
    public static CaptionList Open(string path, string? split = null)
    {
        var content = FileContent.Read(path);
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var isJson = name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ||
            !name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && content.Text[content.Text.IndexOfAnyExcept(" \t\r\n"u8)] is (byte)'{' or (byte)'[';
        var list = isJson || split is not null || FlickrTokenFile.IsOne(content) ? OfImages(path, split) : OfLines(content);
        return list.Captions.Count > 0 ? list : throw new UserException($"{path} holds no caption.");
    }

    private static CaptionList OfImages(string path, string? split)
    {
        var file = CaptionFile.Read(path, split);
        var rows = file.Ids.SelectMany((id, i) => file.Captions[i].Select((caption, k) => (Name: NameOf(id.Text, k), caption))).ToList();
        return new([.. rows.Select(r => r.Name)], [.. rows.Select(r => r.caption)]);
    }

    private static CaptionList OfLines(FileContent content)
    {
        string text;
        try
        {
            text = Strict.GetString(content.Text);
        }
        catch (DecoderFallbackException)
        {
            throw new UserException($"{content.Path} is not UTF-8 ({content.Place(FileContent.Invalid(content.Text))}). Save it as UTF-8.");
        }
        var lines = text.Split('\n');
        if (lines[^1].Length == 0) lines = lines[..^1];                 // what follows the last line's end is no line
        return new([.. Enumerable.Range(1, lines.Length).Select(n => FormattableString.Invariant($"{n}"))], [.. lines.Select(l => l.TrimEnd('\r'))]);
    }

    internal override IEnumerable<EmbeddedRun> Encode(ClipEncoder encoder, IReadOnlyList<(int First, int End)> runs, int batch, Action<int> done, CancellationToken cancel)
    {
        var (tokenizer, context) = (encoder.Tokenizer, encoder.Model.Config.Text.Context);
        var ready = WorkAhead.Run(stop => runs.TakeWhile(_ => !stop.IsCancellationRequested).Select(run =>
            (run.First, Ids: (int[][])[.. Captions.Skip(run.First).Take(run.End - run.First).Select(c => ClipText.Encode(tokenizer, c, context))])), 1, cancel);
        foreach (var (first, ids) in ready)
        {
            using var run = new EmbeddedRun(encoder.EncodeTokens(ids, new Told(done, ids.Length), cancel, batch), [.. Names.Skip(first).Take(ids.Length)], []);
            yield return run;
        }
    }

    internal override Tensor EncodeSome(ClipEncoder encoder, IReadOnlyList<int> items) => encoder.EncodeTexts([.. items.Select(i => Captions[i])]);

    /// <summary>Shares of a run as counts of items.</summary>
    private sealed class Told(Action<int> done, int items) : IProgress<double>
    {
        private int _told;

        public void Report(double share)
        {
            var now = (int)Math.Round(share * items);
            done(now - _told);
            _told = now;
        }
    }

    private static string DigestOf(IReadOnlyList<string> names, IReadOnlyList<string> captions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < names.Count; i++) hash.AppendData(Encoding.UTF8.GetBytes($"{names[i]}\n{captions[i]}\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
