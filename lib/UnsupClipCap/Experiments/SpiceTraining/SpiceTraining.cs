using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Makes the model file of SPICE's parser from captions that SPICE's own tools parsed.</summary>
public static class SpiceTraining
{
    /// <summary>Trains on <c>train.jsonl.gz</c> and <c>more.jsonl.gz</c> of a folder and measures on <c>dev.jsonl.gz</c>.</summary>
    public static string Train(string folder, string file, SpiceRecipe? recipe = null, Watch? watch = null)
    {
        recipe ??= new();
        watch ??= Watch.None;
        var train = SpiceCorpus.Read(Path.Combine(folder, "train.jsonl.gz"));
        train.AddRange(SpiceCorpus.Read(Path.Combine(folder, "more.jsonl.gz")));
        var dev = SpiceCorpus.Read(Path.Combine(folder, "dev.jsonl.gz"));
        var (inventory, counts) = SpiceParserTraining.Count(train, recipe.LeastSeen);
        var state = Cache.PathOf("spice", "parser", new { recipe, recipe.Sizes }, ".state");
        var (model, loss) = SpiceParserTraining.Run(recipe, inventory, counts, train, state, watch.Training("Training SPICE's parser", "words"), watch.Cancel);
        var (tags, heads, relations) = SpiceParserTraining.Accuracy(model, recipe, inventory, dev);
        Safetensors.Write(file, ModuleWeights.Take(model, ScalarType.Float16));
        return FormattableString.Invariant($"rows {inventory.Features.RowCount} loss {loss.Last():0.000} tags {tags:0.0000} heads {heads:0.0000} relations {relations:0.0000}");
    }
}
