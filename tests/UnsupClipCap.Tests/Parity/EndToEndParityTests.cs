using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

public class EndToEndParityTests
{
    [Fact]
    public void Pictures_get_the_reference_sentences_and_scores()
    {
        var folder = Goldens.Folder("endtoend");
        if (Locations.Find(Path.Combine("tokenizers", "gpt2")) is null) Assert.Skip("GPT-2's vocabulary is not among the data sets (tokenizers/gpt2).");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        using var speaker = PictureCaptioner.Open(Path.Combine(folder, "clip"), Path.Combine(folder, "checkpoint.pt"), null, "cpu");
        var expected = golden.RootElement.GetProperty("captions").EnumerateArray().ToList();
        var found = speaker.Caption([.. expected.Select(c => Path.Combine(folder, "images", c.GetProperty("image").GetString()!))]);
        Assert.NotEmpty(found);
        for (var i = 0; i < expected.Count; i++)
        {
            if (expected[i].TryGetProperty("stable", out var stable) && !stable.GetBoolean()) continue;     // float32 and float64 disagree there already
            Assert.Equal(expected[i].GetProperty("text").GetString(), found[i].Text);
            Assert.Equal(expected[i].GetProperty("score").GetDouble(), found[i].Score, 2e-3);
        }
    }

    [Fact]
    public void A_published_captioner_saved_as_ours_says_the_same_and_holds_its_settings()
    {
        var folder = Goldens.Folder("endtoend");
        if (Locations.Find(Path.Combine("tokenizers", "gpt2")) is null) Assert.Skip("GPT-2's vocabulary is not among the data sets (tokenizers/gpt2).");
        using var published = Captioner.Load(Path.Combine(folder, "checkpoint.pt"), new() { Normalize = true, MaxTokens = 9 });
        Assert.All(["heads", "of unit length", "9 tokens", "13"], part => Assert.Contains(part, published.Card.Data));
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "ours.safetensors");
        published.Save(path);
        using var ours = Captioner.Load(path);
        Assert.Equal((true, 9, 13, false, "gpt2"), (ours.Card.Recipe.Normalize, ours.Card.Recipe.MaxTokens, ours.Card.Recipe.StopTokens.Single(), ours.Card.Recipe.LearnEnd, ours.Card.Vocabulary));
        using var embeddings = Npy.Read(Path.Combine(folder, "image_features.npy"));
        Assert.Equal(published.Caption(embeddings).Select(c => c.Text), ours.Caption(embeddings).Select(c => c.Text));
        Assert.Contains("--heads", Assert.Throws<UserException>(() => Captioner.Load(path, new() { Heads = 2 })).Message);
    }
}
