using System.Runtime.InteropServices;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>A run's <c>configuration.json</c>: command, settings, seeds, the preset in full with GPT-2's sizes, what stands for the data, and the versions of what computed.</summary>
internal static class RunConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string path, RunSettings settings, Study study, string command) => AtomicFile.WriteText(path, JsonSerializer.Serialize(new
    {
        Command = command,
        Settings = settings,
        Seeds = Enumerable.Range(settings.Seed, settings.Seeds),
        Preset = study.Preset with { Recipe = study.Recipe },
        Data = new { study.Description, study.Encoder, study.Fingerprint },
        Versions = new
        {
            UnsupClipCap = typeof(RunConfiguration).Assembly.GetName().Version?.ToString(3),
            TorchSharp = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3),
            libtorch = TorchSharp.torch.__version__,
            Runtime = RuntimeInformation.FrameworkDescription,
            System = RuntimeInformation.OSDescription,
            Processor = RuntimeInformation.ProcessArchitecture.ToString(),
            Device = study.Device.type.ToString().ToLowerInvariant(),
        },
    }, Indented) + "\n");
}
