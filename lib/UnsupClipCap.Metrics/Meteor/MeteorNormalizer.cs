namespace UnsupClipCap.Metrics;

/// <summary>
/// What METEOR's <c>-norm</c> does to tokens of coco-caption, as seen in its scores: a hyphen between letters parts two words and goes, any other
/// punctuation but full stops, commas and hyphens stands alone (<c>'s</c> is <c>' s</c>, <c>!!!</c> three tokens).
/// </summary>
internal static class MeteorNormalizer
{
    public static IReadOnlyList<string> Normalize(string[] tokens)
    {
        if (Array.TrueForAll(tokens, IsPlain)) return tokens;
        var words = new List<string>(tokens.Length + 4);
        foreach (var token in tokens)
        {
            var start = 0;
            for (var i = 0; i < token.Length; i++)
            {
                var parts = token[i] == '-' && i > 0 && i + 1 < token.Length && IsWord(token[i - 1]) && IsWord(token[i + 1]);
                if (!parts && !IsAlone(token[i]) && !char.IsWhiteSpace(token[i])) continue;
                if (i > start) words.Add(token[start..i]);
                if (IsAlone(token[i])) words.Add(token[i].ToString());
                start = i + 1;
            }
            if (start < token.Length) words.Add(token[start..]);
        }
        return words;
    }

    private static bool IsPlain(string token)
    {
        foreach (var c in token)
            if (!IsWord(c) && c is not ('.' or ',')) return false;
        return true;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark;

    private static bool IsAlone(char c) => !IsWord(c) && !char.IsWhiteSpace(c) && !char.IsSurrogate(c) && c is not ('.' or ',' or '-');
}
