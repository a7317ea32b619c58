using System.Text.Json;
using UnsupClipCap.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Trains the network that imitates SPICE's tagger and parser.</summary>
internal static class SpiceParserTraining
{
    private const string SeedName = "spice";

    /// <summary>What the network tells apart.</summary>
    /// <param name="Features">Words and endings.</param>
    /// <param name="Tags">Tags, in order.</param>
    /// <param name="Relations">Relations, in order.</param>
    /// <param name="FunctionWords">Words that the grammar tells apart by more than their tag, in order.</param>
    public sealed record Inventory(WordFeatures Features, string[] Tags, string[] Relations, string[] FunctionWords);

    // Tags of content words: of a word with one of these the grammar sees no more than the tag.
    private static readonly HashSet<string> ContentTags = new(StringComparer.Ordinal)
    {
        "CD", "FW", "JJ", "JJR", "JJS", "LS", "NN", "NNP", "NNPS", "NNS", "RB", "RBR", "RBS", "SYM", "UH", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ",
    };

    // But it marks auxiliaries as such (Klein & Manning, 2003, SPLIT-AUX).
    private static readonly string[] Auxiliaries =
    [
        "am", "are", "be", "been", "being", "is", "was", "were", "'m", "'re", "'s", "had", "has", "have", "having", "did", "do", "does", "doing", "done",
    ];

    // A word is a function word if at least this share of its occurrences have a tag of function words.
    private const double FunctionShare = 0.1;

    /// <summary>Features seen often enough, all tags and relations, and the function words, each in ordinal order.</summary>
    public static (Inventory Inventory, Dictionary<string, int> WordCounts) Count(IReadOnlyList<ParsedSentence> sentences, int leastSeen)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        var functions = new Dictionary<string, int>(StringComparer.Ordinal);
        var (tags, relations) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var sentence in sentences)
        {
            foreach (var word in sentence.Words) words[word] = words.GetValueOrDefault(word) + 1;
            foreach (var (word, tag) in sentence.Words.Zip(sentence.Tags))
                if (!ContentTags.Contains(tag)) functions[word] = functions.GetValueOrDefault(word) + 1;
            tags.UnionWith(sentence.Tags);
            relations.UnionWith(sentence.Relations);
        }
        var features = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (word, count) in words)
        {
            var names = WordFeatures.Of(word);
            features[names[0]] = count;
            // An ending is worth a row by the number of words that have it, not by how often one of them is said.
            foreach (var name in names.Skip(1)) features[name] = features.GetValueOrDefault(name) + 1;
        }
        var kept = features.Where(f => f.Value >= leastSeen).Select(f => f.Key).Order(StringComparer.Ordinal).ToArray();
        var functionWords = functions.Where(f => f.Value >= Math.Max(leastSeen, FunctionShare * words[f.Key])).Select(f => f.Key).Union(Auxiliaries).Order(StringComparer.Ordinal);
        return (new(new(kept), [.. tags], [.. relations], [.. functionWords]), words);
    }

    /// <summary>Trains the part that gives tags, or goes on with what an earlier run left in <paramref name="statePath"/>.</summary>
    public static SpiceTaggerModule Tagger(SpiceRecipe recipe, Inventory inventory, SpiceBatches batches, string? statePath, IProgress<TrainingProgress>? progress, CancellationToken cancel) =>
        Run(SeedName, () => new SpiceTaggerModule(recipe.Sizes, inventory.Features.RowCount, inventory.Tags.Length, inventory.Relations.Length, recipe.Dropout), recipe, recipe.TagPasses, inventory,
            batches, statePath, progress, cancel, (model, batch) =>
            {
                var (guess, tags, x) = model.Tags(batch.Rows);
                var (arcs, relations) = model.Trees(x, batch.Heads);
                return Loss(tags, batch.Tags) + recipe.GuessLoss * Loss(guess, batch.Tags) + Loss(arcs, batch.Heads) + Loss(relations, batch.Relations);
            });

    /// <summary>The same for the part that gives the tree, from the right tags.</summary>
    public static SpiceTreeModule Tree(SpiceRecipe recipe, Inventory inventory, SpiceBatches batches, string? statePath, IProgress<TrainingProgress>? progress, CancellationToken cancel) =>
        Run($"{SeedName} tree", () => new SpiceTreeModule(recipe.Sizes, inventory, recipe.Dropout), recipe, recipe.TreePasses, inventory, batches, statePath, progress, cancel, (model, batch) =>
        {
            var (arcs, x) = model.Arcs(batch.Tags, batch.FunctionWords);
            return Loss(arcs, batch.Heads) + Loss(model.Relations(x, batch.Heads), batch.Relations);
        });

    private static T Run<T>(string seedName, Func<T> make, SpiceRecipe recipe, int passes, Inventory inventory, SpiceBatches batches, string? statePath, IProgress<TrainingProgress>? progress,
        CancellationToken cancel, Func<T, SpiceBatches.Batch, Tensor> loss) where T : nn.Module
    {
        TrainingLoop.SetSeed(seedName, recipe.Seed, -1);
        var model = make();
        using var optimizer = new AdamW(model.named_parameters().Select(p => (p.name, p.parameter)), 0.9, 0.98, 1e-8, recipe.WeightDecay,
            decays: p => p.dim() > 1 && p.shape[0] != inventory.Features.RowCount);
        var steps = batches.StepsOfAPass * passes;
        var loop = new TrainingLoop
        {
            Key = JsonSerializer.Serialize(new { seedName, recipe, recipe.Sizes, batches.StepsOfAPass, inventory.Features.RowCount }),
            StatePath = statePath,
            Model = model,
            Optimizer = optimizer,
            Steps = steps,
            Rate = new LinearSchedule(recipe.LearningRate, recipe.WarmupSteps, steps).At,
            Progress = progress,
        };
        try
        {
            var losses = loop.Run(Step, cancel);
            // Kept until the whole file is written, so that a run that is stopped later need not begin here.
            if (statePath is not null) TrainingState.Save(statePath, loop.Key, model, optimizer, losses.Losses);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }

        (double Loss, long Words) Step(int step, double rate)
        {
            using var scope = NewDisposeScope();
            TrainingLoop.SetSeed(seedName, recipe.Seed, step);
            var batch = batches.Of(step);
            var words = batch.Heads.numel();
            var total = loss(model, batch);
            // By the size of a full batch, so that the few sentences of a rare length weigh no more than others.
            (total / recipe.BatchWords).backward();
            nn.utils.clip_grad_norm_(model.parameters(), recipe.GradientNorm);
            optimizer.Step(rate);
            return (total.item<float>() / words, words);
        }
    }

    private static Tensor Loss(Tensor scores, Tensor right) =>
        nn.functional.cross_entropy(scores.reshape(-1, scores.shape[^1]), right.flatten(), reduction: nn.Reduction.Sum);
}
