namespace UnsupClipCap;

/// <summary>What somebody may have meant who typed a name that is not known.</summary>
public static class Spelling
{
    /// <summary>The name that is fewest edits away, if that is two, or a third of what was typed, at most; a name that holds what was typed, three letters or more, is none away. Else null.</summary>
    public static string? Nearest(string typed, IEnumerable<string> names) =>
        names.Select(n => (n, typed.Length > 2 && n.Contains(typed, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(typed, n))).Where(p => p.Item2 <= Math.Max(2, typed.Length / 3)).OrderBy(p => p.Item2).Select(p => p.n).FirstOrDefault();

    /// <summary>Edits from one word to another (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, _) = (row[0], row[0] = i);
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
