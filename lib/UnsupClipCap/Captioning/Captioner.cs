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
    public string Encoder { get; init; } = UnknownEncoder;

    /// <summary>What stands for the encoder of a published checkpoint, which does not tell it.</summary>
    internal const string UnknownEncoder = "unknown";

    /// <summary>What it was trained on.</summary>
    public Source Source { get; init; }
    /// <summary>Seed of its initial weights, batches and noise.</summary>
    public int Seed { get; init; }
    /// <summary>The data it was trained on, in words.</summary>
    public string Data { get; init; } = "unknown";
    /// <summary>The alignment that moved the embeddings it was trained on, by name; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Alignment { get; init; }
    /// <summary>The vocabulary where it is none of its own words: "gpt2", the published one (<see cref="Gpt2Tokenizer"/>); null for <see cref="Words"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Vocabulary { get; init; }
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
        // One that never learnt its end cannot tell it: ClipCap's goes on after an end token as after any other.
        var stops = (Card.Recipe.LearnEnd ? Card.Recipe.StopTokens.Append(Tokenizer.End) : Card.Recipe.StopTokens).ToHashSet();
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

    /// <summary>Reads what <see cref="Save"/> wrote, or a ClipCap or CapDec checkpoint as published (<see cref="PublishedCaptioner"/>).</summary>
    /// <param name="path">The file.</param>
    /// <param name="published">What a published file does not hold. Ours hold all of it, and take none.</param>
    /// <exception cref="UserException">The file is absent, damaged, or no captioner.</exception>
    public static Captioner Load(string path, PublishedSettings? published = null)
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return PublishedCaptioner.Load(path, published);
        using var file = SafetensorsFile.Open(path);
        var metadata = file.Metadata;
        if (metadata.GetValueOrDefault("format") != Format)
        {
            if (file.Names.Any(n => n.Contains("clip_project.", StringComparison.Ordinal))) return PublishedCaptioner.Load(path, published);
            throw new UserException($"{path} is a safetensors file but no captioner: its metadata 'format' is '{metadata.GetValueOrDefault("format", "absent")}'; expected '{Format}', or weights under ClipCap's names.");
        }
        if (published is not null) throw new UserException($"{path} holds its own settings; heads and unit length of embeddings are told for ClipCap's and CapDec's published files only. Leave --heads and --normalize-prefix out.");
        CaptionerCard card;
        double[] losses;
        try
        {
            losses = JsonSerializer.Deserialize<double[]>(metadata.GetValueOrDefault("losses", "[]")) ?? [];
            card = JsonSerializer.Deserialize<CaptionerCard>(metadata.GetValueOrDefault("card", "")) ?? throw new JsonException("it is null");
            Check(card);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new UserException($"{path}: the metadata 'card' is not what a captioner's should be ({e.Message.TrimEnd('.')}). Train or fetch it again.", e);
        }
        ITokenizer tokenizer = card.Vocabulary is null ? new WordTokenizer(card.Words) : Gpt2Tokenizer.Load();
        if (tokenizer.Count > card.Recipe.Gpt2.Vocabulary) throw new UserException($"{path}: its vocabulary has {tokenizer.Count} tokens, and its model {card.Recipe.Gpt2.Vocabulary}. Train or fetch it again.");
        var tensors = file.Tensors();
        try
        {
            var model = ModuleWeights.Make(() => new ClipCap(card.EmbeddingWidth, card.Recipe), ClipCap.Parameters(card.EmbeddingWidth, card.Recipe), tensors, path);
            return new Captioner(card, model, tokenizer) { Loss = new(losses) };
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static void Check(CaptionerCard card)
    {
        var (recipe, gpt) = (card.Recipe, card.Recipe?.Gpt2);
        if (recipe is null || gpt is null || card.Words is null || recipe.StopTokens is null) throw new JsonException("a part of it is null");
        foreach (var (name, value, most) in new[]
        {
            ("EmbeddingWidth", card.EmbeddingWidth, ModelSizes.Width), ("PrefixLength", recipe.PrefixLength, ModelSizes.Positions), ("ClipLength", recipe.ClipLength, ModelSizes.Positions),
            ("MapperLayers", recipe.MapperLayers, ModelSizes.Layers), ("MapperHeads", recipe.MapperHeads, ModelSizes.Width), ("MaxTokens", recipe.MaxTokens, ModelSizes.Positions),
            ("Vocabulary", gpt.Vocabulary, ModelSizes.Tokens), ("Positions", gpt.Positions, ModelSizes.Positions), ("Width", gpt.Width, ModelSizes.Width),
            ("Layers", gpt.Layers, ModelSizes.Layers), ("Heads", gpt.Heads, ModelSizes.Width),
        })
            if (value < 1 || value > most) throw new JsonException($"{name} is {value}; expected 1 to {most}");
        foreach (var (name, length) in new[] { ("PrefixLength", recipe.PrefixLength), ("ClipLength", recipe.ClipLength) })
            if ((long)length * gpt.Width > 1 << 30) throw new JsonException($"{name} is {length} with a width of {gpt.Width}: more than any model has");
        if (card.Vocabulary is not (null or "gpt2")) throw new JsonException($"Vocabulary is '{card.Vocabulary}'; expected 'gpt2' or none");
        if (card.Words.Any(string.IsNullOrEmpty) || card.Words.Distinct().Count() < card.Words.Count) throw new JsonException("one of its Words is empty or stands twice");
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
