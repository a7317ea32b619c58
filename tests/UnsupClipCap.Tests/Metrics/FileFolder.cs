using System.IO.Compression;
using System.Text;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>A folder of files made by a test, gone when the test is.</summary>
internal sealed class FileFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public string WriteGzipped(string name, string text)
    {
        using (var stream = new GZipStream(System.IO.File.Create(File(name)), CompressionLevel.Fastest)) stream.Write(Encoding.UTF8.GetBytes(text));
        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
