using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Names of devices.</summary>
public static class Devices
{
    /// <summary>"auto" (a GPU if libtorch has and finds one, else the CPU), "cpu", "cuda" or "cuda:1".</summary>
    /// <exception cref="UserException">The name is not known, or there is no such device.</exception>
    public static Device Find(string name)
    {
        Natives.Check();
        switch (name)
        {
            case "auto": return cuda.is_available() ? CUDA : CPU;
            case "cpu": return CPU;
        }
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name[5..], out _)))
            throw new UserException($"The device '{name}' is not known; expected auto, cpu, cuda or cuda:N.");
        if (!cuda.is_available())
            throw new UserException("There is no CUDA device for this build: build with TorchBackend=cuda, or set UNSUPCLIPCAP_LIBTORCH to the 'lib' folder of an installed PyTorch with CUDA. './run doctor' shows what is here.");
        var index = name == "cuda" ? 0 : int.Parse(name[5..], System.Globalization.CultureInfo.InvariantCulture);
        if (index >= cuda.device_count()) throw new UserException($"The device '{name}' is not there: this machine has {cuda.device_count()} CUDA device(s).");
        return device($"cuda:{index}");
    }
}
