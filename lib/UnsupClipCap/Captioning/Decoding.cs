using System.Text.Json.Serialization;

namespace UnsupClipCap;

/// <summary>How a caption is chosen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecodingKind>))]
public enum DecodingKind
{
    /// <summary>Beam search, scores averaged over length.</summary>
    Beam,
    /// <summary>The likeliest token at each place: a beam of one.</summary>
    Greedy,
    /// <summary>Drawn from the likeliest tokens that together hold <see cref="Decoding.TopP"/> of the probability.</summary>
    Nucleus,
}

/// <summary>Settings of decoding. Default: ClipCap's beam of 5.</summary>
public sealed record Decoding
{
    /// <summary>The method.</summary>
    public DecodingKind Kind { get; init; } = DecodingKind.Beam;
    /// <summary>Beams; 1 or more. Only for <see cref="DecodingKind.Beam"/>.</summary>
    public int Beams { get; init; } = 5;
    /// <summary>Share of the probability that nucleus sampling draws from; in (0, 1] (Holtzman et al., 2020; ClipCap uses 0.8).</summary>
    public double TopP { get; init; } = 0.8;
    /// <summary>Divides the logits in nucleus sampling; above 0.</summary>
    public double Temperature { get; init; } = 1;
    /// <summary>Seed of nucleus sampling. Each image draws from a stream of its own, whatever it is batched with.</summary>
    public int Seed { get; init; }
    /// <summary>Images decoded together.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>A beam of one.</summary>
    public static Decoding Greedy { get; } = new() { Kind = DecodingKind.Greedy };
}

/// <summary>A caption as made.</summary>
/// <param name="Tokens">Its token ids; a stop token such as "." is the last of them, an end token is not among them.</param>
/// <param name="Score">Mean log-probability of all tokens made, the end token included.</param>
public sealed record GeneratedTokens(int[] Tokens, double Score);
