using System.Text.Json;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Makes the model file of SPICE's parser from captions that SPICE's own tools parsed.</summary>
public static class SpiceTraining
{
    /// <summary>Trains on <c>train.jsonl.gz</c> and <c>more.jsonl.gz</c> of a folder and writes the model file; an earlier run that was stopped goes on.</summary>
    /// <param name="folder">Folder of the captions.</param>
    /// <param name="file">The model file.</param>
    /// <param name="recipe">Settings.</param>
    /// <param name="watch">Progress and cancellation.</param>
    /// <exception cref="UserException">A file is absent or not what the format says.</exception>
    public static void Train(string folder, string file, SpiceRecipe? recipe = null, Watch? watch = null)
    {
        recipe ??= new();
        watch ??= Watch.Ambient;
        string[] files = [Path.Combine(folder, "train.jsonl.gz"), Path.Combine(folder, "more.jsonl.gz")];
        var sentences = files.SelectMany(SpiceCorpus.Read).ToList();
        var (inventory, counts) = SpiceParserTraining.Count(sentences, recipe.LeastSeen);
        var key = new { recipe, recipe.Sizes, files = Cache.KeyOfFiles(files) };
        var (tagger, tree) = (Cache.PathOf("spice", "tagger", key, ".state"), Cache.PathOf("spice", "tree", key, ".state"));
        var threads = get_num_threads();
        set_num_threads(1);         // sums in one order, so that any number of cores gives the same model
        try
        {
            var batches = new SpiceBatches(recipe, inventory, counts, sentences);
            using var tags = SpiceParserTraining.Tagger(recipe, inventory, batches, tagger, watch.Training("Training SPICE's tagger", "words"), watch.Cancel);
            using var trees = SpiceParserTraining.Tree(recipe, inventory, batches, tree, watch.Training("Training SPICE's parser", "words"), watch.Cancel);
            Write(file, tags, trees, recipe.Sizes, inventory, sentences);
            TrainingState.Delete(tagger);
            TrainingState.Delete(tree);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    internal static void Write(string file, SpiceTaggerModule tagger, SpiceTreeModule tree, ParserSizes sizes, SpiceParserTraining.Inventory inventory, IEnumerable<ParsedSentence> sentences)
    {
        var seen = sentences.SelectMany(s => s.Words.Zip(s.Tags, s.Lemmas)).Distinct().ToList();
        var tensors = ModuleWeights.Take(tagger, ScalarType.Float16).Where(t => !t.Key.StartsWith(SpiceTaggerModule.TrainingOnly, StringComparison.Ordinal)).ToDictionary(t => t.Key, t => t.Value);
        foreach (var (name, tensor) in ModuleWeights.Take(tree, ScalarType.Float16)) tensors.Add(SpiceTreeModule.Prefix + name, tensor);
        Safetensors.Write(file, tensors, new Dictionary<string, string>
        {
            ["sizes"] = JsonSerializer.Serialize(sizes),
            ["features"] = string.Join('\n', inventory.Features.Names),
            ["tags"] = string.Join('\n', inventory.Tags),
            ["relations"] = string.Join('\n', inventory.Relations),
            ["function_words"] = string.Join('\n', inventory.FunctionWords),
            ["lemmas"] = string.Join('\n', LemmaRules.Learn(seen)),
        });
    }
}
