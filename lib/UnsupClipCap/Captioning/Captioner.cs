using System.Text.Json;
using TorchSharp;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A caption of one embedding.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Score">Mean log-probability of its tokens.</param>
public sealed record GeneratedCaption(string Text, double Score);

/// <summary>What a captioner is besides its weights: enough to know what it expects and how it was made.</summary>
public sealed record CaptionerCard
{
    /// <summary>How it was built, trained and stopped.</summary>
    public required Recipe Recipe { get; init; }
    /// <summary>Width of the embeddings it takes.</summary>
    public required int EmbeddingWidth { get; init; }
    /// <summary>The encoder whose embeddings it was trained on.</summary>
    public string Encoder { get; init; } = "unknown";
    /// <summary>What it was trained on.</summary>
    public Source Source { get; init; }
    /// <summary>Seed of its initial weights, batches and noise.</summary>
    public int Seed { get; init; }
    /// <summary>The data it was trained on, in words.</summary>
    public string Data { get; init; } = "unknown";
    /// <summary>The alignment that moved the embeddings it was trained on, by name; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Alignment { get; init; }
    /// <summary>Words of its <see cref="WordTokenizer"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>A trained ClipCap with its tokenizer: embeddings in, captions out.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class Captioner : IDisposable, IHtml
{
    private const string Format = "unsupclipcap captioner 1";

    /// <summary>A captioner of a model and its card.</summary>
    public Captioner(CaptionerCard card, ClipCap model, ITokenizer tokenizer)
    {
        (Card, Model, Tokenizer) = (card, model, tokenizer);
        model.eval();
    }

    /// <summary>What it is and how it was made.</summary>
    public CaptionerCard Card { get; }

    /// <summary>The model.</summary>
    public ClipCap Model { get; }

    /// <summary>Its tokens.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The loss of each step of its training; empty where it is not known.</summary>
    public LossCurve Loss { get; init; } = new([]);

    /// <summary>Captions embeddings (N, d) of either modality, in order.</summary>
    /// <param name="embeddings">(N, d), float32; unit length and scale are applied here as in training.</param>
    /// <param name="decoding">Beam of 5 if not given.</param>
    /// <param name="progress">Share done, 0..1.</param>
    /// <param name="cancel">Stops between tokens.</param>
    /// <param name="asTheyAre">Do not bring the embeddings to unit length: for aligned ones, whose length is part of the method.</param>
    public IReadOnlyList<GeneratedCaption> Caption(Tensor embeddings, Decoding? decoding = null, IProgress<double>? progress = null, CancellationToken cancel = default, bool asTheyAre = false)
    {
        decoding ??= new Decoding();
        if (embeddings.dim() != 2 || embeddings.shape[1] != Model.EmbeddingWidth)
            throw new UserException($"This captioner takes embeddings of {Model.EmbeddingWidth} numbers; these are of shape [{string.Join(", ", embeddings.shape)}]. Use the encoder it was trained with: {Card.Encoder}.");
        using var _ = no_grad();
        var stops = Card.Recipe.StopTokens.Append(Tokenizer.End).ToHashSet();
        var device = Model.parameters().First().device;
        var captions = new List<GeneratedCaption>();
        for (long start = 0; start < embeddings.shape[0]; start += decoding.BatchSize)
        {
            using var scope = NewDisposeScope();
            var prefix = Model.Prefix(embeddings.narrow(0, start, Math.Min(decoding.BatchSize, embeddings.shape[0] - start)).to(ScalarType.Float32).to(device), asTheyAre);
            var max = Math.Min(Card.Recipe.MaxTokens, Model.Gpt.Config.Positions - Card.Recipe.PrefixLength);
            var made = decoding.Kind == DecodingKind.Nucleus
                ? NucleusSampling.Run(Model.Gpt, prefix, decoding, stops, max, (int)start, cancel, Tokenizer.NeverSaid)
                : BeamSearch.Run(Model.Gpt, prefix, decoding.Kind == DecodingKind.Greedy ? 1 : decoding.Beams, stops, max, cancel, Tokenizer.NeverSaid);
            captions.AddRange(made.Select(m => new GeneratedCaption(Tokenizer.Decode(m.Tokens).Trim(), m.Score)));
            progress?.Report((double)captions.Count / embeddings.shape[0]);
        }
        return captions;
    }

    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment(Html.Facts(Facts));

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Facts.Select(f => $"{f.Name}: {f.Value}"));

    private IEnumerable<(string Name, string Value)> Facts =>
    [
        ("trained on", $"{Card.Source}{(Card.Alignment is { } moved ? $", moved by {moved}" : "")}, seed {Card.Seed}: {Card.Data}"),
        ("encoder", Card.Encoder),
        ("model", FormattableString.Invariant($"{Card.Recipe.Mapper} mapper to {Card.Recipe.PrefixLength} positions; GPT-2 of {Card.Recipe.Gpt2.Layers} layers, width {Card.Recipe.Gpt2.Width}; {Model.parameters().Sum(p => p.numel()):n0} parameters")),
        ("noise", $"{(object?)Card.Recipe.Noise ?? "none"}"),
        ("training", $"{Loss}"),
    ];

    /// <summary>Moves the model to a device.</summary>
    public void To(Device device) => Model.to(device);

    /// <summary>Writes card and weights into one safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">Type of the weights in it: float32 keeps them exactly, float16 halves the file.</param>
    public void Save(string path, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(path, ModuleWeights.Take(Model, type), new Dictionary<string, string>
        {
            ["format"] = Format,
            ["card"] = JsonSerializer.Serialize(Card),
            ["losses"] = JsonSerializer.Serialize(Loss.Losses.Select(l => Math.Round(l, 4))),
        });
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="UserException">The file is absent, damaged, or no captioner of ours.</exception>
    public static Captioner Load(string path)
    {
        var (tensors, metadata) = Safetensors.Read(path);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new UserException($"{path} is a safetensors file but no captioner: its metadata 'format' is '{metadata.GetValueOrDefault("format", "absent")}'; expected '{Format}'.");
        CaptionerCard card;
        double[] losses;
        try
        {
            losses = JsonSerializer.Deserialize<double[]>(metadata.GetValueOrDefault("losses", "[]"))!;
            card = JsonSerializer.Deserialize<CaptionerCard>(metadata.GetValueOrDefault("card", ""))!;
        }
        catch (JsonException e)
        {
            throw new UserException($"{path}: the metadata 'card' is not what a captioner's should be ({e.Message}). Train or fetch it again.", e);
        }
        var model = new ClipCap(card.EmbeddingWidth, card.Recipe);
        ModuleWeights.Load(model, tensors, path);
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return new Captioner(card, model, new WordTokenizer(card.Words)) { Loss = new(losses) };
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
