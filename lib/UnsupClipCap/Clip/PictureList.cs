using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>The pictures of a folder, in ordinal order of their file names, or a list of one's own. One that cannot be decoded is left out with the reason, and the others go on.</summary>
public sealed class PictureList : EmbeddingInput
{
    /// <summary>Endings by which a file is taken for a picture, upper case or lower.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    private readonly Func<string, string> _pathOf;

    private PictureList(Func<string, string> pathOf, IReadOnlyList<string> names, string digest) : base(EmbeddingKind.Images, names, digest) => _pathOf = pathOf;

    /// <summary>A list of pictures in the given order. The digest is of the names and the files' lengths.</summary>
    /// <param name="names">One or more, without line breaks.</param>
    /// <param name="pathOf">A name's file, which must exist.</param>
    public static PictureList Of(IReadOnlyList<string> names, Func<string, string> pathOf) => new(pathOf, names, DigestOf(names.Select(n => (n, new FileInfo(pathOf(n)).Length))));

    /// <summary>Lists a folder. The digest is of the names and the files' lengths.</summary>
    /// <exception cref="UserException">There is no such folder, or no picture in it.</exception>
    public static PictureList Open(string folder)
    {
        if (File.Exists(folder)) throw new UserException($"{folder} is a file; expected a folder of pictures.");
        if (!Directory.Exists(folder)) throw new UserException($"{folder} does not exist; expected a folder of pictures.");
        var files = new DirectoryInfo(folder).EnumerateFiles().Where(f => Endings.Contains(f.Extension.ToLowerInvariant())).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        if (files.Count == 0) throw new UserException($"{folder} holds no pictures: no file there ends in {string.Join(", ", Endings)}. Name the folder that they lie in; folders inside are not looked through.");
        if (files.FirstOrDefault(f => f.Name.AsSpan().IndexOfAny('\r', '\n') >= 0) is { } broken)
            throw new UserException($"The name of the picture '{broken.Name.Replace("\n", "\\n").Replace("\r", "\\r")}' in {folder} has a line break, which a list of names cannot hold. Rename it.");
        return new(name => Path.Combine(folder, name), [.. files.Select(f => f.Name)], DigestOf(files.Select(f => (f.Name, f.Length))));
    }

    private static string DigestOf(IEnumerable<(string Name, long Length)> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => FormattableString.Invariant($"{f.Name}\n{f.Length}\n"))))));

    /// <summary>A batch of pictures as the model takes them, (n, S, S, 3) bytes; <paramref name="EndsRun"/> after a run's last.</summary>
    private sealed record Batch(byte[] Rgb, IReadOnlyList<string> Names, IReadOnlyList<EmbeddingLeftOut> LeftOut, bool EndsRun);

    internal override IEnumerable<EmbeddedRun> Encode(ClipEncoder encoder, IReadOnlyList<(int First, int End)> runs, int batch, Action<int> done, CancellationToken cancel)
    {
        var (size, preparation) = (encoder.ImageSize, encoder.Preparation);
        var (features, names, leftOut) = (new List<Tensor>(), new List<string>(), new List<EmbeddingLeftOut>());
        // Two batches ahead: one ready, one being decoded. More would only take memory.
        foreach (var ready in WorkAhead.Run(stop => Decode(runs, preparation, batch, stop), 2, cancel))
        {
            if (ready.Names.Count > 0)
            {
                using var rgb = tensor(ready.Rgb, [ready.Names.Count, size, size, 3], ScalarType.Byte);
                features.Add(encoder.EncodeImages(rgb, null, cancel, batch));
            }
            names.AddRange(ready.Names);
            leftOut.AddRange(ready.LeftOut);
            done(ready.Names.Count + ready.LeftOut.Count);
            if (!ready.EndsRun) continue;
            using var run = new EmbeddedRun(features.Count > 0 ? cat(features) : empty(0, encoder.Model.Config.EmbeddingWidth), [.. names], [.. leftOut]);
            foreach (var tensor in features) tensor.Dispose();
            features.Clear();
            names.Clear();
            leftOut.Clear();
            yield return run;
        }
    }

    internal override Tensor EncodeSome(ClipEncoder encoder, IReadOnlyList<int> items) => encoder.EncodePictures([.. items.Select(i => _pathOf(Names[i]))]);

    private IEnumerable<Batch> Decode(IReadOnlyList<(int First, int End)> runs, PicturePreparation preparation, int batch, CancellationToken stop)
    {
        var bytes = preparation.Crop * preparation.Crop * 3;
        foreach (var (first, end) in runs)
            for (var start = first; start < end; start += batch)
            {
                var count = Math.Min(batch, end - start);
                var pictures = new (byte[]? Rgb, string Reason)[count];
                Parallel.For(0, count, new ParallelOptions { CancellationToken = stop }, i => pictures[i] = Decode(Names[start + i], preparation));
                var there = Enumerable.Range(0, count).Where(i => pictures[i].Rgb is not null).ToList();
                var rgb = new byte[there.Count * bytes];
                for (var i = 0; i < there.Count; i++) pictures[there[i]].Rgb!.CopyTo(rgb, i * bytes);
                yield return new(rgb, [.. there.Select(i => Names[start + i])],
                    [.. Enumerable.Range(0, count).Except(there).Select(i => new EmbeddingLeftOut(Names[start + i], pictures[i].Reason))], start + count == end);
            }
    }

    private (byte[]? Rgb, string Reason) Decode(string name, PicturePreparation preparation)
    {
        try
        {
            return (ImageProcessor.Fit(Picture.Decode(File.ReadAllBytes(_pathOf(name)), name), preparation).Rgb, "");
        }
        catch (UserException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{name} could not be read: {e.Message}");
        }
    }
}
