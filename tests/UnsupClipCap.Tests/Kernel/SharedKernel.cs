using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>One kernel process for all tests that leave it whole.</summary>
public sealed class SharedKernel : IDisposable
{
    private KernelClient? _client;

    /// <summary>The kernel that './run kernel install' names.</summary>
    internal static string Dll => Path.Combine(Locations.Root, "lib", "bin", "UnsupClipCap.Kernel.dll");

    internal KernelClient Client => _client ??= KernelClient.Start(Dll, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" });

    public void Dispose() => _client?.Dispose();
}

[CollectionDefinition("kernel")]
public sealed class KernelTests : ICollectionFixture<SharedKernel>;
