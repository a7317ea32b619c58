using static UnsupClipCap.Metrics.PtbCharacters;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Finds the next Penn Treebank token of a caption. The original is a generated automaton: of all patterns the one that
/// matches most text wins, text that it only looks ahead at included, and the earlier pattern wins a tie. Here each
/// pattern is a small method that offers its match, and the furthest-reaching offer is kept.
/// </summary>
/// <param name="text">The caption.</param>
/// <param name="following">The line after it, at which a few patterns look; empty at the end of the document.</param>
internal ref struct PtbScanner(ReadOnlySpan<char> text, ReadOnlySpan<char> following)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly ReadOnlySpan<char> _following = following;
    private int _reach;

    // Up to these positions a failed search need not be repeated, which keeps long input linear.
    private int _noUrlBefore, _noWwwBefore, _noMailBefore, _noFileBefore, _noTagBefore, _compoundHyphen = -1, _compoundEnd;

    /// <summary>Where the current token starts.</summary>
    public int Start { get; private set; }

    /// <summary>Where the current token ends (exclusive).</summary>
    public int End { get; private set; }

    /// <summary>What the token reads as when that is not its own text; empty for a token that is left out.</summary>
    public string? Replacement { get; private set; }

    /// <summary>Whether curly quotes inside the token become straight ones.</summary>
    public bool Quotes { get; private set; }

    // The end of a caption is the end of its line, and patterns look at the line break and sometimes past it.
    private readonly char this[int i] => i < _text.Length ? _text[i] : Past(i - _text.Length - 1);

    private readonly char Past(int i) => i >= 0 && i < _following.Length ? _following[i] : '\n';

    /// <summary>Moves to the next token; false at the end.</summary>
    public bool Next()
    {
        var i = End;
        while (i < _text.Length && IsSpace(_text[i])) i++;
        Start = End = _reach = i;
        Replacement = null;
        Quotes = false;
        if (i >= _text.Length) return false;
        var c = _text[i];
        if (PlainWord(i)) return true;

        if (IsLetter(c) || IsDigit(c)) StartingWithWord(i);
        else if (c == '&') StartingWithAmpersand(i);
        else if (IsQuote(c)) StartingWithQuote(i);
        else StartingWithSymbol(i, c);
        if (End == i) Offer(i + 1, i + 1, ""); // a character of no class is left out
        return true;
    }

    private void Offer(int end, int reach, string? replacement = null, bool quotes = false)
    {
        if (end <= Start || reach <= _reach) return;
        (End, _reach, Replacement, Quotes) = (end, reach, replacement, quotes);
    }

    private void Offer(int end) => Offer(end, end);

    // Nearly all words of real captions: letters, then white space, or a comma or full stop before white space.
    private bool PlainWord(int i)
    {
        var end = i;
        while (char.IsAsciiLetter(this[end])) end++;
        if (end == i) return false;
        var next = this[end];
        if (!IsSpace(next))
        {
            if (next is not (',' or '.') || !IsSpace(this[end + 1])) return false;
            if (next == '.' && (PtbAbbreviations.KeepsStop(_text[i..end]) || PtbAbbreviations.KeepsStopBeforeNumber(_text[i..end]))) return false;
        }
        if (AssimilatedPart(i, end) > 0) return false;
        End = end;
        return true;
    }

    // "cannot" is "can" + "not", "gonna" is "gon" + "na": the length of the first part, or 0.
    private readonly int AssimilatedPart(int i, int end) => (end - i) switch
    {
        6 when Is(i, "cannot") => 3,
        5 when Is(i, "gonna") || Is(i, "gotta") || Is(i, "lemme") || Is(i, "gimme") || Is(i, "wanna") => 3,
        5 when Is(i, "dunno") => 2,
        3 when Is(i, "nno") => 1,
        _ => 0,
    };

    private readonly bool Is(int i, string lower) =>
        i + lower.Length <= _text.Length && _text.Slice(i, lower.Length).Equals(lower, StringComparison.OrdinalIgnoreCase);

    // ---- words and numbers ----

    private void StartingWithWord(int i)
    {
        var letters = i;
        while (IsAsciiLetterOrSoftHyphen(this[letters])) letters++;
        Assimilations(i);
        Word(i);
        ApostropheWords(i, letters);
        Addresses(i);
        Dates(i);
        Number(i);
        Treebank(i);
        Slashes(i);
        Money(i);
        Abbreviations(i);
        FileName(i);
        StoppedWord(i);
        Phone(i);
        Compound(i);
        Thing(i);
        Ampersands(i);
    }

    private static bool IsAsciiLetterOrSoftHyphen(char c) => char.IsAsciiLetter(c) || c == '\u00AD';

    private void Assimilations(int i)
    {
        foreach (var length in (ReadOnlySpan<int>)[6, 5, 3])
            if (AssimilatedPart(i, i + length) is > 0 and var part) Offer(i + part, i + length);
    }

    // Letters and digits, and further ones after a single . ! or ? ("street.Two" is one token in the original).
    private readonly int WordEnd(int i)
    {
        var end = WordRun(i);
        if (end == i) return i;
        while (this[end] is '.' or '!' or '?')
        {
            var further = WordRun(end + 1);
            if (further == end + 1) break;
            end = further;
        }
        return end;
    }

    private readonly int WordRun(int i)
    {
        if (LetterLength(i) == 0) return i;
        for (; ; )
        {
            if (LetterLength(i) is > 0 and var length) i += length;
            else if (IsDigit(this[i])) i++;
            else return i;
        }
    }

    // An accented letter may be an entity: "&eacute;".
    private readonly int LetterLength(int i)
    {
        if (IsLetter(this[i])) return 1;
        if (this[i] != '&' || !"aeiouAEIOU".Contains(this[i + 1])) return 0;
        return Is(i + 2, "acute;") || Is(i + 2, "grave;") ? 8 : Is(i + 2, "uml;") ? 6 : 0;
    }

    private void Word(int i)
    {
        var end = WordEnd(i);
        if (end > i)
        {
            if (AuxiliaryEnd(end) is > 0 and var auxiliary) Offer(end, auxiliary);
            Offer(end);
        }

        // "do" of "don't": letters whose last is the n of n't and whose last but one is no n.
        var letters = i;
        while (IsAsciiLetterOrSoftHyphen(this[letters])) letters++;
        if (letters - 1 > i && this[letters - 1] is 'n' or 'N' && ApostropheLength(letters, inner: true) is > 0 and var apostrophe &&
            this[letters + apostrophe] is 't' or 'T')
        {
            var before = letters - 2;
            while (before >= i && this[before] == '\u00AD') before--;
            if (before >= i && this[before] is not ('n' or 'N')) Offer(letters - 1, letters + apostrophe + 1);
        }
    }

    // 's 'm 'd 're 've 'll at i: where it ends, or 0.
    private readonly int AuxiliaryEnd(int i)
    {
        var apostrophe = ApostropheLength(i, inner: false);
        if (apostrophe == 0) return 0;
        var after = i + apostrophe;
        if (Is(after, "re") || Is(after, "ve") || Is(after, "ll")) return after + 2;
        return this[after] is 'm' or 's' or 'd' or 'M' or 'S' or 'D' ? after + 1 : 0;
    }

    private readonly int ApostropheLength(int i, bool inner)
    {
        if (inner ? IsInnerApostrophe(this[i]) : IsApostrophe(this[i])) return 1;
        return this[i] == '&' && Is(i, "&apos;") ? 6 : 0;
    }

    private static ReadOnlySpan<string> FixedApostropheWords => new[] { "nor'easter", "c'mon", "e'er", "s'mores", "ev'ry", "li'l", "nat'l", "cont'd", "cont'd." };

    private static ReadOnlySpan<string> OpenApostropheWords => new[] { "l", "d", "j", "dunkin", "somethin", "ol" };

    private void ApostropheWords(int i, int letters)
    {
        var apostrophe = ApostropheLength(letters, inner: true);
        if (apostrophe == 0) return;
        var after = letters + apostrophe;
        if (ApostropheLength(letters, inner: false) > 0)
        {
            foreach (var word in OpenApostropheWords)
                if (letters - i == word.Length && Is(i, word)) Offer(after, after, quotes: true);
        }
        foreach (var word in FixedApostropheWords)
            if (Is(i, word)) Offer(i + word.Length, i + word.Length, quotes: true);
        if (letters - i == 4 && Is(i, "diff") && Is(after, "rent")) Offer(after + 4, after + 4, quotes: true);
        if (letters - i == 1 && this[i] is 'o' or 'O' && this[after] is 'o' or 'O') Offer(after + 1, after + 1, quotes: true);

        var end = after;
        while (IsLetter(this[end])) end++;
        // D'Angelo, n'ts; but I'll and Y'all are split.
        if (letters - i == 1 && this[i] is (>= 'A' and <= 'H') or (>= 'J' and <= 'X') or 'Z' or 'n' && end - after >= 2) Offer(end, end, quotes: true);
        // Shi'ite, ma'am: a vowel before and a vowel (or capital) after.
        if (letters - i >= 2 && "aeiouyAEIOUY".Contains(this[letters - 1]) && ("aeiou".Contains(this[after]) || char.IsAsciiLetterUpper(this[after])))
            Offer(end, end, quotes: true);
        // y' of y'all.
        if (letters - i == 1 && this[i] is 'y' or 'Y' && ApostropheLength(letters, inner: false) > 0 && IsLetter(this[after])) Offer(after, after + 1);
        // n't where the rest has been taken.
        if (letters - i == 1 && this[i] is 'n' or 'N' && this[after] is 't' or 'T')
            Offer(after + 1, char.IsAsciiLetter(this[after + 1]) ? after : after + 2, quotes: true);
    }

    private void Dates(int i)
    {
        var first = Digits(i, 2);
        if (first == i || this[first] is not ('-' or '/')) return;
        for (; first > i; first--)
        {
            if (this[first] is not ('-' or '/')) continue;
            var second = Digits(first + 1, 2);
            if (second == first + 1 || this[second] is not ('-' or '/')) continue;
            var third = Digits(second + 1, 4);
            if (third - second - 1 >= 2) Offer(third);
        }
    }

    private readonly int Digits(int i, int most)
    {
        var end = i;
        while (end - i < most && IsDigit(this[end])) end++;
        return end;
    }

    private void Number(int i)
    {
        var start = this[i] is '-' or '+' ? i + 1 : i;
        if (NumberEnd(start) is var end && end > start) Offer(end);
        // 1/2, 3 1/2, 3-1/2
        Fraction(i);
        var whole = Digits(i, 4);
        if (whole > i && this[whole] is '-' or ' ' or '\u00A0') Fraction(whole + 1);
    }

    private void Fraction(int i)
    {
        var above = Digits(i, 4);
        if (above == i) return;
        var slash = this[above] == '\\' ? above + 1 : above;
        if (this[slash] != '/' && (slash > above || this[slash] != '\u2044')) return;
        var below = Digits(slash + 1, 4);
        if (below > slash + 1) Offer(below);
    }

    // Digits with separators (3,000.5 and 12:30), or starting with one (.5 and :30).
    private readonly int NumberEnd(int i)
    {
        var end = i;
        while (IsDigit(this[end])) end++;
        var separated = end;
        while (this[separated] is '.' or ',' or ':' or '\u00AD' or '\u066B' or '\u066C' && IsDigit(this[separated + 1]))
        {
            separated++;
            while (IsDigit(this[separated])) separated++;
        }
        return separated;
    }

    private static ReadOnlySpan<string> TreebankWords => new[]
    {
        "-rrb-", "-lrb-", "-rcb-", "-lcb-", "-rsb-", "-lsb-", "c.d.s", "pro-", "anti-", "s&p-500", "s&amp;p-500", "s&ls", "s&amp;ls",
    };

    private void Treebank(int i)
    {
        foreach (var word in TreebankWords)
            if (Is(i, word)) Offer(i + word.Length);
        if (Is(i, "cap") && ApostropheLength(i + 3, inner: false) is > 0 and var a && this[i + 3 + a] is 'n' or 'N') Offer(i + 4 + a);
        if (this[i] is 'c' or 'C' && ApostropheLength(i + 1, inner: false) is > 0 and var b && Is(i + 1 + b, "est")) Offer(i + 4 + b);
    }

    // and/or, 30 km/h, well-lit/half-dark: up to three parts of ASCII letters and digits, each with at most two hyphens.
    private void Slashes(int i)
    {
        var end = SlashPart(i);
        if (end == i) return;
        for (var part = 0; part < 2; part++)
        {
            var slash = this[end] == '\\' ? end + 1 : end;
            if (this[slash] != '/') return;
            var next = SlashPart(slash + 1);
            if (next == slash + 1) return;
            end = next;
            Offer(end);
        }
    }

    private readonly int SlashPart(int i)
    {
        var end = i;
        while (IsAsciiAlphanumeric(this[end])) end++;
        if (end == i) return i;
        for (var hyphens = 0; hyphens < 2 && this[end] == '-' && char.IsAsciiLetter(this[end + 1]); hyphens++)
        {
            end++;
            while (char.IsAsciiLetter(this[end])) end++;
        }
        return end;
    }

    // US$, A$
    private void Money(int i)
    {
        var end = i;
        while (char.IsAsciiLetterUpper(this[end])) end++;
        if (this[end] == '$') Offer(end + 1);
    }

    private void Abbreviations(int i)
    {
        var end = i;
        while (char.IsAsciiLetter(this[end])) end++;
        if (end == i) return;
        if (this[end] == '.')
        {
            var word = _text[i..end];
            if (word.Length == 1 && StartsSentence(end + 1)) Offer(end, end + 2);
            else if (PtbAbbreviations.KeepsStop(word)) Offer(end + 1);
            if (PtbAbbreviations.KeepsStopBeforeNumber(word))
            {
                if (IsDigit(this[end + 1])) Offer(end + 1, end + 2);
                else if (IsSpace(this[end + 1]) && IsDigit(this[end + 2])) Offer(end + 1, end + 3);
            }
            if (Is(i, "ph.d.") || Is(i, "ed.d.")) Offer(i + 5);
        }
        // U.S.A.: single letters, each with its full stop.
        if (AcronymEnd(i) is > 0 and var acronym) Offer(acronym);
    }

    // White space and then a word that seldom follows an initial: "the letter T. The ..." ends a sentence.
    private readonly bool StartsSentence(int i)
    {
        if (!IsSpace(this[i])) return false;
        while (IsSpace(this[i]) && i < _text.Length + 1 + _following.Length) i++;
        Span<char> word = stackalloc char[PtbAbbreviations.LongestOpener];
        var length = 0;
        while (char.IsAsciiLetter(this[i + length]))
        {
            if (length == word.Length) return false;
            word[length] = this[i + length];
            length++;
        }
        var after = i + length;
        if (length == 2 && this[after] == '.' && word[..2] is "Mr" or "Ms") return IsSpace(this[after + 1]) || this[after + 1] is '?' or '!';
        return (IsSpace(this[after]) || this[after] is '?' or '!') && PtbAbbreviations.OpensSentence(word[..length]);
    }

    private readonly int AcronymEnd(int i)
    {
        var end = i;
        while (char.IsAsciiLetter(this[end]) && this[end + 1] == '.') end += 2;
        return end > i ? end : 0;
    }

    private static ReadOnlySpan<string> Extensions => new[]
    {
        "bat", "bmp", "bz2", "c", "class", "cgi", "cpp", "dll", "doc", "docx", "exe", "gif", "gz", "h", "htm", "html", "jar", "java", "jpeg", "jpg",
        "mov", "mp3", "pdf", "php", "pl", "png", "ppt", "ps", "py", "sql", "tar", "txt", "wav", "x", "xml", "zip", "3gp", "wma", "wmv", "avi", "flv", "mp4", "mpg",
    };

    private void FileName(int i)
    {
        if (i < _noFileBefore) return;
        var end = i;
        while (IsAsciiAlphanumeric(this[end])) end++;
        while (end > i && this[end] is '-' or '.' or '_' or '/')
        {
            var part = end + 1;
            while (IsAsciiAlphanumeric(this[part])) part++;
            if (part == end + 1) break;
            if (this[end] == '.' && (IsSpace(this[part]) || ".?!,\"'<".Contains(this[part])))
            {
                var extension = _text[(end + 1)..part];
                foreach (var known in Extensions)
                {
                    if (!extension.Equals(known, StringComparison.OrdinalIgnoreCase)) continue;
                    Offer(part, part + 1);
                    return;
                }
            }
            end = part;
        }
        _noFileBefore = end;
    }

    // A word keeps a full stop that a comma, colon or semicolon follows.
    private void StoppedWord(int i)
    {
        var end = WordEnd(i);
        if (end > i && this[end] == '.' && IsWithinSentence(this[end + 1])) Offer(end + 1, end + 2);
    }

    private static bool IsWithinSentence(char c) => c is ',' or ';' or ':' or '\u3001';

    // (617) 253-0000, 555-1234, 555 1234, 617.253.0000
    private void Phone(int i)
    {
        if (this[i] == '(')
        {
            var area = AsciiDigits(i + 1, 3);
            if (area - i - 1 < 2 || this[area] != ')') return;
            PhoneTail(this[area + 1] is ' ' or '\u00A0' ? area + 2 : area + 1);
            PhoneTail(area + 1);
            return;
        }
        var start = i;
        while (start - i < 2 && this[start] == '+') start++;
        var first = AsciiDigits(start, 4);
        if (first - start < 2) return;
        if (this[first] is '-' or ' ' or '\u00A0')
        {
            PhoneTail(first + 1);
            var second = AsciiDigits(first + 1, 4);
            if (second - first - 1 >= 2 && this[second] is '-' or ' ' or '\u00A0') PhoneTail(second + 1);
        }
        else if (this[first] == '.')
        {
            PhoneDots(start);
            PhoneDots(first + 1);
        }
    }

    private void PhoneTail(int i)
    {
        for (var head = AsciiDigits(i, 4); head - i >= 3; head--)
        {
            var tail = this[head] is '-' or ' ' or '\u00A0' ? head + 1 : head;
            var end = AsciiDigits(tail, 5);
            if (end - tail >= 3) Offer(end);
        }
    }

    private void PhoneDots(int i)
    {
        var a = AsciiDigits(i, 4);
        if (a - i < 2 || this[a] != '.') return;
        var b = AsciiDigits(a + 1, 4);
        if (b - a - 1 < 3 || this[b] != '.') return;
        var c = AsciiDigits(b + 1, 5);
        if (c - b - 1 >= 3) Offer(c);
    }

    private readonly int AsciiDigits(int i, int most)
    {
        var end = i;
        while (end - i < most && char.IsAsciiDigit(this[end])) end++;
        return end;
    }

    // Compounds whose first part holds full stops or commas: 5,000-foot, U.S.-based.
    private void Compound(int i)
    {
        if (!IsAsciiAlphanumeric(this[i])) return;
        if (i >= _compoundHyphen)
        {
            _compoundHyphen = i;
            while (IsAsciiAlphanumeric(this[_compoundHyphen]) || this[_compoundHyphen] is '.' or ',' or '\u00AD') _compoundHyphen++;
            _compoundEnd = CompoundTail(_compoundHyphen);
        }
        if (_compoundEnd > 0) Offer(_compoundEnd, _compoundEnd + 1);
    }

    // The end of the longest run of "-part" that something other than a letter, digit, full stop or plus follows,
    // or of one with the full stop that a comma follows; 0 if there is none.
    private readonly int CompoundTail(int hyphen)
    {
        var best = 0;
        while (this[hyphen] == '-')
        {
            var end = hyphen + 1;
            while (IsAsciiAlphanumeric(this[end]) || this[end] == '\u00AD') end++;
            if (end == hyphen + 1) break;
            if (AcronymEnd(hyphen + 1) is var acronym && acronym - hyphen > 3) end = acronym;
            if (!(IsAsciiAlphanumeric(this[end]) || this[end] is '.' or '+')) best = end;
            if (this[end] == '.' && IsWithinSentence(this[end + 1])) best = end + 1;
            hyphen = end;
        }
        return best;
    }

    // Words with hyphens: t-shirt, 9-year-old, d'Avignon, l'eau.
    private void Thing(int i)
    {
        // Only a number keeps its sign.
        var end = this[i] is '-' or '+' or '.' or ',' or ':' ? NumberEnd(this[i] is '-' or '+' ? i + 1 : i) : ThingPart(i);
        if (end <= i + 1 && !IsThingLetter(this[i])) return;
        while (IsHyphen(this[end]) && ThingPart(end + 1) is > 0 and var next) end = next;
        Offer(end, end, quotes: true);
        if (this[end] == '.' && IsWithinSentence(this[end + 1])) Offer(end + 1, end + 2, quotes: true);
    }

    private readonly int ThingPart(int i)
    {
        var start = i;
        if (this[i] is 'd' or 'D' or 'o' or 'O' or 'l' or 'L' && ApostropheLength(i + 1, inner: true) is > 0 and var a && IsThingLetter(this[i + 1 + a]))
            start = i + 1 + a;
        var end = start;
        while (IsThingLetter(this[end])) end++;
        if (NumberEnd(i) is var number && number > end) end = number;
        return end > start ? end : -1;
    }

    private static bool IsThingLetter(char c) => c < '\u0080' ? char.IsAsciiLetterOrDigit(c) : char.IsLetterOrDigit(c) && !char.IsSurrogate(c);

    // AT&T: capitals only.
    private void Ampersands(int i)
    {
        var end = i;
        while (char.IsAsciiLetterUpper(this[end])) end++;
        var joined = false;
        while (end > i && this[end] is '&' or '+')
        {
            var next = Is(end, "&amp;") ? end + 5 : end + 1;
            if (!char.IsAsciiLetterUpper(this[next])) break;
            while (char.IsAsciiLetterUpper(this[next])) next++;
            end = next;
            joined = true;
        }
        if (!joined) return;
        Offer(end);
        if (this[end] == '.' && IsWithinSentence(this[end + 1])) Offer(end + 1, end + 2);
    }

    // ---- addresses ----

    private void Addresses(int i)
    {
        FullUrl(i);
        LikelyUrl(i);
        Mail(i);
    }

    private void FullUrl(int i)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["ftp://", "svn://", "svn+ssh://", "http://", "https://", "mailto://"])
        {
            if (!Is(i, scheme)) continue;
            var start = i + scheme.Length;
            var end = start;
            while (!IsSpace(this[end]) && !"\"<>|(){}[]".Contains(this[end])) end++;
            while (end > start && ".!?,;:&'-".Contains(this[end - 1])) end--;
            if (end - start >= 2) Offer(end);
        }
    }

    private void LikelyUrl(int i)
    {
        if (i < _noUrlBefore) return;
        int end = i, best = 0;
        if (i >= _noWwwBefore && Is(i, "www."))
        {
            var host = i + 4;
            while (!IsSpace(this[host]) && !"\"<>|.!?(){},".Contains(this[host]))
            {
                while (!IsSpace(this[host]) && !"\"<>|.!?(){},".Contains(this[host])) host++;
                if (this[host] != '.') break;
                host++;
                var letters = host;
                while (letters - host < 4 && char.IsAsciiLetter(this[letters])) letters++;
                if (letters - host >= 2) best = Math.Max(best, letters);
            }
            if (best == 0) _noWwwBefore = host;
        }
        while (IsHostCharacter(this[end]))
        {
            while (IsHostCharacter(this[end])) end++;
            if (this[end] != '.') break;
            end++;
            if (Is(end, "com") || Is(end, "net") || Is(end, "org") || Is(end, "edu")) best = Math.Max(best, end + 3);
        }
        if (best == 0)
        {
            _noUrlBefore = end;
            return;
        }
        Offer(best);
        if (this[best] != '/') return;
        var path = best + 1;
        while (!IsSpace(this[path]) && !"\"<>|()".Contains(this[path])) path++;
        while (path > best + 1 && ".!?{},-".Contains(this[path - 1])) path--;
        if (path - best >= 3) Offer(path);
    }

    // The original's class holds a range from comma to underscore by accident, so capitals and digits end a host name.
    private static bool IsHostCharacter(char c) => !IsSpace(c) && c is not (>= ',' and <= '_') && !"\"`'<>|.!?(){}$".Contains(c);

    private void Mail(int i)
    {
        if (i < _noMailBefore) return;
        var start = this[i] == '<' ? i + 1 : Is(i, "&lt;") ? i + 4 : i;
        if (Is(start, "mailto:")) start += 7;
        var at = start;
        while (IsAsciiAlphanumeric(this[at]) || this[at] is '.' or '_' or '%' or '+' or '-') at++;
        if (this[at] != '@' || at == start)
        {
            _noMailBefore = at;
            return;
        }
        var end = at + 1;
        while (IsAsciiAlphanumeric(this[end]) || end > at + 1 && this[end] is '.' or '-') end++;
        while (end > at + 1 && !IsAsciiAlphanumeric(this[end - 1])) end--;
        if (end - at - 1 < 2)
        {
            _noMailBefore = at;
            return;
        }
        Offer(this[end] == '>' ? end + 1 : Is(end, "&gt;") ? end + 4 : end);
    }

    // ---- tokens that start with something else ----

    private void StartingWithAmpersand(int i)
    {
        if (LetterLength(i) > 0) StartingWithWord(i);
        else if (Is(i, "&apos;")) StartingWithQuote(i);
        else if (Is(i, "&amp;")) Offer(i + 5, i + 5, "&");
        else if (Is(i, "&quot;")) Offer(i + 6, i + 6, "");
        else if (Is(i, "&nbsp;")) Offer(i + 6, i + 6, "");
        else if (Is(i, "&md;")) Offer(i + 4, i + 4, "");
        else if (Is(i, "&mdash;") || Is(i, "&ndash;")) Offer(i + 7, i + 7, "");
        else if (Is(i, "&gt;")) Offer(i + 4, i + 4, ">");
        else if (Is(i, "&lt;"))
        {
            Mail(i);
            Offer(i + 4, i + 4, "<");
        }
        else
        {
            var digits = i + 2;
            if (this[i + 1] == '#')
                while (char.IsAsciiDigit(this[digits])) digits++;
            if (digits > i + 2 && this[digits] == ';') Offer(digits + 1);
            foreach (var name in (ReadOnlySpan<string>)["&ht;", "&tl;", "&ur;", "&lr;", "&qc;", "&ql;", "&qr;", "&odq;", "&cdq;"])
                if (Is(i, name)) Offer(i + name.Length);
            Offer(i + 1);
        }
    }

    private void StartingWithQuote(int i)
    {
        var apostrophe = ApostropheLength(i, inner: false);
        if (apostrophe > 0)
        {
            var after = i + apostrophe;
            if (Is(after, "tis")) Offer(after + 1, after + 3, "'t");
            if (this[i] == '\'' && Is(after, "twas")) Offer(after + 1, after + 4);
            if (this[after] is 'n' or 'N')
            {
                var closing = ApostropheLength(after + 1, inner: false);
                Offer(after + 1 + closing, after + 1 + closing, quotes: true);
            }
            if (Is(after, "em")) Offer(after + 2, after + 2, quotes: true);
            if (Is(after, "till")) Offer(after + 4, after + 4, quotes: true);
            if (Is(after, "til")) Offer(after + 3, after + 3, quotes: true);
            if (Is(after, "cause")) Offer(after + 5, after + 5, quotes: true);
            if (this[after] is >= '2' and <= '9' && this[after + 1] == '0' && this[after + 2] is 's' or 'S') Offer(after + 3, after + 3, quotes: true);
            if (AuxiliaryEnd(i) is > 0 and var auxiliary && !IsAsciiLetterOrSoftHyphen(this[auxiliary])) Offer(auxiliary, auxiliary + 1, quotes: true);
            if (char.IsAsciiDigit(this[after]) && char.IsAsciiDigit(this[after + 1]) && IsSpace(this[after + 2])) Offer(after + 2, after + 3);
        }
        LikelyUrl(i);
        if (this[i + 1] == '\'' && this[i] is '`' or '\'' or '\u0091' or '\u0092' or '\u2018' or '\u2019') Offer(i + 2, i + 2, "");

        // A quotation mark, or two that are not apostrophes; before a letter that does not stand alone it opens a quotation.
        var end = apostrophe > 0 ? i + apostrophe : i + 1;
        if (IsPaired(this[i]) && IsPaired(this[i + 1])) end = i + 2;
        var reach = end;
        if (IsLetter(this[end]) && !IsSpace(this[end + 1])) reach = end + 2;
        else if (this[end] is 'a' or 'A' or 'i' or 'I' or 'u' or 'U' && IsSpace(this[end + 1])) reach = end + 2;
        Offer(end, reach, end == i + 2 && apostrophe != 2 ? QuotePair(this[i], this[i + 1]) : "");
    }

    private static bool IsPaired(char c) => IsQuote(c) && c is not ('\'' or '\u00B4');

    private static string QuotePair(char first, char second)
    {
        var pair = Spelling(first) + Spelling(second);
        return pair is "``" or "''" ? "" : pair;

        static string Spelling(char c) => c switch
        {
            '\u0084' or '\u0093' or '\u201C' or '\u201E' or '\u00AB' => "``",
            '\u0094' or '\u201D' or '\u00BB' => "''",
            _ when IsLeftSingleQuote(c) => "`",
            _ when IsRightSingleQuote(c) => "'",
            _ => c.ToString(),
        };
    }

    private void StartingWithSymbol(int i, char c)
    {
        switch (c)
        {
            case '"':
                Offer(i + 1, i + 1, "");
                return;
            case '<':
                Tag(i);
                Mail(i);
                Smiley(i);
                Offer(this[i + 1] == '<' ? i + 2 : i + 1);
                return;
            case '>':
                Smiley(i);
                Offer(this[i + 1] == '>' ? i + 2 : i + 1);
                return;
            case ':' or ';' or '=':
                if (c == ':')
                {
                    Number(i);
                    Thing(i);
                }
                Smiley(i);
                if (c == '=') Offer(Run(i, '='));
                else Offer(i + 1, i + 1, "");
                return;
            case '(':
                Phone(i);
                Offer(i + 1);
                return;
            case ')':
                Offer(i + 1);
                return;
            case '{':
                Offer(i + 1, i + 1, "-lcb-");
                return;
            case '}':
                Offer(i + 1, i + 1, "-rcb-");
                return;
            case '[':
                Offer(i + 1, i + 1, "-lsb-");
                return;
            case ']':
                Offer(i + 1, i + 1, "-rsb-");
                return;
            case '.':
                Mail(i);
                Number(i);
                Thing(i);
                Stops(i);
                return;
            case ',':
                Number(i);
                Thing(i);
                Offer(i + 1, i + 1, "");
                return;
            case '-':
                Mail(i);
                Number(i);
                Treebank(i);
                Thing(i);
                var hyphens = Run(i, '-');
                Offer(hyphens, hyphens, hyphens - i <= 4 ? "" : null);
                return;
            case '+':
                LikelyUrl(i);
                Mail(i);
                Number(i);
                Phone(i);
                Thing(i);
                Offer(i + 1);
                return;
            case '?' or '!':
                var end = i;
                while (this[end] is '?' or '!') end++;
                Offer(end);
                return;
            case '@' or '\uFF20':
                LikelyUrl(i);
                var name = i + 1;
                if (char.IsAsciiLetter(this[name]) || this[name] == '_')
                {
                    while (IsAsciiAlphanumeric(this[name]) || this[name] == '_') name++;
                    Offer(name);
                }
                Offer(c == '@' ? Run(i, '@') : i + 1);
                return;
            case '#' or '\uFF03':
                LikelyUrl(i);
                Hashtag(i);
                Offer(c == '#' ? Run(i, '#') : i + 1);
                return;
            case '_':
                Mail(i);
                Offer(Run(i, '_'));
                return;
            case '*':
                LikelyUrl(i);
                Offer(Run(i, '*'));
                return;
            case '$':
                Offer(i + 1);
                return;
            case '\\':
                var stars = i;
                while (stars - i < 6 && this[stars] == '\\' && this[stars + 1] == '*') stars += 2;
                Offer(Math.Max(stars, i + 1));
                return;
            case '%' or '~' or '^' or '|' or '/':
                if (c is '%' or '~') LikelyUrl(i);
                if (c == '%') Mail(i);
                Offer(i + 1);
                return;
            case '\u0085' or '\u2026':
                Offer(i + 1, i + 1, "");
                return;
            case '\u00A2':
                Offer(i + 1, i + 1, "cents");
                return;
            case '\u00A3':
                Offer(i + 1, i + 1, "#");
                return;
            case '\u00A4' or '\u0080' or '\u20A0' or '\u20AC' or '\u20B9':
                Offer(i + 1, i + 1, "$");
                return;
            case '\u00A5' or '\u20AA' or '\u060B' or '\u0E3F' or '\u20A4' or '\uFFE0' or '\uFFE1' or '\uFFE5' or '\uFFE6':
                Offer(i + 1);
                return;
            case '\u00B0':
                Offer(this[i + 1] is 'C' or 'F' ? i + 2 : i + 1);
                return;
        }
        if (IsDash(c)) Offer(i + 1, i + 1, "");
        else if (Vulgar(c) is { } fraction) Offer(i + 1, i + 1, fraction);
        else if (Scripted(i) is var script && script > i) Offer(script);
        else if (IsSymbol(c)) Offer(i + 1);
    }

    private readonly int Run(int i, char c)
    {
        while (this[i] == c) i++;
        return i;
    }

    private void Hashtag(int i)
    {
        var end = i + 1;
        if (LetterLength(end) == 0) return;
        while (IsWordPart(this[end]) || this[end] == '_') end++;
        while (end > i + 1 && this[end - 1] == '_') end--;
        if (end - i >= 3) Offer(end);
    }

    // Three or more full stops, with or without spaces between, are an ellipsis; all of them are dropped in the end.
    private void Stops(int i)
    {
        var end = Run(i, '.');
        if (end - i >= 3)
        {
            Offer(end, end, "");
            return;
        }
        var spaced = i + 1;
        var stops = 1;
        while (this[spaced] is ' ' or '\u00A0' && this[spaced + 1] == '.')
        {
            spaced += 2;
            stops++;
        }
        if (stops >= 3) Offer(spaced, spaced, "");
        Offer(i + 1, i + 1, "");
    }

    // :-) and its kin, unless a letter or digit follows.
    private void Smiley(int i)
    {
        var at = this[i] is '<' or '>' ? i + 1 : i;
        if (this[at] is not (':' or ';' or '=')) return;
        at++;
        if (this[at] is '-' or 'o' or '*' or '\'' && Mouth(this[at + 1]) && !IsAsciiAlphanumeric(this[at + 2])) Offer(at + 2, at + 3);
        if (Mouth(this[at]) && !IsAsciiAlphanumeric(this[at + 1])) Offer(at + 1, at + 2);

        static bool Mouth(char c) => c is '(' or ')' or 'D' or 'P' or 'd' or 'p' or 'O' or '\\' or '{' or '@' or '|' or '[' or ']';
    }

    // <b>, </b>, <unk>, <img src="a" />, <!-- -->
    // A quoted value may hold the start of another tag, but a place is read for three tags at most: one outside quotes, one inside " and one inside ', since each mark moves them all.
    private void Tag(int i)
    {
        if (i < _noTagBefore) return;
        if (this[i + 1] is '!' or '?')
        {
            if (!char.IsAsciiLetter(this[i + 2]) && this[i + 2] != '-') return;
            var close = _text[i..].IndexOf('>');
            if (close < 0) _noTagBefore = _text.Length;
            else Offer(i + close + 1);
            return;
        }
        var closing = this[i + 1] == '/';
        var end = TagName(closing ? i + 2 : i + 1);
        if (end < 0) return;
        if (!closing)
        {
            for (; ; )
            {
                var attribute = Run(end, ' ');
                if (attribute == end || TagName(attribute) is not (> 0 and var name)) break;
                end = name;
                var equals = Run(end, ' ');
                if (this[equals] != '=') continue;
                var value = Run(equals + 1, ' ');
                if (this[value] is '"' or '\'')
                {
                    var quoted = value + 1 < _text.Length ? _text[(value + 1)..].IndexOf(this[value]) : -1;
                    if (quoted < 0) return;
                    end = value + 1 + quoted + 1;
                }
                else if (TagName(value) is > 0 and var bare) end = bare;
                else return;
            }
            end = Run(end, ' ');
            if (this[end] == '/') end++;
        }
        end = Run(end, ' ');
        if (this[end] == '>') Offer(end + 1);
    }

    private readonly int TagName(int i)
    {
        if (!char.IsAsciiLetter(this[i])) return -1;
        while (IsAsciiAlphanumeric(this[i]) || this[i] is '_' or ':' or '.' or '-') i++;
        return i;
    }

    private static string? Vulgar(char c) => c switch
    {
        '\u00BC' => "1/4",
        '\u00BD' => "1/2",
        '\u00BE' => "3/4",
        '\u2153' => "1/3",
        '\u2154' => "2/3",
        >= '\u2155' and <= '\u215E' => c.ToString(),
        _ => null,
    };

    // Runs of superscript or subscript digits.
    private readonly int Scripted(int i)
    {
        var start = this[i] is '\u207A' or '\u207B' or '\u208A' or '\u208B' ? i + 1 : i;
        var end = start;
        while (this[end] is '\u2070' or '\u00B9' or '\u00B2' or '\u00B3' or (>= '\u2074' and <= '\u2079')) end++;
        if (end == start)
            while (this[end] is >= '\u2080' and <= '\u2089') end++;
        return end > start ? end : i;
    }
}
