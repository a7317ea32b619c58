using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>
/// The id of an image: a whole number of any size, or a text. Ids are the same if their texts are the same, so <c>42</c> in one
/// file and <c>"42"</c> in another are one image, while <c>"042"</c> is another one. Whether it came as a number is kept for output.
/// </summary>
public readonly struct ImageId : IEquatable<ImageId>
{
    // A text that is the plain spelling of a 64-bit number is kept as that number: most ids are, and there are many.
    private readonly long _number;
    private readonly string? _text;

    /// <summary>An id that is a text.</summary>
    /// <param name="text">Any text.</param>
    public ImageId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 20 || !TryPlain(Encoding.UTF8.GetBytes(text), out _number)) _text = text;
    }

    private ImageId(long number, string? text) => (_number, _text, IsNumber) = (number, text, true);

    /// <summary>Whether it came as a JSON number, not as a text.</summary>
    public bool IsNumber { get; }

    /// <summary>The id as a text; of a number, its digits.</summary>
    public string Text => _text ?? _number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An id that is a number.</summary>
    public static implicit operator ImageId(long number) => new(number, null);

    /// <summary>An id that is a text.</summary>
    public static implicit operator ImageId(string text) => new(text);

    /// <summary>The id of a JSON number that is whole: digits, perhaps after a minus sign.</summary>
    internal static ImageId OfNumber(ReadOnlySpan<byte> digits) =>
        TryPlain(digits, out var number) ? new ImageId(number, null) : new(0, Encoding.ASCII.GetString(digits));

    /// <inheritdoc/>
    public bool Equals(ImageId other) => _number == other._number && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is ImageId id && Equals(id);

    /// <inheritdoc/>
    public override int GetHashCode() => _text?.GetHashCode() ?? _number.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Whether two ids are the same by their texts.</summary>
    public static bool operator ==(ImageId left, ImageId right) => left.Equals(right);

    /// <summary>Whether two ids differ in their texts.</summary>
    public static bool operator !=(ImageId left, ImageId right) => !left.Equals(right);

    // Plain: as the number itself would be written, without zeros in front, plus signs and spaces.
    private static bool TryPlain(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        var digits = text.StartsWith((byte)'-') ? text[1..] : text;
        if (digits.IsEmpty || digits[0] is < (byte)'0' or > (byte)'9' || digits[0] == (byte)'0' && text.Length > 1) return false;
        if (Utf8Parser.TryParse(text, out number, out int read) && read == text.Length) return true;
        number = 0;
        return false;
    }
}
