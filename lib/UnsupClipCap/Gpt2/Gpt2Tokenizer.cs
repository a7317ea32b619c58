using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace UnsupClipCap;

/// <summary>
/// GPT-2's byte-level BPE (Radford et al., 2019): 50,257 ids in the published vocabulary, <c>&lt;|endoftext|&gt;</c> 50256 both start and end.
/// The merging is Microsoft.ML.Tokenizers'. A text that spells out the special token is text.
/// </summary>
public sealed partial class Gpt2Tokenizer : ITokenizer
{
    private const string EndName = "<|endoftext|>";

    private static readonly (string Vocabulary, string Merges)[] Files = [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")];     // Hugging Face's names, OpenAI's

    private readonly BpeTokenizer _bpe;
    private readonly string[] _names;
    private readonly char[] _letters = ByteLetters();
    private readonly Dictionary<char, byte> _bytes = [];
    // Half a million captions are made of some thirty thousand pieces: each is merged once.
    private readonly ConcurrentDictionary<string, int[]> _known = new(StringComparer.Ordinal);
    private const int MostKnown = 1 << 17, LongestKnown = 32;

    private Gpt2Tokenizer(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<string> merges, string source)
    {
        if (!vocabulary.TryGetValue(EndName, out var end)) throw new UserException($"{source} lacks the token '{EndName}', which every GPT-2 vocabulary has. Fetch it again.");
        if (vocabulary.Values.Distinct().Count() != vocabulary.Count || vocabulary.Values.Min() != 0 || vocabulary.Values.Max() != vocabulary.Count - 1)
            throw new UserException($"{source} has {vocabulary.Count} tokens whose ids are not 0 to {vocabulary.Count - 1}, each once. Fetch it again.");
        (Count, End) = (vocabulary.Count, end);
        _names = new string[Count];
        foreach (var (name, id) in vocabulary) _names[id] = name;
        for (var b = 0; b < _letters.Length; b++) _bytes[_letters[b]] = (byte)b;
        try
        {
            _bpe = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UserException($"{source} and the merges beside it do not belong together: {e.Message.TrimEnd('.')}. Fetch both again.", e);
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Start => End;

    /// <inheritdoc/>
    public int End { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> NeverSaid => [];

    /// <summary>
    /// Reads a vocabulary: <c>vocab.json</c> and <c>merges.txt</c>, or OpenAI's <c>encoder.json</c> and <c>vocab.bpe</c>, in <paramref name="folder"/> if given, else
    /// GPT-2's own among the data sets (<c>tokenizers/gpt2</c>, <c>gpt2</c>).
    /// </summary>
    /// <exception cref="UserException">There is none, or it is damaged.</exception>
    public static Gpt2Tokenizer Load(string? folder = null)
    {
        string?[] folders = folder is not null ? [folder] : [Locations.Find(Path.Combine("tokenizers", "gpt2")), Locations.Find("gpt2")];
        foreach (var place in folders)
            foreach (var (vocabulary, merges) in Files)
                if (place is not null && File.Exists(Path.Combine(place, vocabulary)) && File.Exists(Path.Combine(place, merges)))
                    return Read(Path.Combine(place, vocabulary), Path.Combine(place, merges));
        throw new UserException($"GPT-2's vocabulary is not there: {(folder is null ? "no data set 'tokenizers/gpt2' or 'gpt2'" : folder)} holds {string.Join(" or ", Files.Select(f => $"{f.Vocabulary} and {f.Merges}"))}. " +
            "Put the published files into data/cache/gpt2, or set UNSUPCLIPCAP_DATA to the folder that holds gpt2.");
    }

    private static Gpt2Tokenizer Read(string vocabulary, string merges)
    {
        var pairs = File.ReadLines(merges).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).ToList();
        if (pairs.FirstOrDefault(p => p.Split(' ').Length != 2) is { } odd) throw new UserException($"{merges} has a line that is no pair: '{odd[..Math.Min(odd.Length, 40)]}'. Fetch it again.");
        return new(JsonPlace.Read(vocabulary, "Fetch it again.").Map(p => p.Int()), pairs, vocabulary);
    }

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var match in Pieces().EnumerateMatches(text))
        {
            var piece = text.AsSpan(match.Index, match.Length);
            if (!known.TryGetValue(piece, out var made))
            {
                made = Merge(piece);
                if (piece.Length <= LongestKnown && _known.Count < MostKnown) known.TryAdd(piece, made);
            }
            ids.AddRange(made);
        }
        return [.. ids];
    }

    private int[] Merge(ReadOnlySpan<char> piece)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);
        var spelled = string.Create(bytes.Length, (bytes, _letters), static (letters, from) =>
        {
            for (var i = 0; i < letters.Length; i++) letters[i] = from._letters[from.bytes[i]];
        });
        return [.. _bpe.EncodeToIds(spelled, considerPreTokenization: false, considerNormalization: false)];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (id == End) continue;
            foreach (var c in id >= 0 && id < Count ? _names[id] : throw new ArgumentOutOfRangeException(nameof(ids), id, $"Ids are 0 to {Count - 1}.")) bytes.Add(_bytes[c]);
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    // Letters for bytes: printable ones stand for themselves, the others for U+0100 on.
    private static char[] ByteLetters()
    {
        var letters = new char[256];
        var other = 0;
        for (var b = 0; b < 256; b++) letters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)(256 + other++);
        return letters;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Pieces();
}
