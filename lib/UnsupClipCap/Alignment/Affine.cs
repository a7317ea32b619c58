using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Fitted alignments of the form y = (x - from) A + to, of rows, computed in float64.</summary>
internal static class Affine
{
    /// <param name="name">The method's, for errors.</param>
    /// <param name="from">(d).</param>
    /// <param name="map">A (d, d), or (d) for a diagonal.</param>
    /// <param name="to">(d).</param>
    /// <param name="back">A^-1 of the same form, or null where there is none.</param>
    /// <param name="noInverse">Why there is none.</param>
    public static FittedFunction Fitted(string name, Tensor from, Tensor map, Tensor to, Tensor? back, string noInverse = "")
    {
        Tensor[] keeps = back is null ? [from, map, to] : [from, map, to, back];
        return new FittedFunction(name, from.shape[0], x => Apply(x, from, map, to), keeps)
        {
            Back = back is null ? null : y => Apply(y, to, back, from),
            NoInverse = noInverse,
        };
    }

    private static Tensor Apply(Tensor x, Tensor from, Tensor map, Tensor to)
    {
        var centred = x.to(ScalarType.Float64) - from;
        return (map.dim() == 1 ? centred * map : centred.matmul(map)) + to;
    }
}
