using System.Text.Json.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public sealed class PicturePreparationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unsupclipcap-preparation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PicturePreparation HuggingFace(string json, int size = 32, string file = "preprocessor_config.json")
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), "{}");
        File.WriteAllText(Path.Combine(_folder, file), json);
        return PicturePreparation.Read(_folder, size);
    }

    private PicturePreparation OpenClip(string json, int size = 32)
    {
        File.WriteAllText(Path.Combine(_folder, "open_clip_config.json"), $$"""{"model_cfg": {}, "preprocess_cfg": {{json}}}""");
        return PicturePreparation.Read(_folder, size);
    }

    [Fact]
    public void Fields_are_read_in_all_their_forms()
    {
        var plain = HuggingFace("""{"size": 40, "crop_size": 32, "resample": 3, "do_resize": true, "do_center_crop": true, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 0.6, 0.7], "feature_extractor_type": "CLIPFeatureExtractor"}""");
        Assert.Equal((40, 32, false, PictureColours.BeforeResizing), (plain.Resize, plain.Crop, plain.IsSquashed, plain.Colours));
        Assert.Equal([0.1, 0.2, 0.3, 0.5, 0.6, 0.7], plain.Mean.Concat(plain.Std));
        var edge = HuggingFace("""{"size": {"shortest_edge": 36}, "crop_size": {"height": 32, "width": 32}, "do_convert_rgb": true, "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": false}""");
        Assert.Equal((36, 32), (edge.Resize, edge.Crop));
        Assert.Equal([0, 0, 0, 1, 1, 1], edge.Mean.Concat(edge.Std));
        var squashed = HuggingFace("""{"size": {"height": 32, "width": 32}, "do_center_crop": false}""");
        Assert.Equal((32, 32, true), (squashed.Resize, squashed.Crop, squashed.IsSquashed));
        Assert.True(HuggingFace("{}").IsClips);
        File.Delete(Path.Combine(_folder, "preprocessor_config.json"));
        Assert.Equal(48, HuggingFace("""{"image_processor": {"size": 48, "crop_size": 32}}""", file: "processor_config.json").Resize);
        var open = OpenClip("""{"size": [32, 32], "mode": "RGB", "interpolation": "bicubic", "resize_mode": "squash", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "fill_color": 0}""");
        Assert.Equal((32, true, PictureColours.AfterResizing, 0.5), (open.Resize, open.IsSquashed, open.Colours, open.Std[2]));
    }

    [Theory]
    [InlineData("resample", """{"resample": 2}""")]
    [InlineData("do_resize", """{"do_resize": false}""")]
    [InlineData("do_convert_rgb", """{"do_convert_rgb": false}""")]
    [InlineData("do_pad", """{"do_pad": true}""")]
    [InlineData("rescale_factor", """{"rescale_factor": 0.5}""")]
    [InlineData("crop_size", """{"size": 64, "crop_size": 48}""")]
    [InlineData("crop_size", """{"size": 64, "crop_size": {"height": 32, "width": 48}}""")]
    [InlineData("size", """{"size": 28, "crop_size": 32}""")]
    [InlineData("size", """{"size": {"longest_edge": 32}}""")]
    [InlineData("do_center_crop", """{"size": 32, "do_center_crop": false}""")]
    [InlineData("image_mean", """{"image_mean": [0.5]}""")]
    [InlineData("image_std", """{"image_std": [0.5, 0, 0.5]}""")]
    [InlineData("image_processor_type", """{"image_processor_type": "ViTImageProcessor"}""")]
    public void What_is_not_done_here_is_refused_by_its_field(string field, string json)
    {
        var told = Assert.Throws<UserException>(() => HuggingFace(json)).Message;
        Assert.Contains(field, told);
        Assert.Contains("preprocessor_config.json", told);
    }

    [Theory]
    [InlineData("interpolation", """{"interpolation": "bilinear"}""")]
    [InlineData("resize_mode", """{"resize_mode": "longest"}""")]
    [InlineData("mode", """{"mode": "L"}""")]
    [InlineData("size", """{"size": 64}""")]
    public void So_it_is_with_OpenCLIPs(string field, string json) => Assert.Contains($"preprocess_cfg.{field}", Assert.Throws<UserException>(() => OpenClip(json)).Message);

    [Theory]
    [InlineData("text_cfg", "no_causal_mask", "true")]
    [InlineData("text_cfg", "pool_type", "\"last\"")]
    [InlineData("vision_cfg", "pool_type", "\"avg\"")]
    [InlineData("vision_cfg", "norm_kwargs", "{\"eps\": 1e-6}")]
    public void Variants_of_the_model_that_shapes_do_not_show_are_refused_too(string tower, string field, string value)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens.Folder("clip_open_clip"), "open_clip_config.json")))!;
        json["model_cfg"]![tower]![field] = JsonNode.Parse(value);
        var path = Path.Combine(_folder, "open_clip_config.json");
        File.WriteAllText(path, json.ToJsonString());
        Assert.Contains($"{tower}.{field}", Assert.Throws<UserException>(() => ClipConfig.Read(path)).Message);
    }

    [Fact]
    public void A_larger_resize_cuts_the_middle_and_a_squash_keeps_the_edges()
    {
        // Columns red, green, green, blue of a picture twice as wide as high.
        byte[][] colours = [[255, 0, 0], [0, 255, 0], [0, 255, 0], [0, 0, 255]];
        var picture = new Picture(64, 32, [.. Enumerable.Range(0, 64 * 32).SelectMany(i => colours[i % 64 / 16])]);
        var cut = ImageProcessor.Fit(picture, PicturePreparation.Of(32));
        Assert.Equal((255, 0), (cut.Rgb[32 * 3 * 5 + 3 * 16 + 1], cut.Rgb[32 * 3 * 5 + 3 * 16]));
        var squashed = ImageProcessor.Fit(picture, PicturePreparation.Of(32) with { IsSquashed = true });
        Assert.Equal((255, 255), (squashed.Rgb[0], squashed.Rgb[3 * 31 + 2]));
        // Pixels of a resize to 64, of which the middle 32 are kept, are those of the whole resize.
        var whole = ImageProcessor.Fit(picture, PicturePreparation.Of(64));
        var middle = ImageProcessor.Fit(picture, PicturePreparation.Of(64) with { Crop = 32 });
        for (var y = 0; y < 32; y++)
            Assert.Equal(whole.Rgb.AsSpan(((y + 16) * 64 + 16) * 3, 96), middle.Rgb.AsSpan(y * 96, 96));
        var pixels = ImageProcessor.Normalize(tensor(middle.Rgb, [1, 32, 32, 3], ScalarType.Byte), PicturePreparation.Of(32) with { Mean = [0, 0, 0], Std = [1, 1, 1] });
        Assert.Equal(1, pixels.max().item<float>());
    }

    [Fact]
    public void A_checkpoint_is_prepared_for_as_its_file_says_and_has_a_fingerprint_of_its_own()
    {
        var golden = Path.Combine(Goldens.Folder("endtoend"), "clip");
        foreach (var file in Directory.EnumerateFiles(golden)) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        using var plain = ClipEncoder.LoadForPictures(_folder, "as published");
        Assert.True(plain.Preparation.IsClips);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(golden, "preprocessor_config.json")))!;
        json["size"] = 256;
        File.WriteAllText(Path.Combine(_folder, "preprocessor_config.json"), json.ToJsonString());
        using var larger = ClipEncoder.LoadForPictures(_folder, "larger");
        Assert.Equal(256, larger.Preparation.Resize);
        Assert.NotEqual(plain.Fingerprint, larger.Fingerprint);
        json["resample"] = 0;
        File.WriteAllText(Path.Combine(_folder, "preprocessor_config.json"), json.ToJsonString());
        Assert.Contains("resample", Assert.Throws<UserException>(() => ClipEncoder.LoadForPictures(_folder, "nearest")).Message);
    }
}
