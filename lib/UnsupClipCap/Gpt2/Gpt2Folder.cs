namespace UnsupClipCap;

/// <summary>A published GPT-2 among the data sets: a Hugging Face folder with <c>config.json</c> and weights.</summary>
public static class Gpt2Folder
{
    private const string Config = "config.json";
    private static readonly string[] Weights = ["model.safetensors", "pytorch_model.bin"];

    /// <summary>Its files that are not there, each as <c>FOLDER/FILE</c>; none where it can be loaded.</summary>
    /// <param name="name">A folder under a data folder, or a path.</param>
    public static IReadOnlyList<string> Missing(string name) =>
        [.. new[] { Config }.Where(f => Find(name, f) is null).Concat(Find(name, Weights) is null ? Weights[..1] : []).Select(f => $"{name}/{f}")];

    /// <summary>The files that decide what it is.</summary>
    /// <exception cref="UserException">One is not there.</exception>
    public static IReadOnlyList<string> Files(string name) => [Need(name, Config), Need(name, Weights)];

    /// <summary>Its sizes.</summary>
    /// <exception cref="UserException">The configuration is not there, or of something else.</exception>
    public static Gpt2Config Sizes(string name) => Gpt2Config.Read(Need(name, Config));

    /// <summary>Fills a GPT-2 of the same sizes with its weights.</summary>
    /// <exception cref="UserException">The weights are not there, damaged, or of other sizes.</exception>
    public static void Fill(Gpt2 gpt, string name)
    {
        var path = Need(name, Weights);
        var tensors = ModuleWeights.Read(path);
        try
        {
            gpt.Load(tensors, path);
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static string? Find(string name, params string[] files) =>
        (Path.IsPathRooted(name) ? name : Locations.Find(name)) is { } folder ? files.Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists) : null;

    private static string Need(string name, params string[] files) => Find(name, files)
        ?? throw new UserException($"GPT-2's {string.Join(" or ", files)} is not here: no '{name}' with it in {string.Join(" or ", Locations.DataFolders)}. './run fetch gpt2' gets it.");
}
