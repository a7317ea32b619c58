namespace UnsupClipCap.Metrics;

/// <summary>
/// What a sentence proposes for its scene graph (Anderson et al. 2016, section 3.1; the rules are those of Schuster et al. 2015,
/// learnt here from what the original proposes). The order of proposals is the original's, for it decides what merges.
/// </summary>
internal sealed class SceneGraphTuples
{
    // Captions propose about one tuple a word. Nonsense of thousands of words, all conjoined, could propose their square.
    private const int Most = 2048;

    private readonly DependencyGraph _graph;
    private readonly NodeOrder _order;
    private readonly List<SpiceTuple> _tuples = [];
    private readonly string?[] _ends;
    private readonly bool[] _hasNounObject;

    private SceneGraphTuples(DependencyGraph graph)
    {
        _graph = graph;
        _order = new(graph);
        _ends = new string[graph.NodeCount + 1];
        _hasNounObject = new bool[graph.NodeCount + 1];
    }

    /// <summary>The proposals of a sentence, in order: relations and attributes, kind by kind, then objects.</summary>
    public static List<SpiceTuple> Of(ParsedSentence sentence)
    {
        var graph = Collapsing.Collapse(sentence);
        QuantityPhrases.Fold(graph);
        Pronouns.Resolve(graph);
        return Of(graph);
    }

    /// <summary>The proposals of a graph whose quantities are folded and whose pronouns are resolved.</summary>
    public static List<SpiceTuple> Of(DependencyGraph graph)
    {
        var tuples = new SceneGraphTuples(graph);
        tuples.Propose();
        return tuples._tuples;
    }

    private void Propose()
    {
        foreach (var node in _order.Nodes)
            foreach (var e in _order.From(node))
                _hasNounObject[node] |= IsObject(_graph[e]) && _graph.IsNoun(_graph[e].Dependent);
        foreach (var node in _order.Nodes) SubjectsAndObjects(node);
        foreach (var node in _order.Nodes) Clauses(node);
        foreach (var node in _order.Nodes) Predicates(node, copula: false);
        foreach (var node in _order.Nodes) Predicates(node, copula: true);
        foreach (var node in _order.Nodes) PrepositionalPredicates(node);
        foreach (var node in _order.Nodes) Each(node, Relation.Amod, nounHead: false, nounDependent: false);
        foreach (var node in _order.Nodes) AdjectivePredicates(node);
        foreach (var node in _order.Nodes) Prepositions(node);
        foreach (var node in _order.Nodes) Possessions(node);
        foreach (var node in _order.Nodes) Agents(node);
        Quantities();
        foreach (var node in _order.Nodes) Each(node, Relation.Compound, nounHead: true, nounDependent: true);
        foreach (var node in _order.Nodes) Objects(node);
    }

    /// <summary>"A man rides a horse", "a man sits on a bench": a subject and an object of one predicate.</summary>
    private void SubjectsAndObjects(int predicate)
    {
        if (!_hasNounObject[predicate] || _graph.Has(predicate, Relation.Cop)) return;
        foreach (var s in _order.From(predicate))
            if (_graph[s].Relation == Relation.Nsubj && _graph.IsNoun(_graph[s].Dependent)) ObjectsOf(predicate, _graph[s].Dependent);
    }

    /// <summary>"A man riding a horse": a noun modified by a clause.</summary>
    private void Clauses(int node)
    {
        foreach (var c in _order.From(node))
            if (_graph[c] is { Relation: Relation.Acl, Link: null } && _graph.IsVerb(_graph[c].Dependent)) ObjectsOf(_graph[c].Dependent, node);
    }

    private void ObjectsOf(int predicate, int subject)
    {
        if (_tuples.Count >= Most) return;
        foreach (var o in _order.From(predicate))
        {
            ref readonly var edge = ref _graph[o];
            if (IsObject(edge) && _graph.IsNoun(edge.Dependent))
                Add(new(End(subject), End(edge.Dependent), Predicate(predicate, edge)));
        }
    }

