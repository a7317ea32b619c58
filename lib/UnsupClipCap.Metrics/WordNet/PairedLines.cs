using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>A table of METEOR's: a line with a word, then a line with what belongs to it, separated by spaces.</summary>
/// <param name="Name">The file, for messages.</param>
/// <param name="Text">Its content, ASCII.</param>
internal sealed record PairedLines(string Name, byte[] Text)
{
    /// <summary>Reads a file of METEOR's.</summary>
    /// <exception cref="MetricInputException">The file is missing or cannot be read.</exception>
    public static PairedLines Read(string file)
    {
        try
        {
            return new(file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MetricInputException($"{file} could not be read: {e.Message} Expected METEOR 1.5's table of that name; " +
                "name the folder that holds METEOR's data files, or leave METEOR's data out to use the WordNet table that ships with this library.");
        }
    }

    /// <summary>Words and their synsets: those of word w are <c>Ids[FirstId[w]..FirstId[w + 1]]</c>, ascending.</summary>
    /// <exception cref="MetricInputException">A line is not of this form, or the words are not in ascending order.</exception>
    public (WordTable Words, int[] FirstId, int[] Ids) ReadSynsets()
    {
        var (starts, lengths, firstId, ids) = (new List<int>(150_000), new List<byte>(150_000), new List<int>(150_000), new List<int>(210_000));
        for (var (at, line) = (0, 1); at < Text.Length; line += 2)
        {
            var start = at;
            var word = Line(ref at);
            if (word.Length is 0 or > byte.MaxValue) throw Fault(line, $"a word of {word.Length} bytes", "a word of 1 to 255 bytes");
            if (starts.Count > 0 && Text.AsSpan(starts[^1], lengths[^1]).SequenceCompareTo(word) >= 0)
                throw Fault(line, $"'{Encoding.UTF8.GetString(word)}' after '{Encoding.UTF8.GetString(Text.AsSpan(starts[^1], lengths[^1]))}'", "words in ascending order, each once");
            starts.Add(start);
            lengths.Add((byte)word.Length);
            firstId.Add(ids.Count);
            var synsets = Line(ref at);
            var id = -1;
            foreach (var c in synsets)
            {
                if (c is >= (byte)'0' and <= (byte)'9' && id < 100_000_000) id = Math.Max(id, 0) * 10 + c - '0';
                else if (c == ' ' && id >= 0)
                {
                    ids.Add(id);
                    id = -1;
                }
                else throw Fault(line + 1, $"'{Encoding.UTF8.GetString(synsets)}'", "numbers of up to 9 digits, separated by single spaces");
            }
            if (id < 0) throw Fault(line + 1, $"'{Encoding.UTF8.GetString(synsets)}'", $"the synsets of the word on line {line}");
            ids.Add(id);
        }
        firstId.Add(ids.Count);
        var all = ids.ToArray();
        for (var w = 0; w < starts.Count; w++) Array.Sort(all, firstId[w], firstId[w + 1] - firstId[w]);
        return (new(Text, [.. starts], [.. lengths]), [.. firstId], all);
    }

    /// <summary>Irregular forms, and of each the base forms, from lines of a base form and its irregular forms.</summary>
    /// <exception cref="MetricInputException">A base form has no line of irregular forms.</exception>
    public Dictionary<string, string[]> ReadExceptions()
    {
        var bases = new Dictionary<string, string[]>(6000);
        for (var (at, line) = (0, 1); at < Text.Length; line += 2)
        {
            var word = Encoding.UTF8.GetString(Line(ref at));
            var forms = Encoding.UTF8.GetString(Line(ref at)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (forms.Length == 0) throw Fault(line + 1, "nothing", $"the irregular forms of '{word}'");
            foreach (var form in forms.Distinct()) bases[form] = bases.TryGetValue(form, out var others) ? [.. others, word] : [word];
        }
        return bases;
    }

    private ReadOnlySpan<byte> Line(ref int at)
    {
        var rest = Text.AsSpan(Math.Min(at, Text.Length));
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        at += line.Length + 1;
        return line;
    }

    private MetricInputException Fault(int line, string found, string expected) =>
        new($"{Name}, line {line}: found {found}; expected {expected}. Take the file anew from METEOR 1.5's data folder.");
}
