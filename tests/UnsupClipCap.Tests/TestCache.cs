using System.Runtime.CompilerServices;

namespace UnsupClipCap.Tests;

/// <summary>Tests keep what they make in a cache of their own, so that they neither find nor leave anything in the project's.</summary>
internal static class TestCache
{
    [ModuleInitializer]
    internal static void Use()
    {
        var folder = Directory.CreateTempSubdirectory("unsupclipcap-tests-").FullName;
        Environment.SetEnvironmentVariable("UNSUPCLIPCAP_CACHE", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // Another process's temporary folder is not worth a failed test run.
            }
        };
    }
}
