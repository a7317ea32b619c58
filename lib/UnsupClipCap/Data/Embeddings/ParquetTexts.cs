using Parquet;

namespace UnsupClipCap;

/// <summary>A column of texts out of a Parquet file.</summary>
internal static class ParquetTexts
{
    /// <summary>Reads a column in the rows' order.</summary>
    /// <exception cref="UserException">The file is absent or damaged, has no such column, or the column holds something else than texts, or nothing in a row.</exception>
    public static IReadOnlyList<string> Read(string path, string column)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist; expected a Parquet file with a column '{column}'.");
        try
        {
            return ReadAsync(path, column).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (UserException or OutOfMemoryException))         // the reader has no one exception for damaged files
        {
            throw new UserException($"{path} is not a whole Parquet file: {e.Message} Copy it again.", e);
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(string path, string column)
    {
        using var file = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(file, null, true);
        var fields = reader.Schema.GetDataFields();
        if (fields.FirstOrDefault(f => f.Path.ToString() == column) is not { } field)
            throw new UserException($"{path} has no column '{column}'; its columns are {string.Join(", ", fields.Select(f => f.Path))}. Give a text file of names instead.");
        if (field.ClrType != typeof(string) && field.ClrType != typeof(ReadOnlyMemory<char>)) throw new UserException($"{path}: the column '{column}' holds values of type {field.ClrType.Name}; expected texts. Give a text file of names instead.");
        var texts = new List<string>();
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            var part = new string?[rows.RowCount];
            await rows.ReadAsync(field, part.AsMemory());
            texts.AddRange(part!);
        }
        return texts.IndexOf(null!) is var empty and >= 0 ? throw new UserException($"{path}: the column '{column}' has nothing in row {empty}; expected a text in each. Give a text file of names instead.") : texts;
    }
}
