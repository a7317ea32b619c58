using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class WordNetTests
{
    [Theory]
    [InlineData("sofa", "couch", true)]
    [InlineData("hot_dog", "frankfurter", true)]
    [InlineData("sofa", "chair", false)]
    [InlineData("sofa", "no such word", false)]
    public void Synonyms_share_a_synset(string a, string b, bool share) =>
        Assert.Equal(share, WordNet.Shipped.Synsets(a).ToArray().Intersect(WordNet.Shipped.Synsets(b).ToArray()).Any());

    [Theory]
    [InlineData("geese", "goose")]
    [InlineData("running", "run")]
    [InlineData("dishes", "dish")]
    [InlineData("ponies", "pony")]
    [InlineData("riding", "ride")]
    [InlineData("largest", "large")]
    public void Stems_of_a_form_hold_its_base(string form, string stem) => Assert.Contains(stem, WordNet.Shipped.Stems(form));

    [Fact]
    public void Stems_are_words_and_others_than_the_form() =>
        Assert.All(["axes", "left", "sheep", "xyzing", ""], w => Assert.All(WordNet.Shipped.Stems(w), s =>
        {
            Assert.NotEqual(w, s);
            Assert.False(WordNet.Shipped.Synsets(s).IsEmpty);
        }));

    [Fact]
    public void The_shipped_table_is_that_of_METEOR()
    {
        var file = Goldens.Data("meteor/synonym-english.synsets");
        var meteor = WordNet.Read(Path.GetDirectoryName(file)!);
        foreach (var word in File.ReadLines(file).Where((_, i) => i % 2 == 0))
        {
            Assert.False(meteor.Synsets(word).IsEmpty);
            Assert.Equal(meteor.Synsets(word), WordNet.Shipped.Synsets(word));
            Assert.Equal(meteor.Stems(word), WordNet.Shipped.Stems(word));
        }
        foreach (var form in File.ReadLines(Goldens.Data("meteor/synonym-english.exceptions")).Where((_, i) => i % 2 == 1).SelectMany(l => l.Split(' ')))
            Assert.Equal(meteor.Stems(form), WordNet.Shipped.Stems(form));
    }

    [Theory]
    [InlineData("b\n1\na\n2\n", "line 3: found 'a' after 'b'")]
    [InlineData("a\n1 x\n", "line 2: found '1 x'")]
    [InlineData("a\n1\nb", "line 4: found ''")]
    public void A_damaged_table_is_told_by_file_and_line(string synsets, string message)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "synonym-english.synsets");
            var exceptions = Path.Combine(folder.FullName, "synonym-english.exceptions");
            Assert.Contains(file, Assert.Throws<MetricInputException>(() => WordNet.Read(folder.FullName)).Message, StringComparison.Ordinal);
            File.WriteAllText(exceptions, "goose\ngeese\n");
            File.WriteAllText(file, synsets);
            Assert.Contains($"{file}, {message}", Assert.Throws<MetricInputException>(() => WordNet.Read(folder.FullName)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
