namespace UnsupClipCap.Metrics;

/// <summary>
/// SPICE (Anderson et al., 2016): F1 over the objects, attributes and relations that a caption shares with its references, words alike where they share a WordNet
/// synset. The corpus score is the mean over images.
/// </summary>
/// <remarks>
/// The rules from dependencies to score are the original's. Its tagger and parser (CoreNLP) are imitated by a small network that was trained on their output:
/// scores agree with the original's in the measure that the documentation states, not to the last digit. Captions are parsed once; both the parses of recent captions and
/// the graphs of references are kept. A caption of more than 120 words is parsed in pieces.
/// </remarks>
public sealed class Spice : ICaptionMetric
{
    private const int MostCaptionsKept = 1 << 16, LongestCaptionKept = 500;
    private static readonly Lazy<SpiceParser> ShippedParser = new(() => new(ParserWeights.Read("The shipped SPICE parser", Resource())));

    // Captions that the shipped parser has parsed, for all who use it: they only ever gain.
    private static readonly KnownTexts<SpiceTuple[]> ShippedTuples = new(MostCaptionsKept, LongestCaptionKept);

    private readonly SpiceParser _parser;
    private readonly KnownTexts<SpiceTuple[]> _tuples;

    /// <summary>SPICE by the parser that ships with the library.</summary>
    public Spice() : this(ShippedParser.Value, ShippedTuples) { }

    internal Spice(SpiceParser parser) : this(parser, new(MostCaptionsKept, LongestCaptionKept)) { }

    private Spice(SpiceParser parser, KnownTexts<SpiceTuple[]> tuples) => (_parser, _tuples) = (parser, tuples);

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["SPICE"];

    /// <summary>SPICE of tokenised candidates.</summary>
    /// <param name="candidates">I token lists, one an image.</param>
    /// <param name="references">Of each of the I images, one or more token lists.</param>
    /// <returns><c>Corpus</c>: 0..1; <c>PerImage</c>: I scores.</returns>
    /// <exception cref="MetricInputException">Candidates and references do not belong together; see <see cref="CaptionEvaluator"/>.</exception>
    public static (double Corpus, double[] PerImage) Compute(
        IReadOnlyList<IReadOnlyList<string>> candidates, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        var (corpus, perImage) = MetricRun.Of(new Spice(), candidates, references).Scores();
        return (corpus[0], perImage[0]);
    }

    /// <summary>Why a caption scores as it does: the tuples of it and of its references, and what they share.</summary>
    /// <param name="candidate">The caption, as text.</param>
    /// <param name="references">One or more references, as text.</param>
    public SpiceTuples Explain(string candidate, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(references);
        var tuples = TuplesOf([PtbTokenizer.Tokenize(candidate), .. PtbTokenizer.TokenizeAll(references)]);
        return SpiceTuples.Of(Graph(tuples.AsSpan(0, 1)), Graph(tuples.AsSpan(1)));
    }

    internal SpiceParser Parser => _parser;

    int ICaptionMetric.StatisticCount => 1;

    void ICaptionMetric.Measure(CandidateBlock block, Span<double> statistics)
    {
        // Asked once: another thread that scores against the same references may prepare them in the meantime.
        var graphs = new SceneGraph?[block.Candidates.Length];
        var captions = new List<string[]>();
        for (var i = 0; i < graphs.Length; i++)
        {
            captions.Add(block.Candidates[i].Tokens);
            graphs[i] = Prepared(block.References(i));
            if (graphs[i] is null) captions.AddRange(block.References(i).Sentences.Select(s => s.Tokens));
        }
        ReadOnlySpan<SpiceTuple[]> tuples = TuplesOf(captions);
        for (var i = 0; i < graphs.Length; i++)
        {
            var image = block.References(i);
            var mine = Graph(tuples[..1]);
            tuples = tuples[1..];
            if (graphs[i] is not { } graph)
            {
                graph = Graph(tuples[..image.Sentences.Length]);
                image.Scene = new(_parser, graph);
                tuples = tuples[image.Sentences.Length..];
            }
            statistics[i] = SceneComparison.Compare(mine, graph)[(int)SpiceCategory.All].F1;
        }
    }

    void ICaptionMetric.Score(ReadOnlySpan<double> sums, int images, Span<double> scores) => scores[0] = sums[0] / images;

    private SceneGraph? Prepared(ImageReferences image) => image.Scene is { } scene && ReferenceEquals(scene.Parser, _parser) ? scene.Graph : null;

    private static SceneGraph Graph(ReadOnlySpan<SpiceTuple[]> captions)
    {
        var graph = new SceneGraph(ConceptIndex.Shipped);
        foreach (var tuples in captions) graph.Add(tuples);
        return graph;
    }

    private SpiceTuple[][] TuplesOf(List<string[]> captions)
    {
        var result = new SpiceTuple[captions.Count][];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);       // of captions to be parsed now
        var keys = new string[captions.Count];
        var fresh = new List<string[]>();
        for (var c = 0; c < result.Length; c++)
        {
            keys[c] = string.Join(' ', captions[c]);
            if (!_tuples.TryGet(keys[c], out result[c]!) && places.TryAdd(keys[c], fresh.Count)) fresh.Add(captions[c]);
        }
        var parsed = Array.ConvertAll(_parser.Parse(fresh), sentences => sentences.SelectMany(SceneGraphTuples.Of).ToArray());
        for (var c = 0; c < result.Length; c++) result[c] ??= parsed[places[keys[c]]];
        foreach (var (key, place) in places) _tuples.Keep(key, parsed[place]);
        return result;
    }

    private static byte[] Resource()
    {
        const string Name = "spice/parser.safetensors";
        using var stream = typeof(Spice).Assembly.GetManifestResourceStream(Name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
