using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Something of the list that has no row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record EmbeddingLeftOut(string Name, string Reason);

/// <summary>A file of rows.</summary>
/// <param name="File">Its path inside the store.</param>
/// <param name="Sha256">Of the whole file, hexadecimal.</param>
/// <param name="First">Place of its first item in the whole list.</param>
/// <param name="Items">Items of the list that it answers for, those left out included.</param>
/// <param name="Rows">Rows in it.</param>
public sealed record EmbeddingShard(string File, string Sha256, int First, int Items, int Rows);

/// <summary>
/// A store's <c>index.json</c>: its settings and the shards that are finished. It is written after each shard, whole; a shard that it does not
/// list is not there. Names come at the end, when all shards are; until then each shard knows its own.
/// </summary>
/// <param name="Settings">What decides the content.</param>
/// <param name="Shards">In the list's order, without gaps.</param>
/// <param name="IsComplete">Whether all of the part is done.</param>
/// <param name="Names">One a row, once complete; else none.</param>
/// <param name="LeftOut">What has no row, once complete; else none.</param>
public sealed record EmbeddingIndex(EmbeddingSettings Settings, IReadOnlyList<EmbeddingShard> Shards, bool IsComplete, IReadOnlyList<string> Names, IReadOnlyList<EmbeddingLeftOut> LeftOut)
{
    /// <summary>The file's name in a store.</summary>
    public const string FileName = "index.json";

    private const string Format = "unsupclipcap-embeddings-1";
    private const string Remedy = "Make the store anew with './run embed', or copy it again.";

    /// <summary>Number of rows.</summary>
    public int Rows => Shards.Sum(s => s.Rows);

    /// <summary>Where the next shard begins in the whole list.</summary>
    internal int Next => Shards.Count == 0 ? Settings.Part.Range(Settings.Items).First : Shards[^1].First + Shards[^1].Items;

    /// <summary>Reads a store's index.</summary>
    /// <exception cref="UserException">There is none, or it is damaged or contradicts itself.</exception>
    public static EmbeddingIndex Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new UserException($"{folder} is no store of embeddings: {FileName} is not there. './run embed' makes one.");
        var json = JsonPlace.Read(path, Remedy);
        var format = json.Required("format");
        if (format.Text() != Format) throw format.Wrong($"'{Format}'");
        var (encoder, part) = (json.Required("encoder"), json.Required("part"));
        var settings = new EmbeddingSettings
        {
            Encoder = new(encoder.Required("name").Text(), encoder.Required("fingerprint").Text()),
            Kind = json.Required("kind").Text() switch { "images" => EmbeddingKind.Images, "texts" => EmbeddingKind.Texts, _ => throw json.Required("kind").Wrong("'images' or 'texts'") },
            Width = Positive(json.Required("width")),
            Type = json.Required("dtype").Text() switch { "float16" => ScalarType.Float16, "float32" => ScalarType.Float32, _ => throw json.Required("dtype").Wrong("'float16' or 'float32'") },
            IsNormalized = json.Required("normalized").Truth(),
            Items = Positive(json.Required("items")),
            List = json.Required("list").Text(),
            Part = new(Positive(part.Required("number")), Positive(part.Required("of"))),
        };
        if (settings.Part.Number > settings.Part.Of) throw part.Wrong("a number that is not above 'of'");
        var index = new EmbeddingIndex(settings,
            json.Required("shards").List(s => new EmbeddingShard(s.Required("file").Text(), s.Required("sha256").Text(), s.Required("first").Int(), Positive(s.Required("items")), s.Required("rows").Int())),
            json.Required("complete").Truth(),
            json.Required("names").List(n => n.Text()),
            json.Required("left_out").List(l => new EmbeddingLeftOut(l.Required("name").Text(), l.Required("reason").Text())));
        index.Check(path);
        return index;

        static int Positive(JsonPlace place) => place.Int() is >= 1 and var n ? n : throw place.Wrong("1 or more");
    }

    /// <summary>Writes a store's index, atomically.</summary>
    internal void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        JsonSerializer.Serialize(json, new
        {
            format = Format,
            encoder = new { name = Settings.Encoder.Name, fingerprint = Settings.Encoder.Fingerprint },
            kind = EmbeddingSettings.Word(Settings.Kind),
            width = Settings.Width,
            dtype = EmbeddingSettings.Word(Settings.Type),
            normalized = Settings.IsNormalized,
            items = Settings.Items,
            list = Settings.List,
            part = new { number = Settings.Part.Number, of = Settings.Part.Of },
            complete = IsComplete,
            shards = Shards.Select(s => new { file = s.File, sha256 = s.Sha256, first = s.First, items = s.Items, rows = s.Rows }),
            left_out = LeftOut.Select(l => new { name = l.Name, reason = l.Reason }),
            names = Names,
        });
    });

    private void Check(string path)
    {
        var (next, end) = Settings.Part.Range(Settings.Items);
        foreach (var shard in Shards)
        {
            if (shard.First != next || shard.Rows < 0 || shard.Rows > shard.Items || shard.First + shard.Items > end)
                throw new UserException($"{path}: the shard {shard.File} holds {shard.Rows} rows of {shard.Items} items from {shard.First} on; expected items from {next} to {end} at most. {Remedy}");
            if (Path.IsPathRooted(shard.File) || shard.File.Split('/', '\\').Contains(".."))
                throw new UserException($"{path}: the shard '{shard.File}' lies outside the store. {Remedy}");
            next += shard.Items;
        }
        if (IsComplete && next != end) throw new UserException($"{path} says that it is complete, and its shards end at item {next} of {end}. {Remedy}");
        if (IsComplete && Names.Count != Rows) throw new UserException($"{path} has {Names.Count} names and {Rows} rows; expected one each. {Remedy}");
    }
}
