using System.Collections.Frozen;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Relations between words: the Universal Dependencies for English of 2014 (de Marneffe et al., "Universal Stanford dependencies"),
/// and <see cref="Quantity"/>, which SPICE adds. <see cref="Other"/> stands for any that no rule asks for.
/// </summary>
internal enum Relation : byte
{
    Removed, Root, Acl, AclRelcl, Advcl, Advmod, Amod, Aux, Auxpass, Case, Cc, CcPreconj, Ccomp, Compound, CompoundPrt, Conj, Cop, Csubj,
    Dep, Det, Dobj, Iobj, Mark, Mwe, Neg, Nmod, NmodAgent, NmodNpmod, NmodPoss, NmodTmod, Nsubj, Nsubjpass, Nummod, Xcomp, Quantity, Other,
}

/// <summary>Names of relations.</summary>
internal static class RelationNames
{
    private static readonly FrozenDictionary<string, Relation> Known = new Dictionary<string, Relation>
    {
        ["root"] = Relation.Root,
        ["acl"] = Relation.Acl,
        ["acl:relcl"] = Relation.AclRelcl,
        ["advcl"] = Relation.Advcl,
        ["advmod"] = Relation.Advmod,
        ["amod"] = Relation.Amod,
        ["aux"] = Relation.Aux,
        ["auxpass"] = Relation.Auxpass,
        ["case"] = Relation.Case,
        ["cc"] = Relation.Cc,
        ["cc:preconj"] = Relation.CcPreconj,
        ["ccomp"] = Relation.Ccomp,
        ["compound"] = Relation.Compound,
        ["compound:prt"] = Relation.CompoundPrt,
        ["conj"] = Relation.Conj,
        ["cop"] = Relation.Cop,
        ["csubj"] = Relation.Csubj,
        ["dep"] = Relation.Dep,
        ["det"] = Relation.Det,
        ["dobj"] = Relation.Dobj,
        ["iobj"] = Relation.Iobj,
        ["mark"] = Relation.Mark,
        ["mwe"] = Relation.Mwe,
        ["neg"] = Relation.Neg,
        ["nmod"] = Relation.Nmod,
        ["nmod:agent"] = Relation.NmodAgent,
        ["nmod:npmod"] = Relation.NmodNpmod,
        ["nmod:poss"] = Relation.NmodPoss,
        ["nmod:tmod"] = Relation.NmodTmod,
        ["nsubj"] = Relation.Nsubj,
        ["nsubjpass"] = Relation.Nsubjpass,
        ["nummod"] = Relation.Nummod,
        ["xcomp"] = Relation.Xcomp,
        ["det:qmod"] = Relation.Quantity,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The relation of a name, and the preposition or conjunction that a collapsed name carries: "nmod:in_front_of" is
    /// <see cref="Relation.Nmod"/> with "in front of".
    /// </summary>
    public static (Relation Relation, string? Link) Parse(string name)
    {
        if (Known.TryGetValue(name, out var relation)) return (relation, null);
        var colon = name.IndexOf(':');
        return colon > 0 && Known.TryGetValue(name[..colon], out relation) && relation is Relation.Nmod or Relation.Acl or Relation.Advcl or Relation.Conj
            ? (relation, name[(colon + 1)..].Replace('_', ' '))
            : (Relation.Other, null);
    }
}
