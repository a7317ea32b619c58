using System.Text.Json.Serialization;

namespace UnsupClipCap.Metrics;

/// <summary>Sizes of the SPICE parser's network.</summary>
/// <param name="Width">Width d of a token's vector; a multiple of 8, as are a head's share of it and the three widths below.</param>
/// <param name="Layers">Transformer layers that find the tags.</param>
/// <param name="Heads">Attention heads; they divide the width.</param>
/// <param name="Hidden">Width of a layer's feed-forward part; a multiple of 16.</param>
/// <param name="TagLayer">The layers after which tags are guessed and told to the layers that follow.</param>
/// <param name="Arc">Width in which heads and dependents are compared; a multiple of 16.</param>
/// <param name="Relation">Width in which an arc's relation is told; a multiple of 16.</param>
/// <param name="Reach">Distances beyond this many words count as this many.</param>
/// <param name="TreeLayers">Transformer layers that find the tree from the tags and the function words.</param>
internal sealed record ParserSizes(int Width = 192, int Layers = 4, int Heads = 6, int Hidden = 384, int TagLayer = 2, int Arc = 128, int Relation = 128, int Reach = 16, int TreeLayers = 3);

[JsonSerializable(typeof(ParserSizes))]
internal sealed partial class ParserSizesJson : JsonSerializerContext;