    private string Predicate(int node, in Edge edge)
    {
        var words = _graph.Lemma(node);
        foreach (var e in _order.From(node))
            if (_graph[e].Relation == Relation.CompoundPrt) words = $"{words} {End(_graph[e].Dependent)}";
        var preposition = edge.Relation is Relation.Nmod or Relation.NmodTmod or Relation.NmodNpmod ? LinkOf(edge) : null;
        return preposition is null ? words : $"{words} {preposition}";
    }

    /// <summary>
    /// "A woman smiles", "the dog is brown", "the dog is a poodle": a predicate without a noun as object, or with a copula, is an
    /// attribute of its subject. Those without copula come first.
    /// </summary>
    private void Predicates(int node, bool copula)
    {
        if (_graph.Has(node, Relation.Cop) != copula || _graph.Has(node, Relation.Case) || (!copula && _hasNounObject[node])) return;
        foreach (var s in _order.From(node))
            if (_graph[s].Relation == Relation.Nsubj && _graph.IsNoun(_graph[s].Dependent) && End(node) != "be")
                Add(new(End(_graph[s].Dependent), End(node)));
    }

    /// <summary>"The cat is in the house".</summary>
    private void PrepositionalPredicates(int node)
    {
        var preposition = -1;
        foreach (var e in _order.From(node))
            if (preposition < 0 && _graph[e].Relation == Relation.Case) preposition = _graph[e].Dependent;
        if (preposition < 0 || (_hasNounObject[node] && !_graph.Has(node, Relation.Cop))) return;
        foreach (var s in _order.From(node))
        {
            if (_graph[s].Relation != Relation.Nsubj || !_graph.IsNoun(_graph[s].Dependent)) continue;
            var words = End(preposition);
            foreach (var e in _order.From(preposition))
                if (_graph[e].Relation == Relation.Mwe) words = $"{words} {End(_graph[e].Dependent)}";
            Add(new(End(_graph[s].Dependent), End(node), words));
        }
    }

    /// <summary>"The dog is brown" once more: an adjective with a subject of any kind.</summary>
    private void AdjectivePredicates(int node)
    {
        if (!_graph.IsAdjective(node)) return;
        foreach (var s in _order.From(node))
            if (_graph[s].Relation == Relation.Nsubj) Add(new(End(_graph[s].Dependent), End(node)));
    }

    /// <summary>"A man on a horse".</summary>
    private void Prepositions(int node)
    {
        if (!_graph.IsNoun(node)) return;
        foreach (var e in _order.From(node))
            if (LinkOf(_graph[e]) is { } preposition) Add(new(End(node), End(_graph[e].Dependent), preposition));
    }

    /// <summary>"A man's horse": the owner has the thing owned.</summary>
    private void Possessions(int node)
    {
        if (!_graph.IsNoun(node)) return;
        foreach (var e in _order.From(node))
            if (_graph[e].Relation == Relation.NmodPoss && _graph.IsNoun(_graph[e].Dependent))
                Add(new(End(_graph[e].Dependent), End(node), "have"));
    }

    /// <summary>"The street is lit by lights": agent, patient, verb.</summary>
    private void Agents(int node)
    {
        if (!_graph.Has(node, Relation.NmodAgent)) return;
        foreach (var s in _order.From(node))
        {
            if (_graph[s].Relation != Relation.Nsubjpass || !_graph.IsNoun(_graph[s].Dependent)) continue;
            foreach (var a in _order.From(node))
            {
                ref readonly var edge = ref _graph[a];
                if (edge.Relation == Relation.NmodAgent && _graph.IsNoun(edge.Dependent))
                    Add(new(End(edge.Dependent), End(_graph[s].Dependent), Predicate(node, edge)));
            }
        }
    }

    private void Each(int node, Relation relation, bool nounHead, bool nounDependent)
    {
        if (nounHead && !_graph.IsNoun(node)) return;
        foreach (var e in _order.From(node))
            if (_graph[e].Relation == relation && (!nounDependent || _graph.IsNoun(_graph[e].Dependent)))
                Add(new(End(node), End(_graph[e].Dependent)));
    }

