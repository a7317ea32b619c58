using System.Text.Json.Serialization;

namespace UnsupClipCap;

/// <summary>Which embedding a captioner is trained on. Whatever it is, captions of pictures are made from the image's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Source>))]
public enum Source
{
    /// <summary>The image's: p(y | h(f_v(x))). ClipCap.</summary>
    Images,
    /// <summary>That of another caption y' of the same image: p(y | h(f_t(y'))), eq. (2). Unsupervised-ClipCap.</summary>
    OtherCaption,
    /// <summary>That of the caption itself, y' = y: the paper's "- matched captions".</summary>
    SameCaption,
}

/// <summary>The map h from an embedding to the prefix.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MapperKind>))]
public enum MapperKind
{
    /// <summary>d -> P w / 2 -> tanh -> P w (ClipCap's "MLP").</summary>
    Mlp,
    /// <summary>A transformer over projected embeddings and learned constants (ClipCap's, for a frozen GPT-2).</summary>
    Transformer,
}

/// <summary>
/// How a captioner is built, trained and stopped: all that decides its weights but the data, the encoder, the source and the seed.
/// Defaults are ClipCap's own (Mokady et al., 2021; <c>train.py</c>), which the paper builds on.
/// </summary>
public sealed record Recipe
{
    /// <summary>The language model's sizes.</summary>
    public Gpt2Config Gpt2 { get; init; } = Gpt2Config.Small;
    /// <summary>The GPT-2 that training starts from: its folder under a data folder, or a path (<see cref="Gpt2Folder"/>). Null for random weights.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InitialGpt2 { get; init; }
    /// <summary>The kind of the map h.</summary>
    public MapperKind Mapper { get; init; } = MapperKind.Mlp;
    /// <summary>Prefix length P: positions given to GPT-2.</summary>
    public int PrefixLength { get; init; } = 10;
    /// <summary>Transformer mapper: positions that the embedding is projected to.</summary>
    public int ClipLength { get; init; } = 10;
    /// <summary>Transformer mapper: blocks.</summary>
    public int MapperLayers { get; init; } = 8;
    /// <summary>Transformer mapper: attention heads.</summary>
    public int MapperHeads { get; init; } = 8;

    /// <summary>Whether embeddings are brought to unit length before anything else, in training and in use alike.</summary>
    public bool Normalize { get; init; } = true;
    /// <summary>Factor on the embedding at the mapper's input, after normalisation and noise. A unit vector of d numbers is small; 1 in ClipCap.</summary>
    public double Scale { get; init; } = 1;
    /// <summary>Noise on the embedding in training, or none.</summary>
    public EmbeddingNoise? Noise { get; init; }

    /// <summary>Captions a step.</summary>
    public int BatchSize { get; init; } = 40;
    /// <summary>Passes over all captions. Of this and <see cref="Steps"/> what is set last holds: setting it takes back the steps.</summary>
    public int Epochs
    {
        get;
        init
        {
            field = value;
            Steps = null;
        }
    } = 10;
    /// <summary>Steps of training, whatever <see cref="Epochs"/> says; null to go by these.</summary>
    public int? Steps { get; init; }
    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 2e-5;
    /// <summary>Steps of linear warm-up; then the rate falls linearly to 0 at the end.</summary>
    public int WarmupSteps { get; init; } = 5000;
    /// <summary>AdamW's decoupled weight decay.</summary>
    public double WeightDecay { get; init; }
    /// <summary>AdamW's epsilon.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Whether each caption ends with the end token in training, so that the model learns to stop. ClipCap's does not: it stops at ".".</summary>
    public bool LearnEnd { get; init; } = true;
    /// <summary>As ClipCap's training: token 0 is never a target, since its padding could not be told from it.</summary>
    public bool IgnoreTokenZero { get; init; }
    /// <summary>Tokens that end a caption and belong to it (13, ".", in ClipCap). The tokenizer's end token always ends one.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];
    /// <summary>Longest caption made, tokens (67 in ClipCap).</summary>
    public int MaxTokens { get; init; } = 67;

    /// <summary>ClipCap's published behaviour where it differs from what we would choose: no unit length, no end token, token 0 ignored, "." stops.</summary>
    public static Recipe ClipCapCompatible { get; } = new() { Normalize = false, LearnEnd = false, IgnoreTokenZero = true, StopTokens = [13] };
}
