using System.Net;
using System.Text;

namespace UnsupClipCap;

/// <summary>
/// CLIP's cleaning of a text before its tokenizer (Radford et al., 2021; OpenAI's release): ftfy's repair, HTML unescaped twice, white space collapsed, lower case.
/// Of ftfy is here what a caption can need: straight quotes, ligatures and full-width letters apart, control characters gone, Latin letters composed with their marks. Text that was
/// decoded by the wrong code page ("cafÃ©") is left as it is.
/// </summary>
internal static class ClipTextCleaning
{
    private static readonly Dictionary<char, string> Ligatures = new()
    {
        ['ﬀ'] = "ff",
        ['ﬁ'] = "fi",
        ['ﬂ'] = "fl",
        ['ﬃ'] = "ffi",
        ['ﬄ'] = "ffl",
        ['ﬅ'] = "st",
        ['ﬆ'] = "st",
        ['Ĳ'] = "IJ",
        ['ĳ'] = "ij",
        ['ŉ'] = "ʼn",
        ['Ǆ'] = "DŽ",
        ['ǅ'] = "Dž",
        ['ǆ'] = "dž",
        ['Ǉ'] = "LJ",
        ['ǈ'] = "Lj",
        ['ǉ'] = "lj",
        ['Ǌ'] = "NJ",
        ['ǋ'] = "Nj",
        ['ǌ'] = "nj",
        ['Ǳ'] = "DZ",
        ['ǲ'] = "Dz",
        ['ǳ'] = "dz",
    };

    // Latin letters with one mark. .NET composes (NFC) only with ICU, which a machine may lack; these are Unicode's compositions.
    private static readonly Dictionary<char, (string Letters, string Whole)> Composed = new()
    {
        ['\u0300'] = ("AEINOUWYaeinouwy¨ÂÊÔÜâêôüĂăĒēŌōƠơƯư", "ÀÈÌǸÒÙẀỲàèìǹòùẁỳ῭ẦỀỒǛầềồǜẰằḔḕṐṑỜờỪừ"),
        ['\u0301'] = ("ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz¨ÂÅÆÇÊÏÔÕØÜâåæçêïôõøüĂăĒēŌōŨũƠơƯư", "ÁĆÉǴÍḰĹḾŃÓṔŔŚÚẂÝŹáćéǵíḱĺḿńóṕŕśúẃýź΅ẤǺǼḈẾḮỐṌǾǗấǻǽḉếḯốṍǿǘẮắḖḗṒṓṸṹỚớỨứ"),
        ['\u0302'] = ("ACEGHIJOSUWYZaceghijosuwyz", "ÂĈÊĜĤÎĴÔŜÛŴŶẐâĉêĝĥîĵôŝûŵŷẑ"),
        ['\u0303'] = ("AEINOUVYaeinouvyÂÊÔâêôĂăƠơƯư", "ÃẼĨÑÕŨṼỸãẽĩñõũṽỹẪỄỖẫễỗẴẵỠỡỮữ"),
        ['\u0304'] = ("AEGIOUYaegiouyÄÆÕÖÜäæõöüǪǫȦȧȮȯ", "ĀĒḠĪŌŪȲāēḡīōūȳǞǢȬȪǕǟǣȭȫǖǬǭǠǡȰȱ"),
        ['\u0306'] = ("AEGIOUaegiouȨȩ", "ĂĔĞĬŎŬăĕğĭŏŭḜḝ"),
        ['\u0307'] = ("ABCDEFGHIMNOPRSTWXYZabcdefghmnoprstwxyzŚśŠšſ", "ȦḂĊḊĖḞĠḢİṀṄȮṖṘṠṪẆẊẎŻȧḃċḋėḟġḣṁṅȯṗṙṡṫẇẋẏżṤṥṦṧẛ"),
        ['\u0308'] = ("AEHIOUWXYaehiotuwxyÕõŪū", "ÄËḦÏÖÜẄẌŸäëḧïöẗüẅẍÿṎṏṺṻ"),
        ['\u030A'] = ("AUauwy", "ÅŮåůẘẙ"),
        ['\u030B'] = ("OUou", "ŐŰőű"),
        ['\u030C'] = ("ACDEGHIKLNORSTUZacdeghijklnorstuzÜüƷ", "ǍČĎĚǦȞǏǨĽŇǑŘŠŤǓŽǎčďěǧȟǐǰǩľňǒřšťǔžǙǚǮ"),
        ['\u0323'] = ("ABDEHIKLMNORSTUVWYZabdehiklmnorstuvwyzÂÊÔâêôĂăƠơƯư", "ẠḄḌẸḤỊḲḶṂṆỌṚṢṬỤṾẈỴẒạḅḍẹḥịḳḷṃṇọṛṣṭụṿẉỵẓẬỆỘậệộẶặỢợỰự"),
        ['\u0327'] = ("CDEGHKLNRSTcdeghklnrstĆćĔĕ", "ÇḐȨĢḨĶĻŅŖŞŢçḑȩģḩķļņŗşţḈḉḜḝ"),
        ['\u0328'] = ("AEIOUaeiouŌō", "ĄĘĮǪŲąęįǫųǬǭ"),
    };

    public static string Clean(string text)
    {
        text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(Repair(text)));
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c)) clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
        }
        return LowerCase(clean.ToString().TrimEnd(' '));
    }

    private static string Repair(string text)
    {
        // ftfy unescapes HTML only where the text has no "<", which could be a tag.
        if (!text.Contains('<')) text = WebUtility.HtmlDecode(text);
        var repaired = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            switch (c)
            {
                case '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u02BC': repaired.Append('\''); break;
                case '\u201C' or '\u201D' or '\u201E' or '\u201F': repaired.Append('"'); break;
                case '\u3000': repaired.Append(' '); break;
                case >= '\uFF01' and <= '\uFF5E': repaired.Append((char)(c - 0xFEE0)); break;
                case var _ when Ligatures.TryGetValue(c, out var letters): repaired.Append(letters); break;
                case var _ when repaired.Length > 0 && Compose(repaired[^1], c) is { } composed: repaired[^1] = composed; break;
                case '\r' or '\u2028' or '\u2029' or '\u0085': repaired.Append('\n'); break;
                case '\t' or '\n' or '\f': repaired.Append(c); break;
                case '\uFEFF' or '\u206A' or '\u206B' or '\u206C' or '\u206D' or '\u206E' or '\u206F' or >= '\uFFF9' and <= '\uFFFC': break;
                case < ' ' or '\u007F': break;
                default: repaired.Append(c); break;
            }
        }
        return repaired.ToString();
    }

    private static char? Compose(char letter, char mark) =>
        Composed.TryGetValue(mark, out var pairs) && pairs.Letters.IndexOf(letter) is >= 0 and var at ? pairs.Whole[at] : null;

    // Python's lower(): the dotted capital I becomes i with a combining dot; a final capital sigma is left to rarer texts than captions.
    private static string LowerCase(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307");
}
