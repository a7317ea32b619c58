namespace UnsupClipCap.Metrics;

/// <summary>
/// Tags, lemmas and dependency trees of captions, as the tools behind SPICE (CoreNLP 3.6.0 with its English PCFG) would give them: a network
/// trained to imitate these, errors included. Safe for any number of threads.
/// </summary>
internal sealed class SpiceParser
{
    /// <summary>Words of a piece: a longer caption is parsed in pieces of this many, so that time grows with length and not with its square.</summary>
    private const int LongestPiece = 120;

    /// <summary>Words parsed together.</summary>
    private const int BatchWords = 256;

    private readonly ParserNetwork _network;
    private readonly LemmaRules _lemmas;

    public SpiceParser(ParserWeights weights)
    {
        _network = new(weights);
        _lemmas = new(weights.Lines("lemmas"));
    }

    /// <summary>Parses captions.</summary>
    /// <param name="captions">Tokens as <see cref="PtbTokenizer"/> gives them.</param>
    /// <returns>For each caption its sentences: one, none for a caption without words, several for one of more than 120 words.</returns>
    public ParsedSentence[][] Parse(IReadOnlyList<string[]> captions)
    {
        var pieces = new List<string[]>(captions.Count);
        var counts = new int[captions.Count];
        for (var c = 0; c < captions.Count; c++)
        {
            var words = Words(captions[c]);
            for (var start = 0; start < words.Length; start += LongestPiece, counts[c]++)
                pieces.Add(words.Length <= LongestPiece ? words : words[start..Math.Min(start + LongestPiece, words.Length)]);
        }

        var parsed = new List<ParsedSentence>(pieces.Count);
        var all = pieces.ToArray();
        while (parsed.Count < all.Length)
        {
            int first = parsed.Count, end = first, words = 0;
            while (end < all.Length && (end == first || words + all[end].Length <= BatchWords)) words += all[end++].Length;
            var parses = _network.Run(all.AsSpan(first..end));
            for (var s = first; s < end; s++) parsed.Add(Sentence(all[s], parses[s - first]));
        }

        var result = new ParsedSentence[captions.Count][];
        var at = 0;
        for (var c = 0; c < counts.Length; c++)
        {
            result[c] = new ParsedSentence[counts[c]];
            for (var s = 0; s < counts[c]; s++) result[c][s] = parsed[at++];
        }
        return result;
    }

    private ParsedSentence Sentence(string[] words, ParserNetwork.Parse parse)
    {
        var (tags, lemmas, relations) = (new string[words.Length], new string[words.Length], new string[words.Length]);
        for (var i = 0; i < words.Length; i++)
        {
            tags[i] = _network.Tags[parse.Tags[i]];
            lemmas[i] = _lemmas.Lemma(words[i], tags[i]);
            relations[i] = _network.Relations[parse.Relations[i]];
        }
        return new(words, tags, lemmas, parse.Heads, relations);
    }

    // SPICE tokenises once more what coco-caption has tokenised: "a&m" falls apart there, and a caption's last full stop is parted from its word.
    private static string[] Words(string[] tokens)
    {
        if (tokens.Length == 0) return tokens;
        var last = tokens[^1];
        var ends = last.Length > 1 && last[^1] == '.' && last[^2] != '.';
        var joined = false;
        foreach (var token in tokens) joined |= token.Length > 1 && token.Contains('&');
        if (!ends && !joined) return tokens;
        var words = new List<string>(tokens.Length + 2);
        foreach (var token in ends ? tokens[..^1] : tokens) words.AddRange(token.Length > 1 && token.Contains('&') ? token.Replace("&", " & ").Split(' ', StringSplitOptions.RemoveEmptyEntries) : [token]);
        if (ends)
        {
            words.Add(PtbTokenizer.Tokenize(last) is [var same] && same == last ? last : last[..^1]);
            words.Add(".");
        }
        return [.. words];
    }
}
