namespace UnsupClipCap;

/// <summary>One method's scores: a row of the table or of the alignment study.</summary>
/// <param name="Method">The method's name; the paper's are in <see cref="MethodNames"/>.</param>
/// <param name="Scores">Keys and scales are those of <see cref="ScoreNames"/>.</param>
public sealed record MethodScores(string Method, IReadOnlyDictionary<string, double> Scores)
{
    /// <summary>Standard deviation over seeds of each score, on the score's scale; null for a single run.</summary>
    public IReadOnlyDictionary<string, double>? Spread { get; init; }

    /// <summary>Of an alignment: what it did to the embeddings.</summary>
    public GapScores? Gap { get; init; }

    /// <summary>Of an alignment that was evaluated both ways: fitted on either half of the data and evaluated on the other, the mean of the two.</summary>
    public MethodScores? Cross { get; init; }

    /// <summary>95 % bootstrap intervals, by what they are of; null where there are none.</summary>
    public IReadOnlyDictionary<string, Interval>? Intervals { get; init; }
}

/// <summary>One method's scores on <c>lambda * text + (1 - lambda) * image</c>: a point of Figure 3.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Lambda">Share of the text embedding, 0 (image) to 1 (text).</param>
/// <param name="Scores">Keys and scales are those of <see cref="ScoreNames"/>.</param>
public sealed record MixupScores(string Method, double Lambda, IReadOnlyDictionary<string, double> Scores)
{
    /// <summary>The same captions scored without the reference that was the input text (the other four); null where not asked
    /// for.</summary>
    public IReadOnlyDictionary<string, double>? ScoresWithoutInput { get; init; }

    /// <summary>Standard deviation over seeds of each of <see cref="Scores"/>, on the score's scale; null for a single run.</summary>
    public IReadOnlyDictionary<string, double>? Spread { get; init; }
}

/// <summary>
/// What a run found: the content of <c>results.json</c>. Numbers are written in full (they read back bit for bit), keys in a fixed order.
/// Experiments that were not run have no rows.
/// </summary>
public sealed record Results
{
    /// <summary>Name of the preset that was run.</summary>
    public required string Preset { get; init; }

    /// <summary>Seed of everything random in the run; the first one where there were several.</summary>
    public required long Seed { get; init; }

    /// <summary>The models on image embeddings (Table 1).</summary>
    public IReadOnlyList<MethodScores> Table { get; init; } = [];

    /// <summary>The models on mixed embeddings (Figure 3).</summary>
    public IReadOnlyList<MixupScores> Mixup { get; init; } = [];

    /// <summary>Unsupervised-ClipCap on aligned image embeddings (alignment study).</summary>
    public IReadOnlyList<MethodScores> Alignment { get; init; } = [];

    /// <summary>Wall-clock time of the run, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Settings of the run, name to value as typed; null where not recorded.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>The paper's findings judged on these results (<see cref="Claims.Of"/>); null where not recorded.</summary>
    public IReadOnlyList<Claim>? Claims { get; init; }

    /// <summary>The dual encoder the embeddings came from; null where not recorded.</summary>
    public string? Encoder { get; init; }

    /// <summary>Method name to the description or fingerprint of its trained captioner; null where not recorded.</summary>
    public IReadOnlyDictionary<string, string>? Captioners { get; init; }

    /// <summary>Version of this library that made the results; null where not recorded.</summary>
    public string? Version { get; init; }

    /// <summary>Writes the results to <paramref name="path"/> as indented JSON, replacing it whole or not at all.</summary>
    /// <exception cref="ArgumentException">A number is not finite; the message names its field.</exception>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public void Save(string path) => ResultsFile.Write(path, this);

    /// <summary>Reads what <see cref="Save"/> wrote. Unknown keys are passed over.</summary>
    /// <exception cref="UserException">The file is missing, is not JSON, or lacks a field; the message names file and field.</exception>
    public static Results Load(string path) => ResultsFile.Read(path);
}
