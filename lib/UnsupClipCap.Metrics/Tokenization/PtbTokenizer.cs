using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Splits captions into words as coco-caption does: the conventions of Stanford's PTBTokenizer 3.4.1
/// (<c>-preserveLines -lowerCase</c>), after which coco-caption drops punctuation. A hand-written scanner; no Java.
/// </summary>
/// <remarks>
/// The dropped tokens are <c>'' ' `` ` -LRB- -RRB- -LCB- -RCB- . ? ! , : - -- ... ;</c>. Coco-caption compares after
/// lower-casing, so its bracket tokens stay as <c>-lrb-</c> and so on; so do <c>!!</c>, <c>?!</c> and runs of five or more hyphens.
/// A token that holds a space in the original (a telephone number, "3 1/2") holds a no-break space here, as there.
/// </remarks>
public static class PtbTokenizer
{
    /// <summary>The tokens of one caption, lower-case, punctuation dropped. A caption is one line: line breaks count as spaces.</summary>
    /// <param name="caption">Any text; the time taken grows linearly with its length.</param>
    /// <returns>The tokens in order; empty for a caption of nothing but white space and punctuation.</returns>
    public static string[] Tokenize(string caption) => Tokenize(caption, "");

    /// <summary>
    /// The tokens of one caption of a document. Coco-caption tokenises all captions as lines of one document, and there a
    /// caption's last single letter loses its full stop if the next line starts with a word such as "A" or "The".
    /// </summary>
    /// <param name="caption">Any text.</param>
    /// <param name="following">The next caption of the document, empty after the last.</param>
    /// <returns>The tokens of <paramref name="caption"/> in order.</returns>
    public static string[] Tokenize(string caption, string following) => Tokenize(caption, following, null);

    /// <summary>The same with tokens taken from a store where it has them.</summary>
    internal static string[] Tokenize(string caption, string following, WordStore? words)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(following);
        var tokens = new List<string>(16);
        var scanner = new PtbScanner(caption, following);
        while (scanner.Next())
        {
            var token = scanner.Replacement ?? Spell(caption.AsSpan(scanner.Start, scanner.End - scanner.Start), scanner.Quotes, words);
            if (!IsDropped(token)) tokens.Add(token);
        }
        return [.. tokens];
    }

    /// <summary>The tokens of each caption of a document, in order; the work is spread over the processor's cores.</summary>
    /// <param name="captions">N captions, each a line.</param>
    /// <returns>N token arrays.</returns>
    public static string[][] TokenizeAll(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var tokens = new string[captions.Count][];
        Cores.Each(captions.Count, () => new WordStore(), (i, words) => tokens[i] = Tokenize(captions[i], i + 1 < captions.Count ? captions[i + 1] : "", words));
        return tokens;
    }

    private static bool IsDropped(string token) => token switch
    {
        "" or "''" or "'" or "``" or "`" or "." or "?" or "!" or "," or ":" or "-" or "--" or "..." or ";" => true,
        _ => false,
    };

    private static string Spell(ReadOnlySpan<char> text, bool quotes, WordStore? words)
    {
        var plain = true;
        foreach (var c in text)
            if (c is ' ' or '\u00AD' or '(' or ')' or '&' or '`' || c > '\u007F' && Respelt(c))
            {
                plain = false;
                break;
            }
        if (plain)
        {
            if (words is not null && text.Length <= WordStore.MaxLength) return words.Lower(text);
            return string.Create(text.Length, text, static (to, from) =>
            {
                for (var i = 0; i < from.Length; i++) to[i] = char.ToLowerInvariant(from[i]);
            });
        }
        var spelt = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '&' && text[i..].StartsWith("&amp;", StringComparison.OrdinalIgnoreCase))
            {
                spelt.Append('&');
                i += 4;
            }
            else if (quotes && c == '&' && text[i..].StartsWith("&apos;", StringComparison.OrdinalIgnoreCase))
            {
                spelt.Append('\'');
                i += 5;
            }
            else if (c is ' ') spelt.Append('\u00A0');
            else if (c is '(') spelt.Append("-lrb-");
            else if (c is ')') spelt.Append("-rrb-");
            else if (c is '\u00AD') { }
            else if (quotes && PtbCharacters.IsRightSingleQuote(c)) spelt.Append('\'');
            else if (quotes && PtbCharacters.IsLeftSingleQuote(c)) spelt.Append('`');
            else spelt.Append(char.ToLowerInvariant(c));
        }
        return spelt.ToString();
    }

    private static bool Respelt(char c) => PtbCharacters.IsRightSingleQuote(c) || PtbCharacters.IsLeftSingleQuote(c);
}
