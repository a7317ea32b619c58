using System.Globalization;

namespace UnsupClipCap;

/// <summary>One machine's share of a list: part <paramref name="Number"/> of <paramref name="Of"/>, counted from 1. Parts are runs of the list, as equal as can be.</summary>
/// <param name="Number">1..<paramref name="Of"/>.</param>
/// <param name="Of">Number of parts.</param>
public sealed record EmbeddingPart(int Number, int Of)
{
    /// <summary>Everything: part 1 of 1.</summary>
    public static EmbeddingPart Whole { get; } = new(1, 1);

    /// <summary>Whether there are no other parts.</summary>
    public bool IsWhole => Of == 1;

    /// <summary>The folder of this part inside a store that has several.</summary>
    public string Folder => FormattableString.Invariant($"part-{Number:00000}-of-{Of:00000}");

    /// <summary>Reads "2/8".</summary>
    /// <exception cref="UserException">It is not of this form, or the number lies outside 1..n.</exception>
    public static EmbeddingPart Parse(string text)
    {
        var numbers = text.Split('/');
        if (numbers.Length == 2 && Whole(numbers[0]) is { } number && Whole(numbers[1]) is { } of && number >= 1 && number <= of) return new(number, of);
        throw new UserException($"'{text}' is no part of a list; expected i/n with i from 1 to n, such as 1/4.");

        static int? Whole(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;
    }

    /// <summary>The items of a list of <paramref name="total"/> that are this part's: from First up to End, which is the next part's first.</summary>
    public (int First, int End) Range(int total) => ((int)((long)total * (Number - 1) / Of), (int)((long)total * Number / Of));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Number}/{Of}");
}
