namespace UnsupClipCap.Metrics;

/// <summary>The scores of one system's captions, as coco-caption names and scales them (0..1, CIDEr 0..10).</summary>
public sealed class CaptionScores
{
    /// <summary>Means of several scores, by name, and the keys of these scores.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Averages = new OrderedDictionary<string, string[]>
    {
        [nameof(Average6)] = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"],
        [nameof(Average)] = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "METEOR", "ROUGE_L", "CIDEr", "SPICE"],
    };

    internal CaptionScores(IReadOnlyList<MetricRun> runs, CaptionReferences references, IReadOnlyList<string> notes)
    {
        var corpus = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        var perImage = new OrderedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            var (scores, images) = run.Scores();
            for (var k = 0; k < scores.Length; k++)
            {
                corpus.Add(run.Metric.Keys[k], scores[k]);
                perImage.Add(run.Metric.Keys[k], images[k]);
            }
            if (run.Metric is Metrics.Bleu) Bleu = Metrics.Bleu.Counts(run.Sums());
        }
        Runs = runs;
        References = references;
        Corpus = corpus;
        PerImage = perImage;
        Notes = notes;
    }

    /// <summary>Corpus scores by coco-caption's keys, in the order of the metrics asked for: Bleu_1 Bleu_2 Bleu_3 Bleu_4 METEOR ROUGE_L CIDEr SPICE.</summary>
    public IReadOnlyDictionary<string, double> Corpus { get; }

    /// <summary>For each key the scores of the I images, in their order.</summary>
    public IReadOnlyDictionary<string, double[]> PerImage { get; }

    /// <summary>Mean of the six scores Bleu_1..4, ROUGE_L and CIDEr, times 100; null where one of them was not asked for.</summary>
    public double? Average6 => Mean(nameof(Average6), Corpus);

    /// <summary>Mean of all eight scores times 100, the paper's "average performance"; null where one of them was not asked for.</summary>
    public double? Average => Mean(nameof(Average), Corpus);

    /// <summary>Lengths and n-gram counts behind BLEU; null where BLEU was not asked for.</summary>
    public BleuCounts? Bleu { get; }

    /// <summary>Number of images scored.</summary>
    public int ImageCount => References.ImageCount;

    /// <summary>Number of candidate captions used: one an image.</summary>
    public int CandidateCount => References.ImageCount;

    /// <summary>Number of reference captions used.</summary>
    public int ReferenceCount => References.ReferenceCount;

    /// <summary>What a reader of the scores must know, in whole sentences: empty captions, scores that are 0 by definition, data that a metric had to do without.</summary>
    public IReadOnlyList<string> Notes { get; }

    internal IReadOnlyList<MetricRun> Runs { get; }

    internal CaptionReferences References { get; }

    internal static double? Mean(string average, IReadOnlyDictionary<string, double> scores) =>
        Averages[average].All(scores.ContainsKey) ? Averages[average].Average(key => scores[key]) * 100 : null;
}
