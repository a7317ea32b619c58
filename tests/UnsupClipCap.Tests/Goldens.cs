namespace UnsupClipCap.Tests;
internal static class Goldens { public static string Folder(string name) => Path.Combine(Environment.GetEnvironmentVariable("UNSUPCLIPCAP_PARITY") ?? Path.Combine(Locations.Root, "../shared/parity"), name); }
