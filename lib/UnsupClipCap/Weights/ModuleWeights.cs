using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Puts named tensors into a model, and takes them out.</summary>
public static class ModuleWeights
{
    /// <summary>Reads a weights file by its ending: <c>.safetensors</c>, else a PyTorch archive.</summary>
    public static Dictionary<string, Tensor> Read(string path) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Safetensors.Read(path).Tensors : TorchArchive.Read(path);

    /// <summary>
    /// Copies <paramref name="tensors"/> into <paramref name="module"/>'s parameters and buffers of the same names, converting to their types.
    /// </summary>
    /// <param name="module">The model to fill.</param>
    /// <param name="tensors">Name to tensor, any floating type.</param>
    /// <param name="source">The file they came from, for messages.</param>
    /// <param name="ignored">Whether an extra tensor of this name may be passed over (masks, position ids); none by default.</param>
    /// <exception cref="UserException">Lists every missing and extra tensor and every shape that differs.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string source, Func<string, bool>? ignored = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var own = module.state_dict();
        var missing = own.Keys.Where(k => !tensors.ContainsKey(k) && !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToList();
        var extra = tensors.Keys.Where(k => !own.ContainsKey(k) && !(ignored?.Invoke(k) ?? false)).ToList();
        var wrong = own.Where(p => tensors.TryGetValue(p.Key, out var t) && !t.shape.SequenceEqual(p.Value.shape))
            .Select(p => $"{p.Key} is {Shape(tensors[p.Key])} and should be {Shape(p.Value)}").ToList();
        if (missing.Count + extra.Count + wrong.Count > 0)
            throw new UserException($"The weights in {source} do not fit this model." +
                List("Missing", missing) + List("Not known", extra) + List("Of another shape", wrong) +
                " Use the configuration that they were made with.");
        foreach (var (name, parameter) in own)
            if (tensors.TryGetValue(name, out var tensor)) parameter.copy_(tensor);
    }

    /// <summary>Takes a model's parameters and buffers out of the dispose scope that it was made in: a model lives until it is disposed.</summary>
    internal static void Keep(nn.Module module)
    {
        foreach (var (_, value) in module.state_dict()) value.DetachFromDisposeScope();
    }

    /// <summary>The model's parameters and buffers, detached, in <paramref name="type"/> or as they are. The caller disposes them.</summary>
    public static Dictionary<string, Tensor> Take(nn.Module module, ScalarType? type = null) =>
        module.state_dict().Where(p => !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(p => p.Key, p => p.Value.detach().to(type ?? p.Value.dtype, copy: true));

    private static string Shape(Tensor t) => $"[{string.Join(", ", t.shape)}]";

    private static string List(string what, List<string> items) => items.Count == 0 ? "" : $" {what}: {string.Join("; ", items)}.";
}
