using System.Globalization;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Memory that can still be taken, asked before large matrices are made: a system that runs out ends the program without a word.</summary>
internal static class AvailableMemory
{
    private const double Gigabyte = 1e9;

    /// <summary>Throws where that many bytes cannot be had. Of a GPU's memory nothing is known beforehand.</summary>
    /// <param name="method">Who asks.</param>
    /// <param name="sources">n.</param>
    /// <param name="targets">m.</param>
    /// <param name="bytes">Needed beyond what is held already.</param>
    /// <param name="device">Where.</param>
    public static void Check(string method, long sources, long targets, double bytes, Device device)
    {
        if (device.type != TorchSharp.DeviceType.CPU) return;
        var available = Bytes();
        if (bytes <= available) return;
        throw new UserException(FormattableString.Invariant($"{method}: {sources:n0} sources by {targets:n0} targets take {bytes / Gigabyte:0.0} GB of memory, and {available / Gigabyte:0.0} GB are available. ")
            + "Take fewer rows (a random part of either set), or a method that needs no matrix between all points: the Gaussian map, or the nearest captions.");
    }

    /// <summary>What the system, the container and the runtime's own limit leave.</summary>
    public static double Bytes()
    {
        double least = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (OperatingSystem.IsLinux())
        {
            if (Number("/proc/meminfo", "MemAvailable:") is { } free) least = Math.Min(least, free * 1024);
            if (Number("/sys/fs/cgroup/memory.max", "") is { } limit && Number("/sys/fs/cgroup/memory.current", "") is { } used)
                least = Math.Min(least, limit - used + (Number("/sys/fs/cgroup/memory.stat", "inactive_file ") ?? 0));      // cached files give way
        }
        return least;
    }

    private static double? Number(string file, string label)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(label, StringComparison.Ordinal));
            var text = line?[label.Length..].Trim().Split(' ')[0];
            return double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
