using System.Globalization;
using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>Reads Flickr8k's and Flickr30k's token files: lines of <c>name#number</c>, a tab and a caption. Blank lines are passed over.</summary>
internal static class FlickrTokenFile
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Whether the first line that is not blank is one of such a file.</summary>
    public static bool IsOne(FileContent file)
    {
        var text = file.Text[file.Text.IndexOfAnyExcept(" \t\r\n"u8)..];
        var end = text.IndexOf((byte)'\n');
        return TrySplit(end < 0 ? text : text[..end], out _, out _, out _);
    }

    public static CaptionFile Read(FileContent file)
    {
        var captions = new CaptionFileBuilder();
        var lineOf = new Dictionary<(int Image, int Number), int>();
        var text = file.Text;
        for (int at = 0, line = 1; at < text.Length; line++)
        {
            var length = text[at..].IndexOf((byte)'\n');
            var next = length < 0 ? text.Length : at + length + 1;
            var row = text[at..next].TrimEnd("\r\n"u8);
            if (row.IndexOfAnyExcept(" \t"u8) >= 0)
            {
                if (row.Contains((byte)'\r'))
                    throw new MetricInputException($"{file.Path}: line {line} is '{Shown(row)}' and has a carriage return within; expected lines that end in a line feed. Convert the line ends.");
                if (!TrySplit(row, out var name, out var number, out var caption))
                    throw new MetricInputException($"{file.Path}: line {line} is '{Shown(row)}'; expected name#number, a tab and a caption. Mend the line.");
                var image = captions.Image(String(file, name, at, line)).Image;
                if (!lineOf.TryAdd((image, number), line))
                    throw new MetricInputException($"{file.Path}: line {line} is of '{captions.Ids[image]}#{number}', as line {lineOf[(image, number)]} is already; expected each caption once. Leave one of them out.");
                captions.Add(image, String(file, caption, at + row.Length - caption.Length, line), new(line));
            }
            at = next;
        }
        return captions.Build(file.Path, CaptionFileFormat.FlickrTokens, p => $"line {p.Outer}");
    }

    private static bool TrySplit(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> name, out int number, out ReadOnlySpan<byte> caption)
    {
        name = caption = [];
        number = 0;
        var tab = row.IndexOf((byte)'\t');
        if (tab < 0) return false;
        var hash = row[..tab].LastIndexOf((byte)'#');
        if (hash <= 0 || !int.TryParse(row[(hash + 1)..tab], NumberStyles.None, CultureInfo.InvariantCulture, out number)) return false;
        name = row[..hash];
        caption = row[(tab + 1)..];
        return true;
    }

    private static string String(FileContent file, ReadOnlySpan<byte> text, int offset, int line)
    {
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            var wrong = FileContent.Invalid(text);
            throw new MetricInputException($"{file.Path}: line {line} is not UTF-8: found byte 0x{text[wrong]:X2} where a character should begin or go on ({file.Place(offset + wrong)}); expected UTF-8. Save the file as UTF-8.");
        }
    }

    private static string Shown(ReadOnlySpan<byte> row) => Encoding.UTF8.GetString(row[..Math.Min(row.Length, 40)]) + (row.Length > 40 ? "…" : "");
}
