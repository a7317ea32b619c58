namespace UnsupClipCap;

/// <summary>Numbers of bytes in words.</summary>
public static class Bytes
{
    /// <summary>354.0 MB, 1.2 kB, 12 bytes: powers of a thousand, as servers and shops count.</summary>
    public static string Words(long count) => count switch
    {
        1 => "1 byte",
        < 1000 => $"{count} bytes",
        < 1_000_000 => FormattableString.Invariant($"{count / 1e3:0.0} kB"),
        < 1_000_000_000 => FormattableString.Invariant($"{count / 1e6:0.0} MB"),
        _ => FormattableString.Invariant($"{count / 1e9:0.0} GB"),
    };
}
