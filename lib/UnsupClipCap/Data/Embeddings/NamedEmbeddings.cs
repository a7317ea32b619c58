using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Rows that someone else's program made, with their names.</summary>
/// <param name="Names">N names, one a row.</param>
/// <param name="Rows">(N, d), float32.</param>
public sealed partial record NamedEmbeddings(IReadOnlyList<string> Names, Tensor Rows) : IDisposable
{
    /// <summary>Reads a <c>.npy</c> file (N, d) of float16, float32 or float64 and a text file with a name a line.</summary>
    /// <exception cref="UserException">A file is absent or damaged, the array is no matrix, or there are not as many names as rows.</exception>
    public static NamedEmbeddings ReadNpy(string array, string names)
    {
        var read = ReadNames(names);
        return Of(read, ReadRows(array), names, array);
    }

    /// <summary>
    /// Reads one modality of a folder that clip-retrieval's inference wrote: <c>img_emb/img_emb_0.npy</c>, <c>img_emb_1.npy</c> … or <c>text_emb/text_emb_0.npy</c> …, in the order
    /// of their numbers, with the names in <c>metadata/metadata_0.parquet</c> … or in a text file.
    /// </summary>
    /// <param name="folder">The folder above <c>img_emb</c>.</param>
    /// <param name="kind">Which modality.</param>
    /// <param name="names">A text file with the names of all rows, one a line, in the files' order; null for the metadata's <paramref name="column"/>.</param>
    /// <param name="column">The metadata's column of names: "image_path", "caption", "key" or another.</param>
    /// <exception cref="UserException">A file is absent or damaged, numbers are skipped, widths differ, or there are not as many names as rows.</exception>
    public static NamedEmbeddings ReadClipRetrieval(string folder, EmbeddingKind kind, string? names = null, string column = "image_path")
    {
        var stem = kind == EmbeddingKind.Images ? "img_emb" : "text_emb";
        var files = Numbered(folder, stem);
        using var scope = NewDisposeScope();
        var parts = files.ConvertAll(ReadRows);
        for (var i = 1; i < parts.Count; i++)
            if (parts[i].shape[1] != parts[0].shape[1])
                throw new UserException($"{files[i]} has rows {parts[i].shape[1]} wide and {files[0]} {parts[0].shape[1]}; expected one width. They are of different models.");
        if (names is not null) return Of(ReadNames(names), cat(parts).DetachFromDisposeScope(), names, Path.Combine(folder, stem));
        var read = new List<string>();
        for (var i = 0; i < files.Count; i++)
        {
            var path = Path.Combine(folder, "metadata", FormattableString.Invariant($"metadata_{i}.parquet"));
            var own = ParquetTexts.Read(path, column);
            if (own.Count != parts[i].shape[0]) throw new UserException($"{path} has {own.Count} rows and {files[i]} {parts[i].shape[0]}; expected as many. Copy the folder again.");
            read.AddRange(own);
        }
        return new(read, cat(parts).DetachFromDisposeScope());
    }

    /// <summary>STEM/STEM_0.npy, STEM/STEM_1.npy … in the order of their numbers, none skipped.</summary>
    private static List<string> Numbered(string folder, string stem)
    {
        var inside = Path.Combine(folder, stem);
        if (!Directory.Exists(inside)) throw new UserException($"{inside} does not exist; expected the folder that clip-retrieval wrote, with {stem}/{stem}_0.npy.");
        var files = Directory.EnumerateFiles(inside).Select(f => (File: f, Match: Pattern().Match(Path.GetFileName(f)))).Where(f => f.Match.Success && f.Match.Groups["stem"].Value == stem)
            .Select(f => (f.File, Number: int.Parse(f.Match.Groups["number"].Value, CultureInfo.InvariantCulture))).OrderBy(f => f.Number).ToList();
        if (files.Count == 0) throw new UserException($"{inside} holds no {stem}_0.npy; expected the files that clip-retrieval wrote.");
        for (var i = 0; i < files.Count; i++)
            if (files[i].Number != i) throw new UserException($"{inside} lacks {stem}_{i}.npy, and {Path.GetFileName(files[i].File)} is there; expected every number from 0 on. Copy it too.");
        return files.ConvertAll(f => f.File);
    }

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();

    private static NamedEmbeddings Of(string[] names, Tensor rows, string from, string array)
    {
        if (names.Length == rows.shape[0]) return new(names, rows);
        var count = rows.shape[0];
        rows.Dispose();
        throw new UserException($"{from} has {names.Length} names and {array} {count} rows; expected one name a row. Use the list that belongs to these rows.");
    }

    private static string[] ReadNames(string path) => File.Exists(path) ? File.ReadAllLines(path) : throw new UserException($"{path} does not exist; expected a text file with a name a line.");

    private static Tensor ReadRows(string path)
    {
        var read = Npy.Read(path);
        if (read.shape.Length != 2)
        {
            using var wrong = read;
            throw new UserException($"{path} holds an array of shape [{string.Join(", ", read.shape)}]; expected rows of embeddings, [N, d].");
        }
        if (read.dtype == ScalarType.Float32) return read;
        using (read) return read.to(ScalarType.Float32);
    }

    [GeneratedRegex(@"^(?<stem>img_emb|text_emb)_(?<number>\d{1,9})\.npy$")]
    private static partial Regex Pattern();
}
