using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace UnsupClipCap.Tests;

/// <summary>A data folder of a test's own, the only one that is looked into while it lives; gone when the test is.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Variable = "UNSUPCLIPCAP_DATA";
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public DataFolder() => Environment.SetEnvironmentVariable(Variable, Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("unsupclipcap-data-").FullName;

    public string File(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public string Write(string name, string text)
    {
        var path = File(name);
        if (!name.EndsWith(".gz", StringComparison.Ordinal)) System.IO.File.WriteAllText(path, text);
        else
            using (var stream = new GZipStream(System.IO.File.Create(path), CompressionLevel.Fastest)) stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    public string WriteJson(string name, object content) => Write(name, JsonSerializer.Serialize(content));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        Directory.Delete(Path, recursive: true);
    }
}
