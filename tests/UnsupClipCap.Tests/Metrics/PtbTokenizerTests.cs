using System.Diagnostics;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class PtbTokenizerTests
{
    [Theory]
    [InlineData("A man's dog, isn't it?", "a man 's dog is n't it")]
    [InlineData("“It’s” a café", "it 's a café")]
    [InlineData("Fish & chips at 5:30 p.m. on Main St.", "fish & chips at 5:30 p.m. on main st.")]
    [InlineData("a street.Two dogs", "a street.two dogs")]
    [InlineData("You cannot (really) go...", "you can not -lrb- really -rrb- go")]
    [InlineData("caf&eacute; &amp; bar &quot;x&quot;", "caf&eacute; & bar x")]
    [InlineData("", "")]
    [InlineData(" \t\n . !", "")]
    public void Captions_split_as_in_the_Penn_Treebank(string caption, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', PtbTokenizer.Tokenize(caption)));

    [Fact]
    public void A_last_initial_keeps_its_stop_unless_the_next_line_starts_a_sentence()
    {
        Assert.Equal("t.", PtbTokenizer.Tokenize("A shape of a T.")[^1]);
        Assert.Equal("t", PtbTokenizer.Tokenize("A shape of a T.", "The dog.")[^1]);
        Assert.Equal("t.", PtbTokenizer.Tokenize("A shape of a T.", "Two dogs.")[^1]);
        Assert.Equal("t", PtbTokenizer.TokenizeAll(["A shape of a T.", "A dog."])[0][^1]);
    }

    [Fact]
    public void Tokens_are_lower_case_never_empty_and_hold_no_spaces()
    {
        var random = new Random(1);
        const string Alphabet = "aAtTnNsS'’`\"“”.,-_!?:;()[]{}<>&@#$%*/\\0159 \t\n=+^~é日½£°…—\u00A0\u00AD\u200B\uD83D\uDC36";
        for (var round = 0; round < 3000; round++)
        {
            var text = new string(random.GetItems(Alphabet.AsSpan(), random.Next(1, 40)));
            foreach (var token in PtbTokenizer.Tokenize(text, round % 2 == 0 ? "" : text))
            {
                Assert.NotEqual("", token);
                Assert.DoesNotContain(' ', token);
                Assert.Equal(token.ToLowerInvariant(), token);
            }
        }
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("a,")]
    [InlineData("a+")]
    [InlineData("a/")]
    [InlineData("a.")]
    [InlineData("<!a")]
    [InlineData("<a x='")]
    [InlineData("'")]
    [InlineData("#a+")]
    [InlineData("1-")]
    [InlineData(". ")]
    [InlineData("A.")]
    [InlineData("T. ")]
    [InlineData("x")]
    [InlineData("a%", "@")]
    [InlineData("+Ab", "@.")]
    [InlineData("+mailto:a%", "@-")]
    [InlineData("www.A_")]
    [InlineData("'www.")]
    [InlineData("&www.[", "'")]
    [InlineData("<a x='\"' y=\"")]
    [InlineData("http://")]
    public void Very_long_captions_take_little_time(string piece, string end = "")
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)) + end;
        var watch = Stopwatch.StartNew();
        PtbTokenizer.Tokenize(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"100 KB of '{piece}', then '{end}', took {watch.Elapsed}.");
    }
}
