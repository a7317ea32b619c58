namespace UnsupClipCap.Metrics;

/// <summary>
/// The scene graph of one caption, or of all references of an image, synonyms merged (Anderson et al. 2016, section 3.1). Proposals
/// join it one by one, and their order matters.
/// </summary>
internal sealed class SceneGraph(ConceptIndex concepts)
{
    private readonly List<MergedConcept> _objects = [];
    private readonly Dictionary<string, int> _objectOfWord = new(StringComparer.Ordinal);
    private readonly List<(int Object, MergedConcept Attribute)> _attributes = [];
    private readonly List<(int Subject, int Object, MergedConcept Relation)> _relations = [];

    /// <summary>The objects.</summary>
    public IReadOnlyList<MergedConcept> Objects => _objects;

    /// <summary>The attributes, each with the number of its object.</summary>
    public IReadOnlyList<(int Object, MergedConcept Attribute)> Attributes => _attributes;

    /// <summary>The relations, each with the numbers of its subject and object.</summary>
    public IReadOnlyList<(int Subject, int Object, MergedConcept Relation)> Relations => _relations;

    /// <summary>Number of tuples: objects, attributes and relations.</summary>
    public int Count => _objects.Count + _attributes.Count + _relations.Count;

    /// <summary>The tuples, spelled "object", "object | attribute" and "subject | relation | object"; merged words are parted by "/".</summary>
    public IEnumerable<string> Tuples => _objects.Select(o => o.ToString())
        .Concat(_attributes.Select(a => $"{_objects[a.Object]} | {a.Attribute}"))
        .Concat(_relations.Select(r => $"{_objects[r.Subject]} | {r.Relation} | {_objects[r.Object]}"));

    /// <summary>Adds the proposals of a caption.</summary>
    public void Add(IReadOnlyList<SpiceTuple> tuples)
    {
        foreach (var (first, second, third) in tuples)
        {
            var subject = AddObject(first);
            if (second is null) continue;
            if (third is null) AddAttribute(subject, second);
            else AddRelation(subject, AddObject(second), third);
        }
    }

    /// <summary>The graph that merged tuples spell, in the form of <see cref="Tuples"/>; nothing more is merged.</summary>
    /// <exception cref="MetricInputException">A tuple names an object that is no tuple of its own, or has more than three parts.</exception>
    public static SceneGraph Read(ConceptIndex concepts, IEnumerable<string> tuples)
    {
        var graph = new SceneGraph(concepts);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var parts in tuples.Select(t => t.Split(" | ")).OrderBy(p => p.Length))
        {
            if (parts.Length == 1)
            {
                numbers[parts[0]] = graph._objects.Count;
                graph._objects.Add(Merged(parts[0]));
            }
            else if (parts.Length == 2) graph._attributes.Add((Number(parts[0], parts), Merged(parts[1])));
            else if (parts.Length == 3) graph._relations.Add((Number(parts[0], parts), Number(parts[2], parts), Merged(parts[1])));
            else throw new MetricInputException($"Found the SPICE tuple '{string.Join(" | ", parts)}' of {parts.Length} parts; expected an object, an object and an attribute, or a subject, a relation and an object, parted by ' | '.");
        }
        return graph;

        int Number(string name, string[] tuple) => numbers.TryGetValue(name, out var number)
            ? number
            : throw new MetricInputException($"The SPICE tuple '{string.Join(" | ", tuple)}' names '{name}', which is no tuple of its own; expected every object among the tuples. Pass all tuples of the graph.");

        MergedConcept Merged(string words)
        {
            var all = words.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (all.Length == 0) return new(concepts[words]);
            var merged = new MergedConcept(concepts[all[0]]);
            foreach (var word in all[1..]) merged.Join(concepts[word]);
            return merged;
        }
    }

    private int AddObject(string text)
    {
        if (_objectOfWord.TryGetValue(text, out var known)) return known;
        var word = concepts[text];
        var best = -1;
        var most = 0.0;
        var signature = MergedConcept.Signature(word.Synsets);
        for (var i = 0; i < _objects.Count; i++)
        {
            var similarity = _objects[i].Similarity(word, signature);
            if (similarity <= most) continue;
            (best, most) = (i, similarity);
        }
        if (best >= 0) _objects[best].Join(word);
        else
        {
            best = _objects.Count;
            _objects.Add(new(word));
        }
        _objectOfWord.Add(text, best);
        return best;
    }

    private void AddAttribute(int to, string text)
    {
        var attribute = new MergedConcept(concepts[text]);
        foreach (var (owner, other) in _attributes)
        {
            if (owner != to || !other.IsLike(attribute)) continue;
            other.Join(concepts[text]);
            return;
        }
        _attributes.Add((to, attribute));
    }

    private void AddRelation(int subject, int to, string text)
    {
        var word = concepts[text.StartsWith("be ", StringComparison.Ordinal) ? text[3..] : text];
        var relation = new MergedConcept(word);
        foreach (var (otherSubject, otherObject, other) in _relations)
        {
            if (otherSubject != subject || otherObject != to || !other.IsLike(relation)) continue;
            other.Join(word);
            return;
        }
        _relations.Add((subject, to, relation));
    }
}
