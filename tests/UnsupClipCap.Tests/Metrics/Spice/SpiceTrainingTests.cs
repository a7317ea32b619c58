using System.IO.Compression;
using System.Text;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class SpiceTrainingTests
{
    private const string A = """{"caption":"a dog runs","sentences":[{"words":["a","dog","runs"],"tags":["DT","NN","VBZ"],"lemmas":["a","dog","run"],"basic":["0 3 root","2 1 det","3 2 nsubj"]}]}""";
    private const string B = """{"caption":"two cats","sentences":[{"words":["two","cats"],"tags":["CD","NNS"],"lemmas":["two","cat"],"basic":["0 2 root","2 1 nummod"]}]}""";

    private static readonly SpiceRecipe Recipe = new()
    {
        TagPasses = 60,
        TreePasses = 60,
        BatchWords = 12,
        WarmupSteps = 5,
        LearningRate = 5e-3,
        LeastSeen = 1,
        Unknown = 0.05,
        Sizes = new(Width: 32, Layers: 2, Heads: 2, Hidden: 32, TagLayer: 1, Arc: 16, Relation: 16, Reach: 4, TreeLayers: 1),
    };

    [Fact]
    public void A_parser_learns_the_trees_it_is_shown_and_says_them_without_TorchSharp()
    {
        var (folder, file) = Corpus();
        SpiceTraining.Train(folder, file, Recipe);
        var parser = new SpiceParser(ParserWeights.Read(file, File.ReadAllBytes(file)));
        var parsed = parser.Parse([["a", "dog", "runs"], [], ["two", "cats"]]);
        Assert.Equal([1, 0, 1], parsed.Select(p => p.Length));
        Assert.Equal([2, 3, 0], parsed[0][0].Heads);
        Assert.Equal(["DT", "NN", "VBZ"], parsed[0][0].Tags);
        Assert.Equal(["det", "nsubj", "root"], parsed[0][0].Relations);
        Assert.Equal(["two", "cat"], parsed[2][0].Lemmas);
    }

    [Theory]
    [InlineData("tagger")]
    [InlineData("parser")]
    public void A_run_that_was_stopped_and_goes_on_gives_the_same_file_as_an_unbroken_one(string part)
    {
        var (folder, file) = Corpus();
        var recipe = Recipe with { Seed = 2 };
        SpiceTraining.Train(folder, file, recipe);
        var unbroken = File.ReadAllBytes(file);
        File.Delete(file);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => SpiceTraining.Train(folder, file, recipe, new Watch(new StopIn(part, 0.4, source), source.Token)));
        Assert.False(File.Exists(file));
        SpiceTraining.Train(folder, file, recipe);
        Assert.Equal(unbroken, File.ReadAllBytes(file));
    }

    [Fact]
    public void Function_words_are_those_whose_tags_are_no_content_words()
    {
        ParsedSentence[] sentences = [new(["a", "man", "near", "the", "sea"], ["DT", "NN", "IN", "DT", "NN"], ["a", "man", "near", "the", "sea"], [2, 0, 5, 5, 2], ["det", "root", "case", "det", "nmod"])];
        var (inventory, _) = SpiceParserTraining.Count(sentences, leastSeen: 1);
        Assert.All(new[] { "a", "near", "the", "is" }, w => Assert.Contains(w, inventory.FunctionWords));
        Assert.DoesNotContain("man", inventory.FunctionWords);
    }

    [Theory]
    [InlineData("""{"sentences":[{"words":["a"],"tags":["DT"],"lemmas":["a"],"basic":["0 2 root"]}]}""", "sentences[0].basic[0]")]
    [InlineData("""{"sentences":[{"words":["a","b"],"tags":["DT"],"lemmas":["a","b"],"basic":["0 1 root","1 2 dep"]}]}""", "sentences[0]")]
    [InlineData("""{"sentences":[{"words":["a"]""", "line 2")]
    public void A_damaged_line_is_named(string line, string place)
    {
        var (folder, file) = Corpus();
        Write(Path.Combine(folder, "more.jsonl.gz"), A, line);
        var error = Assert.Throws<UserException>(() => SpiceTraining.Train(folder, file, Recipe));
        Assert.Contains("more.jsonl.gz, line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static (string Folder, string File) Corpus()
    {
        var folder = Directory.CreateTempSubdirectory("spice").FullName;
        Write(Path.Combine(folder, "train.jsonl.gz"), A, B, A, B);
        Write(Path.Combine(folder, "more.jsonl.gz"), A, B);
        return (folder, Path.Combine(folder, "parser.safetensors"));
    }

    private static void Write(string path, params string[] lines)
    {
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }

    private sealed class StopIn(string part, double share, CancellationTokenSource source) : IProgress<StudyProgress>
    {
        public void Report(StudyProgress p)
        {
            if (p.What.EndsWith(part, StringComparison.Ordinal) && p.Share >= share) source.Cancel();
        }
    }
}
