using UnsupClipCap.Tests.Metrics;
using Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class EmbedParityTests : IDisposable
{
    private readonly FileFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private Dictionary<string, Tensor> Embed(ClipEncoder encoder, EmbeddingInput input, EmbeddingOptions? options = null)
    {
        var store = EmbeddingRun.Run(encoder, input, Path.Combine(_folder.Path, Guid.NewGuid().ToString("N")), options ?? new());
        store.WriteNpy(_folder.File("rows.npy"));
        var rows = Npy.Read(_folder.File("rows.npy"));
        return File.ReadAllLines(_folder.File("rows.names.txt")).Select((name, i) => (name, i)).ToDictionary(r => r.name, r => rows[r.i]);
    }

    [Fact]
    public void Pictures_and_captions_equal_the_reference()
    {
        var end = Goldens.Folder("endtoend");
        using var encoder = ClipEncoder.Load(Path.Combine(end, "clip"), "tiny");
        var images = new ModelOrder(end);
        var rows = Embed(encoder, PictureList.Open(Path.Combine(end, "images")), new() { ShardItems = 4, Batch = 3 });
        ModelGoldens.Close(Npy.Read(Path.Combine(end, "image_features.npy")), stack(images.Names.Select(n => rows[n])));
        var texts = Embed(encoder, CaptionList.Open(Path.Combine(end, "captions.txt")), new() { ShardItems = 4, Batch = 3 });
        ModelGoldens.Close(Npy.Read(Path.Combine(end, "text_features.npy")), stack(Enumerable.Range(1, texts.Count).Select(n => texts[$"{n}"])));
    }

    [Theory]
    [InlineData("clip_hf_vit")]
    [InlineData("clip_open_clip")]
    [InlineData("clip_openai_vit")]
    [InlineData("clip_openai_rn")]
    public void Every_kind_of_checkpoint_gives_the_reference_features_of_bytes(string name)
    {
        var golden = new ModelGoldens(Goldens.Folder(name));
        if (!golden.Offers("pixel_values", "image_features")) Assert.Skip($"{golden.Folder} has no 'pixel_values' and 'image_features'.");
        var sources = new[] { "state_dict.pt", "jit.pt" }.Select(golden.PathOf).Where(File.Exists).DefaultIfEmpty(golden.Folder).ToList();
        var encoders = sources.ConvertAll(s => ClipEncoder.LoadForPictures(s, name));       // none of these has a vocabulary, and pictures need none
        Assert.Single(encoders.Select(e => e.Fingerprint).Distinct());
        foreach (var encoder in encoders)
        {
            // The goldens' pixels are no bytes: what is checked is that the store's path and the model's own agree on pictures, and the model with the reference.
            var pictures = PictureList.Open(Goldens.Folder("images"));
            var rows = Embed(encoder, pictures, new() { Batch = 8 });
            using var _ = no_grad();
            foreach (var picture in pictures.Names.Take(4))
            {
                var fitted = ImageProcessor.Fit(Picture.Read(Path.Combine(Goldens.Folder("images"), picture)), encoder.Preparation);
                var alone = encoder.Model.EncodeImage(ImageProcessor.Normalize(tensor(fitted.Rgb, [1, encoder.ImageSize, encoder.ImageSize, 3], ScalarType.Byte)));
                ModelGoldens.Close(alone[0], rows[picture]);
            }
            ModelGoldens.Close(golden["image_features"], encoder.Model.EncodeImage(golden["pixel_values"]));
            encoder.Dispose();
        }
    }

    /// <summary>The tolerances that <see cref="ImageProcessor"/> states: JPEG (CMYK too) and WebP come from other decoders than Pillow's, which may round otherwise.</summary>
    private static (double Largest, double Mean) Tolerance(string file) => Path.GetExtension(file) is ".jpg" or ".webp" ? (3.5, .03) : (.5, 1e-5);

    [Fact]
    public void No_pixel_of_a_picture_differs_from_Pillows()
    {
        var folder = Goldens.Folder("images");
        var goldens = Safetensors.Read(Path.Combine(folder, "golden.safetensors")).Tensors;
        Assert.NotEmpty(goldens);
        var formats = new HashSet<string>();
        foreach (var (name, expected) in goldens)
        {
            var (file, size) = (name.Split('@')[0], (int)expected.shape[^1]);
            var fitted = ImageProcessor.Fit(Picture.Read(Path.Combine(folder, file)), size);
            var ours = ImageProcessor.Normalize(tensor(fitted.Rgb, [1, size, size, 3], ScalarType.Byte))[0];
            var differences = (ours - expected).abs();
            var (off, mean) = (differences.max().item<float>() * .27f * 255, differences.mean().item<float>());     // the first in steps of a byte, about
            var (most, mostMean) = Tolerance(file);
            Assert.True(off < most && mean < mostMean, $"{name} is off by {off:0.0} of 255, {mean:0.0000} on the mean");
            formats.Add(Path.GetExtension(file) + (file.StartsWith("cmyk", StringComparison.Ordinal) ? " CMYK" : ""));
        }
        Assert.Superset(new HashSet<string> { ".png", ".jpg", ".jpg CMYK", ".webp", ".gif", ".bmp" }, formats);
    }

    /// <summary>The order of the reference's rows.</summary>
    private sealed class ModelOrder(string folder)
    {
        public string[] Names { get; } = [.. System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json"))).RootElement.GetProperty("images").EnumerateArray().Select(n => n.GetString()!)];
    }
}
