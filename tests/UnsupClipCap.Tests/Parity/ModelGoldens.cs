using System.Text.Json;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>The tensors and settings of one folder of independent references.</summary>
internal sealed class ModelGoldens(string folder)
{
    private readonly Dictionary<string, Tensor> _tensors = Safetensors.Read(Path.Combine(folder, "golden.safetensors")).Tensors;

    public string Folder { get; } = folder;

    public JsonElement Settings { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json"))).RootElement;

    public string PathOf(string name) => Path.Combine(Folder, name);

    private int _offered;

    /// <summary>Whether the set holds all of these tensors and settings; what it lacks is named in the test's output.</summary>
    public bool Offers(params string[] names)
    {
        var missing = names.Where(n => !_tensors.ContainsKey(n) && !Settings.TryGetProperty(n, out _)).ToList();
        foreach (var name in missing) TestContext.Current.TestOutputHelper?.WriteLine($"{Folder} has no '{name}'; what needs it is not checked.");
        if (missing.Count == 0) _offered++;
        return missing.Count == 0;
    }

    /// <summary>Fails where the set held nothing that the test knows to check.</summary>
    public void MustHaveOffered() => Assert.True(_offered > 0, $"{Folder} holds nothing that this test knows to check.");

    public bool Has(string name) => _tensors.ContainsKey(name);

    public Tensor this[string name] => _tensors.TryGetValue(name, out var t) ? t : throw new KeyNotFoundException($"{Folder}/golden.safetensors has no '{name}'");

    /// <summary>|ours - theirs| at most <paramref name="relative"/> of theirs' largest magnitude.</summary>
    public static void Close(Tensor theirs, Tensor ours, double relative = 1e-4)
    {
        Assert.Equal(theirs.shape, ours.shape);
        using var scope = NewDisposeScope();
        var (a, b) = (theirs.to(ScalarType.Float64), ours.detach().to(ScalarType.Float64));
        var error = (a - b).abs().max().item<double>() / Math.Max(1e-12, a.abs().max().item<double>());
        Assert.True(error <= relative, $"relative error {error:g3}");
    }
}
