using System.Collections.Frozen;

namespace UnsupClipCap.Metrics;

/// <summary>Words that keep their full stop in Penn Treebank tokenisation.</summary>
internal static class PtbAbbreviations
{
    /// <summary>The longest word of any list, in characters.</summary>
    private const int Longest = 9;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Always = Lookup("""
        jan feb mar apr jun jul aug sep sept oct nov dec
        mon tue tues wed thu thurs fri
        ala ariz calif colo conn ct dak fla ga ind kan kans ky md mich minn mo mont neb nev okla penn tenn va vt wis wisc wyo
        inc co cos corp pty ptys ppty pptys pte ptes ppte pptes ltd plc rt bancorp bhd assn univ intl sys
        tel est ext sq jr bros esq etc al seq bldg
        mr mrs ms dr drs prof profs sen sens rep reps atty attys lt col gen messrs gov govs adm rev maj sgt cpl pvt capt st ste
        ave pres lieut hon brig comdr cmdr pfc spc supt supts det mt ft adj adv asst assoc ens insp mlle mme msgr sfc sr
        vs alex wm jos cie cf treas ph invt elec natl mtg mfg dept blvd rd
        """);

    // Common words otherwise: abbreviations only with a capital first letter.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Capitalised = Lookup("""
        az ark del ill la mass miss ore pa tex wash
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforeNumbers = Lookup("""
        ca fig figs prop no nos sec sect secs sects art arts para paras bldg pp op approx rs
        """);

    /// <summary>The length of the longest word that <see cref="OpensSentence"/> knows.</summary>
    public const int LongestOpener = 12;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Openers = Lookup("""
        About According Additionally After An A As At But Did During Earlier He Her Here How However If In It Last Many More Now
        Once One Other Our She Since So Some Such That The Their Then There These They This We When While What Who Why Yet You
        """);

    /// <summary>Whether a capitalised word after an initial shows that the initial ended its sentence.</summary>
    public static bool OpensSentence(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return false;
        // Only the first letter must be a capital: the original ignores case elsewhere.
        Span<char> cased = stackalloc char[word.Length];
        word.ToLowerInvariant(cased);
        cased[0] = word[0];
        return Openers.Contains(cased);
    }

    /// <summary>Whether the letters before a full stop keep it wherever they stand.</summary>
    public static bool KeepsStop(ReadOnlySpan<char> word)
    {
        if (word.Length == 1) return true; // a single letter is an acronym
        return Holds(Always, word) || char.IsAsciiLetterUpper(word[0]) && Holds(Capitalised, word);
    }

    /// <summary>Whether the letters before a full stop keep it when a digit follows ("no. 5", "fig. 2").</summary>
    public static bool KeepsStopBeforeNumber(ReadOnlySpan<char> word) =>
        Holds(BeforeNumbers, word) || word is ['P', 't' or 'T'];

    private static bool Holds(FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words, ReadOnlySpan<char> word)
    {
        if (word.Length > Longest) return false;
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        return words.Contains(lower);
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
}
