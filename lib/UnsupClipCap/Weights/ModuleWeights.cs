using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Puts named tensors into a model, and takes them out.</summary>
public static class ModuleWeights
{
    /// <summary>A parameter or buffer under the names of a file: itself, or views that make it up.</summary>
    public delegate IEnumerable<(string Name, Tensor Value)> Naming(string name, Tensor value);

    /// <summary>
    /// Reads weights by the file's ending: <c>.safetensors</c> (mapped into memory, not copied), <c>.index.json</c> (a sharded one's table of contents:
    /// every shard it names, beside it), else a PyTorch archive. What training programs put before all names (<see cref="Unwrapped"/>) is taken off. The caller disposes the tensors.
    /// </summary>
    /// <exception cref="UserException">A file is absent, damaged, or lacks a tensor that the index says it holds.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        return Unwrapped(path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase) ? WeightShards.Read(path) : ReadFile(path));
    }

    /// <summary>The tensors of one file under the file's own names.</summary>
    internal static Dictionary<string, Tensor> ReadFile(string path)
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return TorchArchive.Read(path);
        using var file = SafetensorsFile.Open(path);
        return file.Tensors();
    }

    /// <summary>
    /// A model's tensors without what training programs wrap it in: of a file that holds a <c>state_dict</c> beside an optimiser the <c>state_dict</c> alone (OpenCLIP, Lightning), and names
    /// without the <c>module.</c> that PyTorch's DataParallel puts before every one.
    /// </summary>
    private static Dictionary<string, Tensor> Unwrapped(Dictionary<string, Tensor> tensors)
    {
        const string inner = "state_dict.", parallel = "module.";
        if (tensors.Keys.Any(k => k.StartsWith(inner, StringComparison.Ordinal)))
        {
            foreach (var other in tensors.Where(t => !t.Key.StartsWith(inner, StringComparison.Ordinal))) other.Value.Dispose();
            tensors = tensors.Where(t => t.Key.StartsWith(inner, StringComparison.Ordinal)).ToDictionary(t => t.Key[inner.Length..], t => t.Value);
        }
        return tensors.Count > 0 && tensors.Keys.All(k => k.StartsWith(parallel, StringComparison.Ordinal)) ? tensors.ToDictionary(t => t.Key[parallel.Length..], t => t.Value) : tensors;
    }

    /// <summary>The first of these names, or of its sharded form (<c>NAME.index.json</c>), that lies in <paramref name="folder"/>.</summary>
    /// <exception cref="UserException">None does.</exception>
    internal static string Find(string folder, params string[] names) =>
        names.SelectMany(n => new[] { n, $"{n}.index.json" }).Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists)
        ?? throw new UserException($"{folder} has a configuration but no weights: none of {string.Join(", ", names)} is there, nor a sharded one's .index.json. Fetch the weights too.");

    /// <summary>
    /// Copies <paramref name="tensors"/> into <paramref name="module"/>'s parameters and buffers of the same names, converting to their types.
    /// </summary>
    /// <param name="module">The model to fill.</param>
    /// <param name="tensors">Name to tensor, any floating type.</param>
    /// <param name="source">The file they came from, for messages.</param>
    /// <param name="ignored">Whether an extra tensor of this name may be passed over (masks, position ids); none by default.</param>
    /// <param name="names">What a parameter is called in the file, or its parts and what they are called, as views of it; its own name by default.</param>
    /// <exception cref="UserException">Lists every missing and extra tensor and every shape and type that differs, under the file's names.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string source, Func<string, bool>? ignored = null, Naming? names = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var own = Named(module, names);
        Compare(own, tensors, source, ignored);
        foreach (var (name, parameter) in own)
            if (tensors.TryGetValue(name, out var tensor)) parameter.copy_(tensor);
    }

    /// <summary>
    /// Makes a model and fills it. Where <paramref name="tensors"/> hold much less than a model of these sizes needs, none is made: a
    /// configuration that lies cannot take memory that its weights do not.
    /// </summary>
    /// <param name="make">Makes the model.</param>
    /// <param name="elements">Number of parameters of the model, about.</param>
    /// <param name="tensors">Name to tensor, any floating type.</param>
    /// <param name="source">The file they came from, for messages.</param>
    /// <param name="ignored">Whether an extra tensor of this name may be passed over.</param>
    /// <param name="names">See <see cref="Load"/>.</param>
    /// <param name="sizes">The file that told the sizes, for messages about them; <paramref name="source"/> by default.</param>
    internal static T Make<T>(Func<T> make, double elements, IReadOnlyDictionary<string, Tensor> tensors, string source, Func<string, bool>? ignored = null, Naming? names = null, string? sizes = null) where T : nn.Module
    {
        var there = tensors.Values.Sum(t => (double)t.numel());
        if (elements > 1.5 * there + 1e6)
        {
            if (elements < 1e12) CompareWithoutMemory(make, tensors, source, ignored, names, sizes);
            throw new UserException($"The weights in {source} do not fit this model: they hold {there:n0} numbers, and a model of the configuration's sizes has about {elements:n0}. Use the configuration that they were made with.");
        }
        var model = Fresh.Blank(() => Made(make, sizes ?? source));            // filled whole by Load, which lists what is missing, or not made
        try
        {
            Load(model, tensors, source, ignored, names);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A model of the sizes in a file; sizes that do not go together are said to be that file's.</summary>
    private static T Made<T>(Func<T> make, string sizes)
    {
        try
        {
            return make();
        }
        catch (UserException e)
        {
            throw new UserException($"{sizes}: {e.Message}", e);
        }
    }

    /// <summary>Says everything that does not fit, from a model on the meta device, which has shapes and no memory.</summary>
    private static void CompareWithoutMemory<T>(Func<T> make, IReadOnlyDictionary<string, Tensor> tensors, string source, Func<string, bool>? ignored, Naming? names, string? sizes) where T : nn.Module
    {
        using var scope = NewDisposeScope();
        var before = get_default_device();
        set_default_device(new Device(TorchSharp.DeviceType.META));
        try
        {
            using var model = Made(make, sizes ?? source);
            Compare(Named(model, names), tensors, source, ignored);
        }
        finally
        {
            set_default_device(before);
        }
    }

    private static Dictionary<string, Tensor> Named(nn.Module module, Naming? names) =>
        names is null ? module.state_dict() : module.state_dict().SelectMany(p => names(p.Key, p.Value.detach())).ToDictionary(p => p.Name, p => p.Value);

    private static void Compare(Dictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> tensors, string source, Func<string, bool>? ignored)
    {
        var missing = own.Where(p => !tensors.ContainsKey(p.Key) && !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Select(p => $"{p.Key} {Shape(p.Value)}").ToList();
        var extra = tensors.Where(t => !own.ContainsKey(t.Key) && !(ignored?.Invoke(t.Key) ?? false)).Select(t => $"{t.Key} {Shape(t.Value)}").ToList();
        var wrong = own.Where(p => tensors.TryGetValue(p.Key, out var t) && !t.shape.SequenceEqual(p.Value.shape))
            .Select(p => $"{p.Key} is {Shape(tensors[p.Key])} and should be {Shape(p.Value)}").ToList();
        var types = own.Where(p => tensors.TryGetValue(p.Key, out var t) && p.Value.is_floating_point() && !t.is_floating_point())
            .Select(p => $"{p.Key} is {tensors[p.Key].dtype} and should be a floating type").ToList();
        if (missing.Count + extra.Count + wrong.Count + types.Count > 0)
            throw new UserException($"The weights in {source} do not fit this model." +
                List("Missing", missing) + List("Not known", extra) + List("Of another shape", wrong) + List("Of another type", types) +
                " Use the configuration that they were made with.");
    }

    /// <summary>Takes a model's parameters and buffers out of the dispose scope that it was made in: a model lives until it is disposed.</summary>
    internal static void Keep(nn.Module module)
    {
        foreach (var (_, value) in module.state_dict()) value.DetachFromDisposeScope();
    }

    /// <summary>A CRC-32 over a model's parameters and buffers: tells one set of weights from another.</summary>
    internal static uint Checksum(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return module.state_dict().OrderBy(p => p.Key, StringComparer.Ordinal).Aggregate(0u, (crc, p) => Crc32.Of(p.Value.detach().cpu().contiguous().bytes, crc));
    }

    /// <summary>The model's parameters and buffers, detached, in <paramref name="type"/> or as they are. The caller disposes them.</summary>
    public static Dictionary<string, Tensor> Take(nn.Module module, ScalarType? type = null) =>
        module.state_dict().Where(p => !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(p => p.Key, p => p.Value.detach().to(type ?? p.Value.dtype, copy: true));

    private static string Shape(Tensor t) => $"[{string.Join(", ", t.shape)}]";

    private static string List(string what, List<string> items) => items.Count == 0 ? "" : $" {what}: {string.Join("; ", items)}.";
}
