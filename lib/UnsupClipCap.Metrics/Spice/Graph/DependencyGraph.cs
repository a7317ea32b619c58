namespace UnsupClipCap.Metrics;

/// <summary>One edge of a graph of words.</summary>
internal struct Edge
{
    /// <summary>The node it leaves, 0 for the root, and the node it reaches.</summary>
    public int Head, Dependent;

    /// <summary>What it says; <see cref="Relation.Removed"/> once it is taken out.</summary>
    public Relation Relation;

    /// <summary>The preposition or conjunction folded into the relation, or null.</summary>
    public string? Link;

    /// <summary>The edge after this one among those of the same head, and of the same dependent; -1 at the end.</summary>
    public int NextOut, NextIn;
}

/// <summary>
/// A sentence as a graph. Nodes 1 to n are its words; nodes beyond n are copies of words, which arise where one word stands in two
/// conjoined phrases. Edges out of a node and into it are kept in the order in which they were added.
/// </summary>
internal sealed class DependencyGraph
{
    // Captions have about one edge a word. Nonsense of thousands of words could have their square, were it not for an end.
    private const int MostPerNode = 16;

    private readonly ParsedSentence _sentence;
    private readonly List<int> _copied = [];
    private Edge[] _edges;
    private int[] _firstOut, _lastOut, _firstIn, _lastIn;

    /// <summary>A graph of n words and no edges.</summary>
    public DependencyGraph(ParsedSentence sentence)
    {
        _sentence = sentence;
        var nodes = sentence.Length + 1;
        _edges = new Edge[2 * nodes];
        _firstOut = Unset(nodes);
        _lastOut = Unset(nodes);
        _firstIn = Unset(nodes);
        _lastIn = Unset(nodes);
    }

    /// <summary>The words.</summary>
    public ParsedSentence Sentence => _sentence;

    /// <summary>Number of nodes; they count from 1.</summary>
    public int NodeCount => _sentence.Length + _copied.Count;

    /// <summary>Number of edges ever added.</summary>
    public int EdgeCount { get; private set; }

    /// <summary>Whether there are so many edges that no rule should add more.</summary>
    public bool IsFull => EdgeCount >= MostPerNode * (NodeCount + 1);

    /// <summary>An edge by its number.</summary>
    public ref readonly Edge this[int edge] => ref _edges[edge];

    /// <summary>The place of a node's word in the sentence, counted from 1.</summary>
    public int Position(int node) => node <= _sentence.Length ? node : _copied[node - _sentence.Length - 1];

    public string Word(int node) => _sentence.Words[Position(node) - 1];

    public string Tag(int node) => _sentence.Tags[Position(node) - 1];

    public string Lemma(int node) => _sentence.Lemmas[Position(node) - 1];

    /// <summary>Whether a node is a noun, common or proper, of either number.</summary>
    public bool IsNoun(int node) => Tag(node).StartsWith("NN", StringComparison.Ordinal);

    /// <summary>Whether a node is a common noun in the plural.</summary>
    public bool IsPlural(int node) => Tag(node) == "NNS";

    public bool IsVerb(int node) => Tag(node).StartsWith('V');

    public bool IsAdjective(int node) => Tag(node).StartsWith('J');

    public bool IsPronoun(int node) => Tag(node).StartsWith("PRP", StringComparison.Ordinal);

    /// <summary>The first edge out of a node that is not removed, or -1; node 0 gives the roots.</summary>
    public int FirstOut(int node) => SkipOut(_firstOut[node]);

    /// <summary>The edge after this one out of the same node, or -1.</summary>
    public int NextOut(int edge) => SkipOut(_edges[edge].NextOut);

    /// <summary>The first edge into a node that is not removed, or -1.</summary>
    public int FirstIn(int node) => SkipIn(_firstIn[node]);

    /// <summary>The edge after this one into the same node, or -1.</summary>
    public int NextIn(int edge) => SkipIn(_edges[edge].NextIn);

    /// <summary>The first edge of a relation out of a node, or -1.</summary>
    public int Find(int node, Relation relation)
    {
        for (var e = FirstOut(node); e >= 0; e = NextOut(e))
            if (_edges[e].Relation == relation) return e;
        return -1;
    }

    /// <summary>Whether a node has a dependent of a relation.</summary>
    public bool Has(int node, Relation relation) => Find(node, relation) >= 0;

    /// <summary>Adds an edge, unless there is one of the same ends, relation and link.</summary>
    public void Add(int head, int dependent, Relation relation, string? link = null)
    {
        for (var e = FirstIn(dependent); e >= 0; e = NextIn(e))
            if (_edges[e].Head == head && _edges[e].Relation == relation && _edges[e].Link == link) return;
        if (EdgeCount == _edges.Length) Array.Resize(ref _edges, 2 * EdgeCount);
        _edges[EdgeCount] = new() { Head = head, Dependent = dependent, Relation = relation, Link = link, NextOut = -1, NextIn = -1 };
        if (_lastOut[head] < 0) _firstOut[head] = EdgeCount;
        else _edges[_lastOut[head]].NextOut = EdgeCount;
        _lastOut[head] = EdgeCount;
        if (_lastIn[dependent] < 0) _firstIn[dependent] = EdgeCount;
        else _edges[_lastIn[dependent]].NextIn = EdgeCount;
        _lastIn[dependent] = EdgeCount++;
    }

    /// <summary>Takes an edge out.</summary>
    public void Remove(int edge) => _edges[edge].Relation = Relation.Removed;

    /// <summary>Says an edge in other words.</summary>
    public void Rename(int edge, Relation relation, string? link)
    {
        _edges[edge].Relation = relation;
        _edges[edge].Link = link;
    }

    /// <summary>Adds a second node for a node's word.</summary>
    public int Copy(int node)
    {
        _copied.Add(Position(node));
        Grow(ref _firstOut);
        Grow(ref _lastOut);
        Grow(ref _firstIn);
        Grow(ref _lastIn);
        return NodeCount;
    }

    private static int[] Unset(int length)
    {
        var array = new int[length];
        Array.Fill(array, -1);
        return array;
    }

    private void Grow(ref int[] ends)
    {
        var old = ends.Length;
        if (NodeCount < old) return;
        Array.Resize(ref ends, 2 * old);
        ends.AsSpan(old).Fill(-1);
    }

    private int SkipOut(int edge)
    {
        while (edge >= 0 && _edges[edge].Relation == Relation.Removed) edge = _edges[edge].NextOut;
        return edge;
    }

    private int SkipIn(int edge)
    {
        while (edge >= 0 && _edges[edge].Relation == Relation.Removed) edge = _edges[edge].NextIn;
        return edge;
    }
}
