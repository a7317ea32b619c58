using System.Runtime.InteropServices;
using System.Text;

namespace UnsupClipCap;

/// <summary>What NVIDIA's driver tells of a GPU and TorchSharp does not. Without a driver it tells nothing.</summary>
internal static class CudaDriver
{
    /// <summary>A GPU.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Memory">Its memory, bytes.</param>
    /// <param name="Major">Major compute capability: 8 is Ampere.</param>
    /// <param name="Minor">Minor compute capability.</param>
    public sealed record Gpu(string Name, long Memory, int Major, int Minor)
    {
        /// <inheritdoc/>
        public override string ToString() => FormattableString.Invariant($"{Name}, {Memory / (double)(1L << 30):0.0} GiB, compute capability {Major}.{Minor}");
    }

    /// <summary>The GPU of that number, or null where there is no driver or no such GPU.</summary>
    public static Gpu? Find(int index)
    {
        const int major = 75, minor = 76;                   // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_…
        var name = new byte[256];
        try
        {
            return cuInit(0) == 0 && cuDeviceGet(out var gpu, index) == 0 && cuDeviceGetName(name, name.Length, gpu) == 0 && cuDeviceTotalMem_v2(out var memory, gpu) == 0
                && cuDeviceGetAttribute(out var first, major, gpu) == 0 && cuDeviceGetAttribute(out var second, minor, gpu) == 0
                ? new(Encoding.UTF8.GetString(name).TrimEnd('\0'), (long)memory, first, second) : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return null;
        }
    }

    static CudaDriver() => NativeLibrary.SetDllImportResolver(typeof(CudaDriver).Assembly, (name, _, _) =>
        name == Library && NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver) ? driver : 0);

    private const string Library = "cuda driver";

    [DllImport(Library, ExactSpelling = true)]
    private static extern int cuInit(uint flags);

    [DllImport(Library, ExactSpelling = true)]
    private static extern int cuDeviceGet(out int device, int index);

    [DllImport(Library, ExactSpelling = true)]
    private static extern int cuDeviceGetName(byte[] name, int length, int device);

    [DllImport(Library, ExactSpelling = true)]
    private static extern int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [DllImport(Library, ExactSpelling = true)]
    private static extern int cuDeviceGetAttribute(out int value, int attribute, int device);
}
