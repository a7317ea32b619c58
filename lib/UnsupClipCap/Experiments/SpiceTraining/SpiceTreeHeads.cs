using TorchSharp.Modules;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the shipped model file

/// <summary>Scores of arcs, by a biaffine comparison (Dozat &amp; Manning, 2017), and of their relations.</summary>
internal sealed class SpiceTreeHeads : Module
{
    private readonly Linear arc_dependent;
    private readonly Linear arc_head;
    private readonly Linear arc;                        // the biaffine form, without bias
    private readonly Parameter arc_distance;            // (2 reach + 1)
    private readonly Linear relation_dependent;
    private readonly Linear relation_head;
    private readonly Linear relation;
    private readonly ParserSizes _sizes;

    public SpiceTreeHeads(ParserSizes sizes, int relations) : base(nameof(SpiceTreeHeads))
    {
        _sizes = sizes;
        arc_dependent = Linear(sizes.Width, sizes.Arc);
        arc_head = Linear(sizes.Width, sizes.Arc);
        arc = Linear(sizes.Arc, sizes.Arc, hasBias: false);
        arc_distance = Parameter(zeros(2 * sizes.Reach + 1));
        relation_dependent = Linear(sizes.Width, sizes.Relation);
        relation_head = Linear(sizes.Width, sizes.Relation);
        relation = Linear(sizes.Relation, relations);
        RegisterComponents();
    }

    /// <summary>Scores of arcs (B, T, T), dependent by head, the root first.</summary>
    /// <param name="x">(B, T, d).</param>
    /// <param name="distances">(T, T): places in the table of distances.</param>
    public Tensor Arcs(Tensor x, Tensor distances)
    {
        var T = x.shape[1];
        var dependent = SpiceParserLayer.Bend(arc_dependent.forward(x));                                   // (B, T, a)
        var head = SpiceParserLayer.Bend(arc_head.forward(x));
        return arc.forward(dependent).matmul(head.transpose(-2, -1)) + arc_distance.index_select(0, distances.flatten()).view(T, T);
    }

    /// <summary>Scores of the relations (B, n, relations) of words to the heads given.</summary>
    /// <param name="x">(B, T, d).</param>
    /// <param name="heads">(B, n): head of each word but the root.</param>
    public Tensor Relations(Tensor x, Tensor heads)
    {
        var n = heads.shape[1];
        var above = relation_head.forward(x).gather(1, heads.unsqueeze(-1).expand(-1, -1, _sizes.Relation));            // (B, n, r)
        return relation.forward(SpiceParserLayer.Bend(relation_dependent.forward(x).narrow(1, 1, n) + above));
    }
}