    /// <summary>Numbers and quantities of plural nouns: three passes, as the original has three patterns.</summary>
    private void Quantities()
    {
        foreach (var node in _order.Nodes)
        {
            var subject = PluralSubject(node);
            var patient = subject > 0 ? PluralObject(node) : 0;
            if (patient == 0) continue;
            Quantity(subject);
            Quantity(patient);
        }
        foreach (var node in _order.Nodes)
            if (_graph.IsPlural(node) && StandsAlone(node)) Quantity(node);
        foreach (var node in _order.Nodes)
            if (_graph.IsPlural(node) && StandsElsewhere(node)) Quantity(node);
    }

    private int PluralSubject(int node)
    {
        foreach (var e in _order.From(node))
            if (_graph[e].Relation == Relation.Nsubj && _graph.IsPlural(_graph[e].Dependent)) return _graph[e].Dependent;
        return 0;
    }

    /// <summary>The first plural object; an oblique one counts with a preposition of its own, not one it shares.</summary>
    private int PluralObject(int node)
    {
        foreach (var e in _order.From(node))
        {
            ref readonly var edge = ref _graph[e];
            if (IsObject(edge) && edge.Relation != Relation.NmodPoss && _graph.IsPlural(edge.Dependent)
                && (edge.Relation is Relation.Dobj or Relation.Iobj || _graph.Has(edge.Dependent, Relation.Case))) return edge.Dependent;
        }
        return 0;
    }

    /// <summary>The root, or the subject of a predicate without plural objects.</summary>
    private bool StandsAlone(int noun)
    {
        for (var e = _graph.FirstIn(noun); e >= 0; e = _graph.NextIn(e))
            if (_graph[e].Relation == Relation.Root || (_graph[e].Relation == Relation.Nsubj && PluralObject(_graph[e].Head) == 0)) return true;
        return false;
    }

    /// <summary>Neither root nor subject, nor an object beside a plural subject.</summary>
    private bool StandsElsewhere(int noun)
    {
        for (var e = _graph.FirstIn(noun); e >= 0; e = _graph.NextIn(e))
        {
            ref readonly var edge = ref _graph[e];
            if (edge.Relation is Relation.Root or Relation.Nsubj) return false;
            if (IsObject(edge) && edge.Relation != Relation.NmodPoss && PluralSubject(edge.Head) > 0) return false;
        }
        return true;
    }

    /// <summary>The number before a noun, or else its quantity.</summary>
    private void Quantity(int noun)
    {
        var found = 0;
        foreach (var e in _order.From(noun))
        {
            ref readonly var edge = ref _graph[e];
            if (edge.Relation == Relation.Nummod && _graph.Position(edge.Dependent) < _graph.Position(noun))
            {
                found = edge.Dependent;
                break;
            }
            if (edge.Relation == Relation.Quantity && found == 0) found = edge.Dependent;
        }
        if (found > 0) Add(new(End(noun), End(found)));
    }

    /// <summary>Every noun that neither modifies a noun in a compound nor is so modified.</summary>
    private void Objects(int node)
    {
        if (!_graph.IsNoun(node)) return;
        foreach (var e in _order.From(node))
            if (_graph[e].Relation == Relation.Compound && _graph.IsNoun(_graph[e].Dependent)) return;
        for (var e = _graph.FirstIn(node); e >= 0; e = _graph.NextIn(e))
            if (_graph[e].Relation == Relation.Compound && _graph.IsNoun(_graph[e].Head)) return;
        Add(new(End(node)));
    }

    /// <summary>An object, or a noun tied by a preposition; a bare "nmod", whose preposition was not found, is neither.</summary>
    private static bool IsObject(in Edge edge) =>
        edge.Relation is Relation.Dobj or Relation.Iobj or Relation.NmodAgent or Relation.NmodPoss || LinkOf(edge) is not null;

    private void Add(SpiceTuple tuple)
    {
        if (_tuples.Count < Most) _tuples.Add(tuple);
    }

    /// <summary>The preposition of an edge; null where there is none.</summary>
    private static string? LinkOf(in Edge edge) => edge.Relation switch
    {
        Relation.Nmod => edge.Link,
        Relation.NmodTmod => "tmod",
        Relation.NmodNpmod => "npmod",
        _ => null,
    };

    private string End(int node) => _ends[node] ??= _graph.Lemma(node).ToLowerInvariant();
}
