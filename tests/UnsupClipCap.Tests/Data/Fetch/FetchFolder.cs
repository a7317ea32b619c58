using System.Security.Cryptography;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>A data folder of a test's own, and the fetching into it.</summary>
internal sealed class FetchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("fetch-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string In(string place) => Path.Combine(Root, place);

    /// <summary>The same, with its folder made.</summary>
    public string Made(string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(place))!);
        return In(place);
    }

    /// <summary>Bytes that no two places of the file share.</summary>
    public static byte[] Content(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>A file at <c>https://files.example/a/file.bin</c> that belongs at <c>a/file.bin</c>.</summary>
    public static FetchFile File(byte[]? known = null, string place = "a/file.bin") =>
        new($"https://files.example/{place}", place) { Size = known?.Length, Sha256 = known is null ? null : Sha256(known) };

    public FetchSettings Settings(FetchServer server) =>
        new() { Folders = [Root], Mirror = server.Address, Timeout = TimeSpan.FromSeconds(5), Tries = 3, FirstWait = TimeSpan.FromMilliseconds(1) };

    public FetchPlan Fetch(FetchServer server, FetchFile file, Func<FetchSettings, FetchSettings>? change = null, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default)
    {
        var settings = Settings(server);
        using var fetcher = new Fetcher(change is null ? settings : change(settings));
        var plan = fetcher.Plan(new("thing", "A thing", "free", [file]), progress: progress, cancel: cancel);
        fetcher.Run(plan, progress, cancel);
        return plan;
    }

    public string Fails(FetchServer server, FetchFile file, Func<FetchSettings, FetchSettings>? change = null) =>
        Assert.Throws<UserException>(() => Fetch(server, file, change)).Message;

    /// <summary>Nothing but what is named: no parts, no rubbish.</summary>
    public void Holds(params string[] places) => Assert.Equal(places.Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
}

/// <summary>Keeps what it is told.</summary>
internal sealed class FetchNotes : IProgress<FetchProgress>
{
    public List<string> Notes { get; } = [];

    public void Report(FetchProgress p)
    {
        if (p.Note.Length > 0) Notes.Add(p.Note);
    }
}
