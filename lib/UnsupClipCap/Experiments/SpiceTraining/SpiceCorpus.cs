using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Reads captions parsed by SPICE's own tools: gzip, one JSON object a line, <c>{caption, sentences: [{words, tags, lemmas, basic}], …}</c>.</summary>
internal static class SpiceCorpus
{
    /// <summary>All sentences of a file.</summary>
    /// <exception cref="UserException">The file is absent or a line is not what the format says.</exception>
    public static List<ParsedSentence> Read(string path)
    {
        if (!File.Exists(path)) throw new UserException($"{path} does not exist. It holds captions parsed by SPICE's own tools; give the folder that has train, more and dev .jsonl.gz.");
        return [.. Lines(path).SelectMany(line => line.Required("sentences").List(Sentence))];
    }

    /// <summary>The lines of a file, one after another.</summary>
    /// <exception cref="MetricInputException">The file is damaged or was cut off.</exception>
    public static IEnumerable<JsonPlace> Lines(string path)
    {
        var text = FileContent.Read(path).Text.ToArray();
        for (int start = 0, line = 1; start < text.Length; line++)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? text.Length : start + length;
            yield return JsonPlace.Parse($"{path}, line {line}", text[start..end], "Fetch the file again.");
            start = end + 1;
        }
    }

    internal static ParsedSentence Sentence(JsonPlace place)
    {
        string[] words = Texts(place, "words"), tags = Texts(place, "tags"), lemmas = Texts(place, "lemmas");
        var (heads, relations) = (new int[words.Length], new string[words.Length]);
        var seen = 0;
        foreach (var (edge, text) in place.Required("basic").List(e => (e, e.Text())))
        {
            var parts = text.Split(' ');
            if (parts.Length != 3 || !int.TryParse(parts[0], out var head) || !int.TryParse(parts[1], out var dependent) || dependent < 1 || dependent > words.Length || head < 0 || head > words.Length)
                throw edge.Wrong($"'head dependent relation' with places of 1 to {words.Length}");
            (heads[dependent - 1], relations[dependent - 1]) = (head, parts[2]);
            seen++;
        }
        if (seen != words.Length || tags.Length != words.Length || lemmas.Length != words.Length)
            throw place.Wrong($"a tag, a lemma and a head for each of {words.Length} words");
        return new(words, tags, lemmas, heads, relations);
    }

    private static string[] Texts(JsonPlace place, string field) => [.. place.Required(field).List(p => p.Text())];
}
