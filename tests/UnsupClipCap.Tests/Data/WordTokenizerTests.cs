using Xunit;

namespace UnsupClipCap.Tests;

public class WordTokenizerTests
{
    [Fact]
    public void Words_come_back_as_they_were_said()
    {
        var tokenizer = WordTokenizer.From(["a man's t-shirt, red and blue", "a dog"], 1);
        Assert.Equal("a man's t-shirt, red and blue", tokenizer.Decode(tokenizer.Encode("A man's t-shirt, red and BLUE")));
    }

    [Fact]
    public void Rare_words_are_unknown_and_the_end_has_the_highest_id()
    {
        var tokenizer = WordTokenizer.From(["a a b", "a b c"], 2);
        Assert.Equal(["a", "b"], tokenizer.Words);
        Assert.Equal([1, 0, 2], tokenizer.Encode("a c b"));
        Assert.Equal(tokenizer.Count - 1, tokenizer.End);
        Assert.True(tokenizer.Start < tokenizer.End && tokenizer.Start > tokenizer.Words.Count);
    }

    [Fact]
    public void Every_caption_of_the_miniature_world_is_in_its_vocabulary()
    {
        var tokenizer = new WordTokenizer([",", .. MiniScenes.Words]);
        foreach (var style in Enum.GetValues<CaptionStyle>())
            foreach (var scene in MiniScenes.Generate(MiniSplit.Validation, 300, 9, style))
                Assert.All(scene.Captions, c => Assert.Equal(c, tokenizer.Decode(tokenizer.Encode(c))));
    }
}
