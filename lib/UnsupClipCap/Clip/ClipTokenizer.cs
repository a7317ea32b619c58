using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace UnsupClipCap;

/// <summary>
/// CLIP's byte-level BPE with its text cleaning (OpenAI's <c>SimpleTokenizer</c>): 49,408 ids in the published vocabulary, start 49406, end 49407.
/// The merging is Microsoft.ML.Tokenizers'. A text
/// that spells out a special token is text, as in OpenCLIP.
/// </summary>
public sealed partial class ClipTokenizer : ITokenizer
{
    private const string StartName = "<|startoftext|>", EndName = "<|endoftext|>", EndOfWord = "</w>", OpenAIFile = "bpe_simple_vocab_16e6.txt.gz";
    private const int PublishedMerges = 49152 - 256 - 2;

    private readonly BpeTokenizer _bpe;
    private readonly string[] _names;
    private readonly char[] _letters = ByteLetters();
    private readonly Dictionary<char, byte> _bytes = [];
    private readonly Dictionary<string, int[]> _pieces = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private ClipTokenizer(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<string> merges, string source)
    {
        foreach (var special in new[] { StartName, EndName })
            if (!vocabulary.ContainsKey(special)) throw new UserException($"{source} lacks the token '{special}', which every CLIP vocabulary has. Fetch it again.");
        Count = vocabulary.Values.Max() + 1;
        (Start, End) = (vocabulary[StartName], vocabulary[EndName]);
        _names = new string[Count];
        foreach (var (name, id) in vocabulary) _names[id] = name;
        for (var b = 0; b < _letters.Length; b++) _bytes[_letters[b]] = (byte)b;
        _bpe = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, EndOfWordSuffix = EndOfWord });
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Start { get; }

    /// <inheritdoc/>
    public int End { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> NeverSaid => [Start, End];

    /// <summary>
    /// Reads the vocabulary of a CLIP: <c>vocab.json</c> and <c>merges.txt</c> of a Hugging Face folder, or <c>bpe_simple_vocab_16e6.txt.gz</c> in the folder or,
    /// the published one, among the data sets (<c>tokenizers/clip</c>).
    /// </summary>
    /// <exception cref="UserException">There is none, or it is damaged.</exception>
    public static ClipTokenizer Load(string folder)
    {
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        if (File.Exists(vocabulary) && File.Exists(merges))
            return new(JsonPlace.Read(vocabulary, "Fetch it again.").Map(p => p.Int()), [.. File.ReadLines(merges).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal))], vocabulary);
        var own = Path.Combine(folder, OpenAIFile);
        var published = File.Exists(own) ? own : Locations.Find(Path.Combine("tokenizers", "clip", OpenAIFile))
            ?? throw new UserException($"{folder} has no tokenizer: neither vocab.json with merges.txt nor {OpenAIFile} is there, and {OpenAIFile} is not among the data sets (tokenizers/clip). Put one of them in the folder; './run fetch clip-vit-b32' brings the latter.");
        return ReadOpenAI(published);
    }

    private static ClipTokenizer ReadOpenAI(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        var merges = new List<string>(PublishedMerges);
        reader.ReadLine();                                                  // a line of version
        while (merges.Count < PublishedMerges && reader.ReadLine() is { } line) merges.Add(line);
        if (merges.Count < PublishedMerges) throw new UserException($"{path} has {merges.Count} merges; {PublishedMerges} were expected. Fetch it again.");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var letter in ByteLettersInOrder()) vocabulary.Add(letter.ToString(), vocabulary.Count);
        foreach (var letter in ByteLettersInOrder()) vocabulary.Add(letter + EndOfWord, vocabulary.Count);
        foreach (var merge in merges) vocabulary.Add(merge.Replace(" ", ""), vocabulary.Count);
        vocabulary.Add(StartName, vocabulary.Count);
        vocabulary.Add(EndName, vocabulary.Count);
        return new(vocabulary, merges, path);
    }

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        foreach (Match piece in Pieces().Matches(ClipTextCleaning.Clean(text))) ids.AddRange(Piece(piece.Value));
        return [.. ids];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (id == Start || id == End) continue;
            var name = id >= 0 && id < Count ? _names[id] : throw new ArgumentOutOfRangeException(nameof(ids), id, $"Ids are 0 to {Count - 1}.");
            var word = name.EndsWith(EndOfWord, StringComparison.Ordinal);
            foreach (var c in word ? name.AsSpan(0, name.Length - EndOfWord.Length) : name) bytes.Add(_bytes[c]);
            if (word) bytes.Add((byte)' ');
        }
        return Encoding.UTF8.GetString([.. bytes]).Trim();
    }

    private int[] Piece(string piece)
    {
        lock (_gate)
            if (_pieces.TryGetValue(piece, out var known)) return known;
        var spelled = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(piece)) spelled.Append(_letters[b]);
        int[] ids = [.. _bpe.EncodeToIds(spelled.ToString(), considerPreTokenization: false, considerNormalization: false)];
        lock (_gate) _pieces[piece] = ids;
        return ids;
    }

    // GPT-2's letters for bytes: printable ones stand for themselves, the others for U+0100 on.
    private static char[] ByteLetters()
    {
        var letters = new char[256];
        var other = 0;
        for (var b = 0; b < 256; b++) letters[b] = IsPrintable(b) ? (char)b : (char)(256 + other++);
        return letters;
    }

    private static IEnumerable<char> ByteLettersInOrder()
    {
        var letters = ByteLetters();
        return Enumerable.Range(0, 256).Where(IsPrintable).Concat(Enumerable.Range(0, 256).Where(b => !IsPrintable(b))).Select(b => letters[b]);
    }

    private static bool IsPrintable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pieces();
}
