using System.Globalization;

namespace UnsupClipCap.Metrics;

/// <summary>
/// What METEOR's <c>-norm</c> does to tokens of coco-caption, as seen in its scores: a hyphen between letters parts two words and goes (but the letter behind one is no letter before
/// the next: <c>jack-o-lantern</c> is <c>jack o-lantern</c>); an apostrophe between letters begins a word (<c>n't</c> is <c>n 't</c>) and any other stands alone (<c>'s</c> is
/// <c>' s</c>), as do all other signs but full stops, commas and hyphens (<c>!!!</c> is three tokens, <c>y_1</c> too) and letters without case (<c>日本</c> is two); a full stop that
/// ends an abbreviation is parted from it before a number and at the end (<c>st.</c> is <c>st .</c>), unless the abbreviation has others within.
/// </summary>
internal static class MeteorNormalizer
{
    public static IReadOnlyList<string> Normalize(string[] tokens)
    {
        if (Array.TrueForAll(tokens, IsPlain)) return tokens;
        var words = new List<string>(tokens.Length + 4);
        for (var t = 0; t < tokens.Length; t++)
        {
            var token = tokens[t];
            int start = 0, taken = -1;          // taken: the letter behind the last hyphen that parted two, which stands before no other
            void EndWord(int end)
            {
                if (end > start) words.Add(token[start..end]);
            }
            for (var i = 0; i < token.Length; i++)
            {
                var isWithin = i > 0 && i + 1 < token.Length && IsWord(token[i - 1]) && IsWord(token[i + 1]);
                if (token[i] == '\'' && isWithin)
                {
                    EndWord(i);
                    start = i;
                    continue;
                }
                var parts = token[i] == '-' && isWithin && i - 1 > taken;
                if (parts) taken = i + 1;
                if (!parts && !IsAlone(token[i]) && !char.IsWhiteSpace(token[i])) continue;
                EndWord(i);
                if (IsAlone(token[i])) words.Add(token[i].ToString());
                start = i + 1;
            }
            var last = t + 1 == tokens.Length || !char.IsLower(tokens[t + 1][0]);
            if (last && token.Length - start > 1 && token[^1] == '.' && !token.AsSpan(start, token.Length - start - 1).Contains('.'))
            {
                EndWord(token.Length - 1);
                start = token.Length - 1;
            }
            EndWord(token.Length);
        }
        return words;
    }

    private static bool IsPlain(string token)
    {
        foreach (var c in token)
            if (!IsWord(c) && c is not ',') return false;
        return true;
    }

    // Letters without case, as Chinese characters, are taken for signs.
    private static bool IsWord(char c) => char.IsLetterOrDigit(c) && char.GetUnicodeCategory(c) != UnicodeCategory.OtherLetter;

    private static bool IsAlone(char c) => !IsWord(c) && !char.IsWhiteSpace(c) && !char.IsSurrogate(c) && c is not ('.' or ',' or '-');
}
