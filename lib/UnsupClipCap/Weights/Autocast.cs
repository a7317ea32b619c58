using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// While it lives, this thread's matrix products compute in bfloat16 and what needs the digits (sums, norms, losses) in float32: libtorch's own
/// autocast, which TorchSharp 0.107 does not offer and libtorch's library exports. Weights and gradients stay float32. Backward passes belong outside.
/// </summary>
internal sealed class Autocast : IDisposable
{
    private const int FirstCapability = 8;              // NVIDIA Ampere: bfloat16 in hardware
    private const sbyte Bfloat16 = (sbyte)ScalarType.BFloat16;
    private static readonly Lazy<Functions?> Native = new(Functions.Find);
    private readonly int _device;
    private readonly bool _before;

    private Autocast(int device)
    {
        var native = Native.Value!;
        (_device, _before) = (device, native.IsEnabled(device));
        native.Nest();
        native.SetType(device, Bfloat16);
        native.Enable(device, true);
    }

    /// <summary>Begins where the device computes bfloat16 in hardware; null elsewhere, the CPU included, where nothing changes.</summary>
    public static Autocast? Where(Device device) => IsFor(device) ? new((int)device.type) : null;

    /// <summary>Whether <see cref="Where"/> begins on this device.</summary>
    public static bool IsFor(Device device) =>
        device.type == TorchSharp.DeviceType.CUDA && Native.Value is not null && CudaDriver.Find(Math.Max(0, device.index)) is { Major: >= FirstCapability };

    /// <summary>Begins on the CPU, which gains nothing by it: for trying. Null where this libtorch's functions are not found (Windows, macOS).</summary>
    internal static Autocast? OnCpu() => Native.Value is null ? null : new((int)TorchSharp.DeviceType.CPU);

    /// <inheritdoc/>
    public void Dispose()
    {
        var native = Native.Value!;
        native.Enable(_device, _before);
        if (native.Unnest() == 0) native.ClearCache();      // copies of weights in bfloat16, kept for this long
    }

    /// <summary><c>at::autocast</c>'s functions under their names in Linux's library: free functions of small integers.</summary>
    private sealed record Functions(Functions.Asks IsEnabled, Functions.Switches Enable, Functions.Types SetType, Functions.Counts Nest, Functions.Counts Unnest, Functions.Acts ClearCache)
    {
        [return: MarshalAs(UnmanagedType.I1)]
        public delegate bool Asks(int device);
        public delegate void Switches(int device, [MarshalAs(UnmanagedType.I1)] bool enabled);
        public delegate void Types(int device, int type);
        public delegate int Counts();
        public delegate void Acts();

        public static Functions? Find()
        {
            // By its own name the loader gives the one that is in use.
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libtorch_cpu.so", out var library)) return null;
            return Of<Asks>("19is_autocast_enabledEN3c1010DeviceTypeE") is { } isEnabled
                && Of<Switches>("20set_autocast_enabledEN3c1010DeviceTypeEb") is { } enable
                && Of<Types>("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE") is { } setType
                && Of<Counts>("17increment_nestingEv") is { } nest
                && Of<Counts>("17decrement_nestingEv") is { } unnest
                && Of<Acts>("11clear_cacheEv") is { } clear ? new(isEnabled, enable, setType, nest, unnest, clear) : null;

            T? Of<T>(string name) where T : Delegate =>
                NativeLibrary.TryGetExport(library, $"_ZN2at8autocast{name}", out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;
        }
    }
}
