using System.Text.Json;
using UnsupClipCap.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ClipScoreParityTests
{
    [Fact]
    public void Scores_have_parity_with_CLIPScores_own_code()
    {
        var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Goldens.Folder("clipscore"), "golden.json"))).RootElement;
        var end = Goldens.Folder("endtoend");
        string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(t => t.GetString()!)];
        string[] pictures = [.. Texts(golden.GetProperty("images")).Select(n => Path.Combine(end, "images", n))];
        var candidates = Texts(golden.GetProperty("candidates"));
        string[][] references = [.. golden.GetProperty("references").EnumerateArray().Select(Texts)];

        using var clip = ClipEncoder.Load(Path.Combine(end, "clip"), "tiny");
        var score = ClipScore.Of(clip, pictures, candidates, references);
        var scores = new CaptionEvaluator(new CaptionReferences(references), [new RougeL(), score]).Score(candidates);
        Assert.Equal(["ROUGE_L", "CLIPScore", "RefCLIPScore"], scores.Corpus.Keys);
        foreach (var key in score.Keys)
        {
            double[] expected = [.. golden.GetProperty(key).EnumerateArray().Select(s => s.GetDouble())];
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores.PerImage[key][i], 1e-4 * Math.Max(1, Math.Abs(expected[i])));
            Assert.Equal(expected.Average(), scores.Corpus[key], 1e-4);
            Assert.Equal(scores.Corpus[key], score.Corpus[key], 1e-12);
        }
        Assert.Equal(["CLIPScore"], ClipScore.Of(clip, pictures, candidates).Keys);
    }

    [Fact]
    public void A_caption_along_its_image_scores_w_and_one_against_it_nothing()
    {
        using var scope = NewDisposeScope();
        var images = tensor(new float[,] { { 1, 0 }, { 0, 2 } });
        var score = ClipScore.Of(images, tensor(new float[,] { { 3, 0 }, { 0, -1 } }), [images, images]);
        Assert.Equal([2.5, 0], score.PerImage("CLIPScore"));
        Assert.Equal([2 * 2.5 * 1 / 3.5, 0], score.PerImage("RefCLIPScore"));
    }

    [Fact]
    public void Half_precision_is_computed_in_single()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor images = randn(40, 512).to(ScalarType.Float16), captions = (images + randn(40, 512)).to(ScalarType.Float16);
        var half = ClipScore.Of(images, captions, [.. images.unbind().Select(i => i.unsqueeze(0))]);
        var single = ClipScore.Of(images.to(ScalarType.Float32), captions.to(ScalarType.Float32), [.. images.to(ScalarType.Float32).unbind().Select(i => i.unsqueeze(0))]);
        foreach (var key in half.Keys) Assert.Equal(single.PerImage(key), half.PerImage(key));
    }

    [Fact]
    public void A_feature_of_zeros_has_no_direction_and_is_named()
    {
        using var scope = NewDisposeScope();
        Tensor good = ones(2, 3), bad = tensor(new float[,] { { 1, 1, 1 }, { 0, 0, 0 } });
        Assert.Contains("row 1 of the caption embeddings is zero", Assert.Throws<UserException>(() => ClipScore.Of(good, bad)).Message, StringComparison.Ordinal);
        Assert.Contains("row 1 of the reference (of image 1) embeddings is zero", Assert.Throws<UserException>(() => ClipScore.Of(good, good, [good, bad])).Message, StringComparison.Ordinal);
        Assert.Contains("5 numbers", Assert.Throws<UserException>(() => ClipScore.Of(good, good, [good, ones(1, 5)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_that_are_not_as_many_as_the_images_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("2 images, 3 captions", Assert.Throws<UserException>(() => ClipScore.Of(ones(2, 4), ones(3, 4))).Message, StringComparison.Ordinal);
    }
}
