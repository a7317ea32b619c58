namespace UnsupClipCap.Metrics;

/// <summary>
/// What the SPICE parser knows a word by: the word itself, its last two, three and four letters, its first three, and its shape.
/// Each is a row of one embedding table, and a word's vector is the sum of its rows, so that a word never seen still has its ending.
/// </summary>
internal sealed class WordFeatures
{
    /// <summary>Rows of the table that stand for no feature, for a rare or unknown word, and for the root of the tree.</summary>
    public const int None = 0, Unknown = 1, Root = 2;

    /// <summary>Features of a word.</summary>
    public const int Count = 6;

    private const int Reserved = 3;
    private readonly Dictionary<string, int> _rows;

    /// <summary>The features in the order of their rows, from row 3 on; see <see cref="Of"/> for how they are spelled.</summary>
    public WordFeatures(IReadOnlyList<string> names)
    {
        Names = names;
        _rows = new(names.Count, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++) _rows.Add(names[i], i + Reserved);
    }

    /// <summary>Names of the features, in the order of their rows.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Rows of the embedding table.</summary>
    public int RowCount => Names.Count + Reserved;

    /// <summary>The six rows of a word; the first is the word's own, <see cref="Unknown"/> for a word not in the table.</summary>
    public void Rows(string word, Span<int> rows)
    {
        var names = Of(word);
        for (var i = 0; i < Count; i++) rows[i] = _rows.GetValueOrDefault(names[i], None);
        if (rows[0] == None) rows[0] = Unknown;
    }

    /// <summary>The names of a word's features: <c>=word</c>, <c>-2ng</c>, <c>-3ing</c>, <c>-4ding</c>, <c>+rid</c>, <c>#shape</c>.</summary>
    public static string[] Of(string word) =>
    [
        $"={word}", $"-2{Last(word, 2)}", $"-3{Last(word, 3)}", $"-4{Last(word, 4)}", $"+{(word.Length > 3 ? word[..3] : "")}", $"#{Shape(word)}",
    ];

    private static string Last(string word, int letters) => word.Length > letters ? word[^letters..] : "";

    private static string Shape(string word)
    {
        bool digit = false, hyphen = false, other = false;
        foreach (var c in word)
        {
            digit |= char.IsDigit(c);
            hyphen |= c == '-';
            other |= !char.IsLetterOrDigit(c) && c != '-';
        }
        return $"{(digit ? "d" : "")}{(hyphen ? "h" : "")}{(other ? "o" : "")}{Math.Min(word.Length, 3)}";
    }
}
