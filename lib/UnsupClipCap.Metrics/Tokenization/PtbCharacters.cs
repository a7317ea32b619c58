using System.Globalization;

namespace UnsupClipCap.Metrics;

/// <summary>Character classes of Penn Treebank tokenisation.</summary>
internal static class PtbCharacters
{
    /// <summary>What separates tokens; a line break is one of them because a caption is one line.</summary>
    public static bool IsSpace(char c) => c switch
    {
        <= ' ' => c is ' ' or '\t' or '\n' or '\r' or '\u000B' or '\u000C' or '\0',
        '\u00A0' or '\u3000' or '\u2028' or '\u2029' => true,
        >= '\u2000' and <= '\u200B' => true,
        _ => false,
    };

    public static bool IsAsciiAlphanumeric(char c) => char.IsAsciiLetterOrDigit(c);

    /// <summary>A letter that can start or continue a word, combining marks and the soft hyphen included.</summary>
    public static bool IsLetter(char c)
    {
        if (c < '\u0080') return char.IsAsciiLetter(c);
        if (c == '\u00AD') return true;
        if (char.IsSurrogate(c)) return false; // the original reads UTF-16 units: nothing beyond the first plane is a letter
        return CharUnicodeInfo.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => c < '\u0F00',
            UnicodeCategory.ModifierSymbol => c is >= '\u02C2' and <= '\u0385',
            _ => false,
        };
    }

    public static bool IsDigit(char c) => c < '\u0080' ? char.IsAsciiDigit(c) : char.IsDigit(c);

    public static bool IsWordPart(char c) => IsLetter(c) || IsDigit(c);

    public static bool IsRightSingleQuote(char c) => c is '\'' or '\u0092' or '\u2019' or '\u00B4' or '\u009B' or '\u203A';

    public static bool IsLeftSingleQuote(char c) => c is '`' or '\u0091' or '\u2018' or '\u201B' or '\u201A' or '\u2039' or '\u0082';

    /// <summary>An apostrophe, straight or curly.</summary>
    public static bool IsApostrophe(char c) => c is '\'' or '\u0092' or '\u2019' or '\u00B4';

    /// <summary>A character taken for an apostrophe inside a word, rightly or wrongly.</summary>
    public static bool IsInnerApostrophe(char c) => IsApostrophe(c) || c is '`' or '\u0091' or '\u2018' or '\u201B';

    public static bool IsQuote(char c) => IsApostrophe(c) ||
        c is '`' or (>= '\u2018' and <= '\u201F') or '\u0082' or '\u0084' or (>= '\u0091' and <= '\u0094') or '\u2039' or '\u203A' or '\u00AB' or '\u00BB';

    public static bool IsHyphen(char c) => c is '-' or '_' or '\u058A' or '\u2010' or '\u2011';

    public static bool IsDash(char c) => c is '\u0096' or '\u0097' or '\u2013' or '\u2014' or '\u2015';

    /// <summary>A symbol that is a token by itself. Other characters outside every class are left out, as the original does.</summary>
    public static bool IsSymbol(char c) => c switch
    {
        '+' or '%' or '&' or '~' or '^' or '|' or '\\' or '/' => true,
        < '\u00A0' => false,
        '\u00A6' or '\u00A7' or '\u00A8' or '\u00A9' or '\u00AC' or '\u00AE' or '\u00AF' or '\u00D7' or '\u00F7' => true,
        >= '\u00B0' and <= '\u00BA' => true,
        '\u00A1' or '\u00BF' or '\u037E' or '\u0589' or '\u061F' or '\u06D4' or '\u3002' => true,
        '\u0387' or '\u05BE' or '\u05C0' or '\u05C3' or '\u05C6' or '\u05F3' or '\u05F4' => true,
        (>= '\u0600' and <= '\u0603') or (>= '\u0606' and <= '\u060A') or '\u060C' or '\u0614' or '\u061B' or '\u061E' or '\u066A' or '\u066D' => true,
        (>= '\u0700' and <= '\u070D') or (>= '\u07F6' and <= '\u07F8') or '\u0964' or '\u0965' or '\u0E4F' or '\u1FBD' => true,
        '\u2016' or '\u2017' or (>= '\u2020' and <= '\u2025') or (>= '\u2030' and <= '\u2038') or '\u203B' or '\u203C' or (>= '\u203E' and <= '\u2044') => true,
        (>= '\u207A' and <= '\u207F') or (>= '\u208A' and <= '\u208E') or (>= '\u2100' and <= '\u214F') or (>= '\u2190' and <= '\u2BFF') => true,
        (>= '\u3001' and <= '\u3006') or (>= '\u3008' and <= '\u3020') or '\u30FB' => true,
        (>= '\uFF01' and <= '\uFF0F') or (>= '\uFF1A' and <= '\uFF20') or (>= '\uFF3B' and <= '\uFF40') or (>= '\uFF5B' and <= '\uFF65') => true,
        _ => false,
    };
}
