namespace UnsupClipCap;

/// <summary>Where files are put and how patiently they are fetched.</summary>
public sealed record FetchSettings
{
    /// <summary>The variable that names a mirror.</summary>
    public const string MirrorVariable = "UNSUPCLIPCAP_FETCH_MIRROR";

    /// <summary>The folders in which a file may already be; what is fetched goes to the first. Default: <see cref="Locations.DataFolders"/>.</summary>
    public IReadOnlyList<string> Folders { get; init; } = Locations.DataFolders;

    /// <summary>Takes the place of scheme and host of every address, whose path is kept; the one way to fetch without TLS. Null: the addresses as they are.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>How long to wait for an answer, or for the next bytes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to try without getting on by a mebibyte or more.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>The wait before the second try; it doubles with each one after.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait; a server that asks for a longer one ends the work.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Fetch even what is there.</summary>
    public bool Force { get; init; }

    /// <summary>Free bytes where a folder lies, or null where that cannot be told.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = Free;

    /// <summary>The defaults, with the mirror that <c>UNSUPCLIPCAP_FETCH_MIRROR</c> names.</summary>
    /// <exception cref="UserException">It names none.</exception>
    public static FetchSettings FromEnvironment() => new() { Mirror = ParseMirror(Environment.GetEnvironmentVariable(MirrorVariable)) };

    internal static Uri? ParseMirror(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 ? uri
        : throw new UserException($"{MirrorVariable} is '{text}'; expected an address such as http://127.0.0.1:8000 that takes the place of the published host. Unset it to fetch from there.");

    private static long? Free(string folder)
    {
        try
        {
            var path = Path.GetFullPath(folder);
            while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above) path = above;
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>What a fetch is at.</summary>
/// <param name="What">The file and the stage, in a few words.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes in all, or null where the server does not say.</param>
/// <param name="PerSecond">Bytes a second of late; 0 where nothing is measured.</param>
/// <param name="Note">Something that happened and is worth a line of its own, such as a new try; else empty.</param>
public sealed record FetchProgress(string What, long Done, long? Total, double PerSecond = 0, string Note = "");
