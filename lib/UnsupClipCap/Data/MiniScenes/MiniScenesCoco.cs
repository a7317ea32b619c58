using System.Globalization;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>
/// Writes <see cref="MiniScenes"/> in COCO's own layout, so that tools for COCO read it:
/// <c>annotations/captions_{train,val,test}.json</c>, <c>annotations/instances_{train,val,test}.json</c> and
/// <c>images/{train,val,test}/000010000000.png</c>.
/// </summary>
public static class MiniScenesCoco
{
    // To be raised whenever the same seed gives other scenes, captions or pixels than before.
    private const int WorldVersion = 1;
    private const string Marker = "world.json";
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>
    /// Writes the three splits into <paramref name="folder"/>. Every file is written whole or not at all; called again after an
    /// interruption it goes on, leaving pictures that are there and whole. The same seed with larger sizes extends what is there.
    /// </summary>
    /// <param name="folder">A new or empty folder, or one that holds the same world.</param>
    /// <param name="seed">The seed of the world.</param>
    /// <param name="style">The manner of the captions.</param>
    /// <param name="train">Scenes for training.</param>
    /// <param name="validation">Scenes for validation.</param>
    /// <param name="test">Scenes for the test.</param>
    /// <param name="progress">Told the share of pictures done, 0 … 1.</param>
    /// <param name="cancel">Stops between two pictures with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UserException">The folder holds something else, or cannot be written.</exception>
    public static void Write(string folder, int seed, CaptionStyle style = CaptionStyle.Coco, int train = 20_000, int validation = 500, int test = 1_000,
        IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        (string Name, IReadOnlyList<MiniScene> Scenes)[] splits =
        [
            ("train", MiniScenes.Generate(MiniSplit.Train, train, seed, style)),
            ("val", MiniScenes.Generate(MiniSplit.Validation, validation, seed, style)),
            ("test", MiniScenes.Generate(MiniSplit.Test, test, seed, style)),
        ];
        Claim(folder, $"MiniScenes {WorldVersion}, seed {seed.ToString(CultureInfo.InvariantCulture)}, style {style}");
        var total = splits.Sum(s => s.Scenes.Count);
        var done = 0;
        foreach (var (name, scenes) in splits)
        {
            var images = Directory.CreateDirectory(Path.Combine(folder, "images", name)).FullName;
            Parallel.ForEach(scenes, new ParallelOptions { CancellationToken = cancel }, scene =>
            {
                var path = Path.Combine(images, FileName(scene));
                if (!IsWhole(path)) AtomicFile.Write(path, s => s.Write(MiniScenes.Png(scene)));
                var now = Interlocked.Increment(ref done);
                if (now % 64 == 0 || now == total) progress?.Report((double)now / total);
            });
            var annotations = Path.Combine(folder, "annotations");
            WriteJson(Path.Combine(annotations, $"captions_{name}.json"), seed, style, scenes, Captions);
            WriteJson(Path.Combine(annotations, $"instances_{name}.json"), seed, style, scenes, Instances);
        }
    }

    /// <summary>The file name of a scene's picture: its id in twelve digits or more, as COCO has it.</summary>
    public static string FileName(MiniScene scene) => scene.Id.ToString("D12", CultureInfo.InvariantCulture) + ".png";

