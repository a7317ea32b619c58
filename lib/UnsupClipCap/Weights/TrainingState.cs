using System.Globalization;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// A training run in one safetensors file: weights, optimiser, losses, position. Batches, noise and dropout are functions of the seed and the step,
/// so that the position is all that need be kept of them, and a resumed run equals an unbroken one bit for bit on the CPU.
/// </summary>
internal static class TrainingState
{
    public static void Save(string path, string key, nn.Module model, AdamW optimizer, IReadOnlyList<double> losses)
    {
        using var scope = NewDisposeScope();
        var tensors = model.state_dict().ToDictionary(p => $"model.{p.Key}", p => p.Value);
        foreach (var (name, value) in optimizer.State) tensors.Add($"optimizer.{name}", value);
        tensors.Add("losses", tensor(losses.ToArray(), ScalarType.Float64));
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["key"] = key, ["step"] = $"{optimizer.Steps}" });
    }

    /// <summary>Removes the state of a run that has ended; a short one never saved any.</summary>
    public static void Delete(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    /// <summary>Takes up a run; the losses so far, or none if there is no file.</summary>
    /// <exception cref="UserException">The file is of other settings.</exception>
    public static List<double> Restore(string path, string key, nn.Module model, AdamW optimizer)
    {
        if (!File.Exists(path)) return [];
        var (tensors, metadata) = Safetensors.Read(path);
        if (metadata.GetValueOrDefault("key") != key)
            throw new UserException($"{path} is a training run of other settings; remove it or choose another place to start anew.");
        var losses = new List<double>();
        try
        {
            using var _ = no_grad();
            foreach (var (name, own) in model.state_dict()) own.copy_(tensors[$"model.{name}"]);
            optimizer.Restore(tensors.Where(t => t.Key.StartsWith("optimizer.", StringComparison.Ordinal)).ToDictionary(t => t.Key["optimizer.".Length..], t => t.Value),
                int.Parse(metadata["step"], CultureInfo.InvariantCulture));
            losses.AddRange(tensors["losses"].data<double>().ToArray());
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or OverflowException or ArgumentException or InvalidOperationException or System.Runtime.InteropServices.ExternalException)
        {
            throw new UserException($"{path} is not the whole state of a training run ({e.Message.Split('\n')[0].TrimEnd('.')}); remove it to start anew.", e);
        }
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return losses;
    }
}
