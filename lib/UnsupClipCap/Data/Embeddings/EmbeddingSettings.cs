using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>What made embeddings.</summary>
/// <param name="Name">For people.</param>
/// <param name="Fingerprint">Digest of its sizes and weights; rows of two fingerprints do not lie in one space.</param>
public sealed record EmbeddingEncoder(string Name, string Fingerprint)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Name}' ({Fingerprint})";
}

/// <summary>What the rows stand for.</summary>
public enum EmbeddingKind
{
    /// <summary>Pictures.</summary>
    Images,
    /// <summary>Captions.</summary>
    Texts,
}

/// <summary>Everything that decides a store's content. Two runs of equal settings make the same rows, so that one may go on where the other stopped.</summary>
public sealed record EmbeddingSettings
{
    /// <summary>What encodes.</summary>
    public required EmbeddingEncoder Encoder { get; init; }
    /// <summary>What is encoded.</summary>
    public required EmbeddingKind Kind { get; init; }
    /// <summary>Numbers a row, d.</summary>
    public required int Width { get; init; }
    /// <summary>Float16 or Float32: how they are stored.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;
    /// <summary>Whether rows are of unit length; else they are as the encoder gives them.</summary>
    public bool IsNormalized { get; init; }
    /// <summary>Items of the whole list, over all parts.</summary>
    public required int Items { get; init; }
    /// <summary>Digest of the whole list.</summary>
    public required string List { get; init; }
    /// <summary>The part of the list that this store holds.</summary>
    public EmbeddingPart Part { get; init; } = EmbeddingPart.Whole;

    /// <summary>How the other settings differ from these, in words for the middle of a sentence; empty where they are the same.</summary>
    internal string Difference(EmbeddingSettings other) => this switch
    {
        _ when Encoder.Fingerprint != other.Encoder.Fingerprint => $"of the encoder {Encoder} and not of {other.Encoder}",
        _ when Kind != other.Kind => $"of {Word(Kind)} and not of {Word(other.Kind)}",
        _ when Width != other.Width => $"{Width} wide and not {other.Width}",
        _ when Type != other.Type => $"in {Word(Type)} and not in {Word(other.Type)}",
        _ when IsNormalized != other.IsNormalized => IsNormalized ? "of unit length and not as the encoder gives them" : "as the encoder gives them and not of unit length",
        _ when Items != other.Items || List != other.List => $"of another list: {Items} {Word(Kind)} with digest {List[..Math.Min(12, List.Length)]} and not {other.Items} with {other.List[..Math.Min(12, other.List.Length)]}",
        _ when Part != other.Part => $"part {Part} and not {other.Part}",
        _ => "",
    };

    internal static string Word(EmbeddingKind kind) => kind == EmbeddingKind.Images ? "images" : "texts";

    internal static string Word(ScalarType type) => type == ScalarType.Float16 ? "float16" : "float32";
}