    // The marker is written before anything else, so that an interrupted folder is known again.
    private static void Claim(string folder, string world)
    {
        var marker = Path.Combine(folder, Marker);
        if (File.Exists(marker))
        {
            string? found = null;
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllText(marker));
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("world", out var w)) found = w.ToString();
            }
            catch (JsonException)
            {
                // Told below as something else that was found.
            }
            if (found != world)
                throw new UserException($"{marker}, field \"world\": found \"{found ?? "nothing readable"}\", expected \"{world}\". " +
                    "Choose another folder, or delete this one if it is no longer needed.");
            return;
        }
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UserException($"{folder} holds files but no {Marker}, so it is not a folder of MiniScenes; expected a new or empty folder. Choose another folder.");
        AtomicFile.WriteText(marker, $"{{ \"world\": \"{world}\" }}\n");
    }

    // The last chunk of a PNG file: length 0, "IEND" and its checksum.
    private static bool IsWhole(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        if (file.Length < 57) return false;
        Span<byte> end = stackalloc byte[12];
        file.Seek(-12, SeekOrigin.End);
        file.ReadExactly(end);
        return end.SequenceEqual<byte>([0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82]);
    }

    private static void WriteJson(string path, int seed, CaptionStyle style, IReadOnlyList<MiniScene> scenes, Action<Utf8JsonWriter, MiniScene> annotate) =>
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, Indented);
            json.WriteStartObject();
            json.WriteStartObject("info");
            json.WriteString("description", $"MiniScenes, seed {seed.ToString(CultureInfo.InvariantCulture)}, captions in the manner of {style}");
            json.WriteString("version", WorldVersion.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("year", 2026);
            json.WriteString("contributor", "UnsupClipCap; sprites: Fluent Emoji, Microsoft Corporation");
            json.WriteEndObject();

            json.WriteStartArray("licenses");
            json.WriteStartObject();
            json.WriteNumber("id", 1);
            json.WriteString("name", "MIT License");
            json.WriteString("url", "https://opensource.org/license/mit");
            json.WriteEndObject();
            json.WriteEndArray();

            json.WriteStartArray("images");
            foreach (var scene in scenes)
            {
                json.WriteStartObject();
                json.WriteNumber("id", scene.Id);
                json.WriteNumber("width", MiniScenes.Size);
                json.WriteNumber("height", MiniScenes.Size);
                json.WriteString("file_name", FileName(scene));
                json.WriteNumber("license", 1);
                // Nothing was captured; a fixed date keeps the file the same in every run.
                json.WriteString("date_captured", "2026-01-01 00:00:00");
                json.WriteEndObject();
            }
            json.WriteEndArray();

            json.WriteStartArray("annotations");
            foreach (var scene in scenes) annotate(json, scene);
            json.WriteEndArray();

            if (annotate == Instances)
            {
                json.WriteStartArray("categories");
                for (var i = 0; i < MiniWorld.Categories.Count; i++)
                {
                    json.WriteStartObject();
                    json.WriteNumber("id", i + 1);
                    json.WriteString("name", MiniWorld.Categories[i]);
                    json.WriteString("supercategory", MiniWorld.Things.First(t => t.Category == MiniWorld.Categories[i]).Kind.ToString().ToLowerInvariant());
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });

    private static void Captions(Utf8JsonWriter json, MiniScene scene)
    {
        for (var k = 0; k < scene.Captions.Count; k++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", scene.Id * 5 + k);
            json.WriteNumber("image_id", scene.Id);
            json.WriteString("caption", scene.Captions[k]);
            json.WriteEndObject();
        }
    }

    private static void Instances(Utf8JsonWriter json, MiniScene scene)
    {
        var sprites = SceneLayout.Of(scene).Sprites;
        for (var k = 0; k < sprites.Count; k++)
        {
            var s = sprites[k];
            int left = Math.Max(0, s.Left), top = Math.Max(0, s.Top), right = Math.Min(MiniScenes.Size, s.Right), bottom = Math.Min(MiniScenes.Size, s.Bottom);
            json.WriteStartObject();
            json.WriteNumber("id", scene.Id * 10 + k);
            json.WriteNumber("image_id", scene.Id);
            json.WriteNumber("category_id", Array.BinarySearch([.. MiniWorld.Categories], s.Thing.Category, StringComparer.Ordinal) + 1);
            json.WriteNumber("iscrowd", 0);
            json.WriteNumber("area", (right - left) * (bottom - top));
            json.WriteStartArray("bbox");
            foreach (var v in (ReadOnlySpan<int>)[left, top, right - left, bottom - top]) json.WriteNumberValue(v);
            json.WriteEndArray();
            json.WriteStartArray("segmentation");
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
