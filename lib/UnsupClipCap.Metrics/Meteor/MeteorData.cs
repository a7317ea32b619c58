namespace UnsupClipCap.Metrics;

/// <summary>
/// The tables behind METEOR: synonyms, function words and, where they are to be had, paraphrases. Safe for any number of threads; the words met lately are kept.
/// </summary>
public sealed class MeteorData
{
    private const string Paraphrases = "paraphrase-en.gz", FunctionWords = "function-english.words", Synsets = "synonym-english.synsets", Exceptions = "synonym-english.exceptions";
    private static readonly Lazy<MeteorData> LazyShipped = new(() => new(WordNet.Shipped, MeteorFunctionWords.Own, null));

    private readonly WordNet _wordNet;
    private readonly IReadOnlySet<string> _functionWords;
    private MeteorWords _words;

    private MeteorData(WordNet wordNet, IReadOnlySet<string> functionWords, ParaphraseTable? paraphrases)
    {
        (_wordNet, _functionWords, Table) = (wordNet, functionWords, paraphrases);
        _words = new(wordNet, functionWords, paraphrases);
    }

    /// <summary>What ships with the library: exact words, stems and WordNet's synonyms, no paraphrases.</summary>
    public static MeteorData Shipped => LazyShipped.Value;

    /// <summary>Whether paraphrases are known, as METEOR's own scores need them.</summary>
    public bool HasParaphrases => Table is not null;

    internal ParaphraseTable? Table { get; }

    /// <summary>The words to prepare captions by that are to be compared. Take them once for all of these: when there are too many, the next to ask is given new ones.</summary>
    internal MeteorWords Words
    {
        get
        {
            var words = Volatile.Read(ref _words);
            if (words.IsFull) Interlocked.CompareExchange(ref _words, new(_wordNet, _functionWords, Table), words);
            return Volatile.Read(ref _words);
        }
    }

    /// <summary>
    /// METEOR's own tables: <c>paraphrase-en.gz</c> and <c>function-english.words</c>, and <c>synonym-english.synsets</c> with <c>.exceptions</c> where they are there
    /// (the shipped ones say the same).
    /// </summary>
    /// <param name="folder">The folder of the tables.</param>
    /// <param name="packed">Where the paraphrase table is kept in a form that is mapped into memory: 80 MB, made on first use and anew when the source changes.</param>
    /// <param name="progress">Told the share of that work; may be null.</param>
    /// <param name="cancellation">Ends that work; nothing is left behind.</param>
    /// <exception cref="MetricInputException">A file is absent, damaged or cannot be written.</exception>
    public static MeteorData Open(string folder, string packed, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        foreach (var name in new[] { Paraphrases, FunctionWords })
            if (!File.Exists(Path.Combine(folder, name)))
                throw new MetricInputException($"{Path.Combine(folder, name)} does not exist; METEOR's data folder holds {Paraphrases} and {FunctionWords}. './run fetch meteor' brings both; or do without paraphrases.");
        var words = File.ReadLines(Path.Combine(folder, FunctionWords)).Select(l => l.Trim()).Where(l => l.Length > 0).ToHashSet(StringComparer.Ordinal);
        try
        {
            var own = new[] { Synsets, Exceptions }.All(n => File.Exists(Path.Combine(folder, n)));
            return new(own ? WordNet.Read(folder) : WordNet.Shipped, words, ParaphraseTable.Open(Path.Combine(folder, Paraphrases), packed, progress, cancellation));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MetricInputException(e.Message);
        }
    }

    /// <summary>
    /// METEOR's own tables where they are found, the shipped ones otherwise: <c>meteor</c> in the folder that <c>UNSUPCLIPCAP_DATA</c> names, or in the cache, or among the data beside the project.
    /// Opened once a process.
    /// </summary>
    /// <param name="progress">Told the share of the packing on first use; may be null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MetricInputException">Tables are found but damaged.</exception>
    public static MeteorData Find(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        lock (Gate)
        {
            if (DataPlaces.Find(Path.Combine("meteor", Paraphrases)) is not { } table) return Shipped;
            var folder = Path.GetDirectoryName(table)!;
            if (_found is { } found && found.Folder == folder) return found.Data;
            var data = Open(folder, Path.Combine(DataPlaces.Cache, "meteor", "paraphrase-en.packed"), progress, cancellation);
            _found = (folder, data);
            return data;
        }
    }

    private static readonly Lock Gate = new();
    private static (string Folder, MeteorData Data)? _found;
}
