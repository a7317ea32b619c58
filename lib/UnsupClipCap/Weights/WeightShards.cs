using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Weights in several files, as Hugging Face shards them: an index whose <c>weight_map</c> tells the file of each tensor.</summary>
internal static class WeightShards
{
    private const string Remedy = "Fetch the index and all of its shards again.";

    /// <summary>Reads every shard that <paramref name="index"/> names. The caller disposes the tensors.</summary>
    /// <exception cref="UserException">A shard is absent, damaged or outside the index's folder; or tensors are missing or not in the index: all are listed.</exception>
    public static Dictionary<string, Tensor> Read(string index)
    {
        var map = JsonPlace.Read(index, Remedy).Required("weight_map").Map(file => Shard(file));
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        var tensors = new Dictionary<string, Tensor>();
        var faults = new List<string>();
        try
        {
            foreach (var shard in map.GroupBy(p => p.Value).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var path = Path.Combine(folder, shard.Key);
                if (!File.Exists(path))
                {
                    faults.Add($"{shard.Key} is not there, which holds {shard.Count()} tensors");
                    continue;
                }
                var held = ModuleWeights.ReadFile(path);
                foreach (var (name, _) in shard)
                    if (held.Remove(name, out var tensor)) tensors.Add(name, tensor);
                    else faults.Add($"{shard.Key} lacks '{name}'");
                faults.AddRange(held.Keys.Select(name => $"{shard.Key} holds '{name}', which the index does not place there"));
                foreach (var tensor in held.Values) tensor.Dispose();
            }
            return faults.Count == 0 ? tensors : throw new UserException($"{index} and its shards do not belong together: {string.Join("; ", faults)}. {Remedy}");
        }
        catch
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw;
        }
    }

    /// <summary>A shard's name: of a file beside the index, and no index itself.</summary>
    private static string Shard(JsonPlace file)
    {
        var name = file.Text();
        return name.Length > 0 && name.IndexOfAny(['/', '\\', '\0']) < 0 && name is not ("." or "..") && !name.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase)
            ? name : throw file.Wrong("the name of a file beside the index");
    }
}
