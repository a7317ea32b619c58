using System.Text;

namespace UnsupClipCap.Cli;

/// <summary>Damage as disks, networks and adversaries do it.</summary>
internal static class FuzzMutation
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "-1", "0", "1e308", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "4611686018427387904", "99999999999999999999999", "4294967296", "65536",
            "null", "true", "\"\"", "[]", "{}", "{\"a\":", "\"\\ud800\"", "\"dtype\"", "\"F64\"", "[[[[[[[[[[[[[[[[[[[[", "cos\nsystem\n(S'true'\ntR.", "cbuiltins\neval\n", ")R", "}q\0h\0h\0", "(((((((((((((((((((((",
        }.Select(Encoding.Latin1.GetBytes),
        [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80],
    ];

    /// <summary>A changed copy: one to four changes.</summary>
    public static byte[] Of(byte[] bytes, SeededRandom random)
    {
        var changed = bytes.ToList();
        for (var n = 1 + random.Next(4); n > 0; n--) Once(changed, random);
        return [.. changed];
    }

    private static void Once(List<byte> bytes, SeededRandom random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }
        var at = random.Next(bytes.Count);
        var length = 1 + random.Next(Math.Min(bytes.Count - at, 1 << random.Next(10)));
        switch (random.Next(9))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, bytes.Count - at); break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 5: bytes.InsertRange(random.Next(bytes.Count), Enumerable.Repeat(bytes[at], 1 << random.Next(13))); break;
            case 6: bytes.InsertRange(at, Words[random.Next(Words.Length)]); break;
            case 7:
                var word = Words[random.Next(Words.Length)];
                for (var i = 0; i < word.Length && at + i < bytes.Count; i++) bytes[at + i] = word[i];
                break;
            default: ReplaceNumber(bytes, at, random); break;
        }
    }

    /// <summary>Puts an odd number, or another of the file's, in place of the digits after a place.</summary>
    private static void ReplaceNumber(List<byte> bytes, int at, SeededRandom random)
    {
        while (at < bytes.Count && bytes[at] is < (byte)'0' or > (byte)'9') at++;
        var end = at;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9') end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, random.Next(2) == 0 ? Words[random.Next(10)] : Encoding.ASCII.GetBytes($"{random.Next(64)}"));
    }
}
