namespace UnsupClipCap.Metrics;

/// <summary>
/// The Snowball stemmer for English, also called Porter2 (M. F. Porter, 2001), in the form that METEOR's stem module uses. The
/// steps and names are those of its published description.
/// </summary>
internal ref struct EnglishStemmer
{
    private const int OnStack = 64;

    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
    };

    // Words that are left alone once a plural is taken off.
    private static readonly string[] Whole = ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

    private static readonly string[] RegionBeginnings = ["gener", "commun", "arsen"];

    // Steps 2 and 3: of the longest ending that fits, what stands for it. Longer endings come before those they end in.
    private static readonly (string Ending, string Instead)[] Step2 =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"), ("biliti", "ble"), ("lessli", "less"),
        ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"),
        ("enci", "ence"), ("anci", "ance"), ("abli", "able"), ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Ending, string Instead)[] Step3 =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic",
    ];

    private readonly Span<char> _letters;
    private int _length;
    private int _region1;
    private int _region2;

    private EnglishStemmer(Span<char> letters, int length)
    {
        _letters = letters;
        _length = length;
    }

    private readonly ReadOnlySpan<char> Word => _letters[.._length];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (word.Length <= 2) return word;
        if (Special.TryGetValue(word, out var special)) return special;
        Span<char> letters = word.Length < OnStack ? stackalloc char[word.Length + 1] : new char[word.Length + 1];
        word.CopyTo(letters);
        var stemmer = new EnglishStemmer(letters, word.Length);
        stemmer.Run();
        return stemmer.Word.SequenceEqual(word) ? word : stemmer.Word.ToString();
    }

    private void Run()
    {
        if (_letters[0] == '\'')
        {
            _letters[1.._length].CopyTo(_letters);
            _length--;
        }
        // A y that is a consonant is written Y meanwhile.
        for (var i = 0; i < _length; i++)
            if (_letters[i] == 'y' && (i == 0 || IsVowel(_letters[i - 1]))) _letters[i] = 'Y';
        FindRegions();
        _ = TakeOff("'s'") || TakeOff("'s") || TakeOff("'");
        Plural();
        if (!IsWhole())
        {
            PastAndGerund();
            if (_length > 2 && Word[^1] is 'y' or 'Y' && !IsVowel(Word[^2])) _letters[_length - 1] = 'i';
            Second();
            Third();
            Fourth();
            Fifth();
        }
        for (var i = 0; i < _length; i++)
            if (_letters[i] == 'Y') _letters[i] = 'y';
    }

    /// <summary>R1 is what follows the first consonant after a vowel, R2 the same within R1.</summary>
    private void FindRegions()
    {
        _region1 = -1;
        foreach (var beginning in RegionBeginnings)
            if (Word.StartsWith(beginning)) _region1 = beginning.Length;
        if (_region1 < 0) _region1 = AfterVowelAndConsonant(0);
        _region2 = AfterVowelAndConsonant(_region1);
    }

    private readonly int AfterVowelAndConsonant(int from)
    {
        for (var i = from + 1; i < _length; i++)
            if (!IsVowel(_letters[i]) && IsVowel(_letters[i - 1])) return i + 1;
        return _length;
    }

    // Step 1a.
    private void Plural()
    {
        if (TakeOff("sses")) Add("ss");
        else if (Ends("ied") || Ends("ies"))
        {
            _length -= 3;
            Add(_length > 1 ? "i" : "ie");
        }
        else if (Ends("s") && !Ends("us") && !Ends("ss") && HasVowel(_length - 2)) _length--;
    }

    private readonly bool IsWhole()
    {
        foreach (var word in Whole)
            if (Word.SequenceEqual(word)) return true;
        return false;
    }

    // Step 1b.
    private void PastAndGerund()
    {
        foreach (var ending in (ReadOnlySpan<string>)["eedly", "eed"])
        {
            if (!Ends(ending)) continue;
            if (_length - ending.Length < _region1) return;
            _length -= ending.Length;
            Add("ee");
            return;
        }
        foreach (var ending in (ReadOnlySpan<string>)["ingly", "edly", "ing", "ed"])
        {
            if (!Ends(ending)) continue;
            if (!HasVowel(_length - ending.Length)) return;
            _length -= ending.Length;
            if (Ends("at") || Ends("bl") || Ends("iz")) Add("e");
            else if (_length > 1 && Word[^1] == Word[^2] && Word[^1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't') _length--;
            else if (_region1 >= _length && EndsInShortSyllable(_length)) Add("e");
            return;
        }
    }

    private void Second()
    {
        foreach (var (ending, rest) in Step2)
        {
            if (!Ends(ending)) continue;
            var start = _length - ending.Length;
            if (start < _region1) return;
            if (ending == "ogi" && (start == 0 || _letters[start - 1] != 'l')) return;
            if (ending == "li" && (start == 0 || !"cdeghkmnrt".Contains(_letters[start - 1]))) return;
            _length = start;
            Add(rest);
            return;
        }
    }

    private void Third()
    {
        foreach (var (ending, rest) in Step3)
        {
            if (!Ends(ending)) continue;
            var start = _length - ending.Length;
            if (start < _region1 || ending == "ative" && start < _region2) return;
            _length = start;
            Add(rest);
            return;
        }
    }

    private void Fourth()
    {
        foreach (var ending in Step4)
        {
            if (!Ends(ending)) continue;
            var start = _length - ending.Length;
            if (start < _region2 || ending == "ion" && (start == 0 || _letters[start - 1] is not ('s' or 't'))) return;
            _length = start;
            return;
        }
    }

    private void Fifth()
    {
        if (_length == 0) return;
        var last = _length - 1;
        if (_letters[last] == 'e' && (last >= _region2 || last >= _region1 && !EndsInShortSyllable(last))) _length--;
        else if (_letters[last] == 'l' && last >= _region2 && last > 0 && _letters[last - 1] == 'l') _length--;
    }

    /// <summary>A vowel between consonants of which the last is not w, x or Y, or a vowel that begins the word and a consonant.</summary>
    private readonly bool EndsInShortSyllable(int end)
    {
        if (end == 2) return IsVowel(_letters[0]) && !IsVowel(_letters[1]);
        return end > 2 && !IsVowel(_letters[end - 3]) && IsVowel(_letters[end - 2]) && !IsVowel(_letters[end - 1]) && _letters[end - 1] is not ('w' or 'x' or 'Y');
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    private readonly bool HasVowel(int end)
    {
        for (var i = 0; i < end; i++)
            if (IsVowel(_letters[i])) return true;
        return false;
    }

    private readonly bool Ends(string ending) => Word.EndsWith(ending);

    private bool TakeOff(string ending)
    {
        if (!Ends(ending)) return false;
        _length -= ending.Length;
        return true;
    }

    private void Add(string letters)
    {
        letters.CopyTo(_letters[_length..]);
        _length += letters.Length;
    }
}
