using TorchSharp.Modules;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace UnsupClipCap;

#pragma warning disable IDE1006 // names of the shipped model file

/// <summary>A layer of a transformer over words, which knows how far apart they are.</summary>
internal sealed class SpiceParserLayer : Module
{
    private readonly LayerNorm ln_1;
    private readonly Linear qkv;
    private readonly Parameter distance;                // (nh, 2 reach + 1): how much a head looks that far to the left or right
    private readonly Linear proj;
    private readonly LayerNorm ln_2;
    private readonly Linear fc;
    private readonly Linear fc_proj;
    private readonly int _heads;
    private readonly double _dropout;

    public SpiceParserLayer(ParserSizes sizes, int layers, double dropout) : base(nameof(SpiceParserLayer))
    {
        ln_1 = LayerNorm(sizes.Width);
        qkv = Linear(sizes.Width, 3 * sizes.Width);
        distance = Parameter(zeros(sizes.Heads, 2 * sizes.Reach + 1));
        proj = Linear(sizes.Width, sizes.Width);
        ln_2 = LayerNorm(sizes.Width);
        fc = Linear(sizes.Width, sizes.Hidden);
        fc_proj = Linear(sizes.Hidden, sizes.Width);
        foreach (var out_ in new[] { proj, fc_proj }) init.normal_(out_.weight!, 0, 1 / Math.Sqrt(2.0 * sizes.Width * layers));
        (_heads, _dropout) = (sizes.Heads, dropout);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor distances)
    {
        long B = x.shape[0], T = x.shape[1], C = x.shape[2];
        var parts = qkv.forward(ln_1.forward(x)).view(B, T, 3, _heads, C / _heads).permute(2, 0, 3, 1, 4);          // (3, B, nh, T, hs)
        var bias = distance.index_select(1, distances.flatten()).view(_heads, T, T);                               // (nh, T, T)
        var weights = (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(C / _heads) + bias).softmax(-1);      // (B, nh, T, T)
        var y = proj.forward(weights.matmul(parts[2]).transpose(1, 2).reshape(B, T, C));
        x = x + functional.dropout(y, _dropout, training);
        return x + functional.dropout(fc_proj.forward(Bend(fc.forward(ln_2.forward(x)))), _dropout, training);
    }

    /// <summary>A bend of the line between layers: x sigmoid(1.702 x), OpenAI's quick form of GELU.</summary>
    public static Tensor Bend(Tensor x) => x * sigmoid(1.702 * x);

    /// <summary>Places (T, T) in the tables of distances.</summary>
    public static Tensor Distances(ParserSizes sizes, long T, Device device)
    {
        var places = arange(T, dtype: ScalarType.Int64, device: device);
        return (places.unsqueeze(0) - places.unsqueeze(1)).clamp(-sizes.Reach, sizes.Reach) + sizes.Reach;
    }
}
