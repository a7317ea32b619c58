using System.Text;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Which words of two sentences differ: those outside a longest common subsequence.</summary>
internal static class WordChanges
{
    /// <summary>Of each sentence its words and whether they are in both.</summary>
    public static (IReadOnlyList<(string Word, bool Kept)> Before, IReadOnlyList<(string Word, bool Kept)> After) Of(string before, string after)
    {
        var (a, b) = (before.Split(' ', StringSplitOptions.RemoveEmptyEntries), after.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var length = new int[a.Length + 1, b.Length + 1];               // of the longest common subsequence of a[i..] and b[j..]
        for (var i = a.Length - 1; i >= 0; i--)
            for (var j = b.Length - 1; j >= 0; j--)
                length[i, j] = a[i] == b[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        var (keptA, keptB) = (new bool[a.Length], new bool[b.Length]);
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j]) (keptA[i++], keptB[j++]) = (true, true);
            else if (length[i + 1, j] >= length[i, j + 1]) i++;
            else j++;
        }
        return ([.. a.Zip(keptA)], [.. b.Zip(keptB)]);
    }

    /// <summary>Words as HTML; those not kept within an element, neighbours together.</summary>
    public static string ToHtml(IReadOnlyList<(string Word, bool Kept)> words, string element)
    {
        var html = new StringBuilder();
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].Kept && (i == 0 || words[i - 1].Kept)) html.Append($"<{element}>");
            html.Append(Html.Text(words[i].Word));
            if (!words[i].Kept && (i + 1 == words.Count || words[i + 1].Kept)) html.Append($"</{element}>");
            if (i + 1 < words.Count) html.Append(' ');
        }
        return html.ToString();
    }
}
