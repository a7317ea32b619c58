namespace UnsupClipCap.Metrics;

/// <summary>Writes files so that a reader sees the old content or the new, never half of it.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes <paramref name="path"/> through a temporary file beside it, flushed to disk and then renamed.
    /// Folders are made as needed; if <paramref name="write"/> throws, nothing is left behind. Of a link the file behind it is replaced; what lies
    /// below <c>/dev</c> (<c>/dev/stdout</c>, say) is no file to be replaced and is written to.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or the place cannot be written; the message says which file and what to do.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = "";
        try
        {
            path = Place(path);
            if (IsDevice(path))
            {
                using var device = new FileStream(path, FileMode.Open, FileAccess.Write);
                write(device);
                return;
            }
            temporary = Temporary(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, temporary, e);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    /// <summary>Whether <paramref name="path"/> could be written: to be asked before long work. Nothing is left behind.</summary>
    /// <exception cref="IOException">It is a folder, or cannot be written; the message says what to do.</exception>
    public static void Try(string path)
    {
        path = Place(path);
        if (IsDevice(path)) return;
        if (Directory.Exists(path)) throw new IOException($"{path} is a folder; expected a file to be written. Name a file in it.");
        var folder = Path.GetDirectoryName(path)!;
        while (!Directory.Exists(folder) && !File.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        var temporary = Temporary(Path.Combine(folder, Path.GetFileName(path)));
        try
        {
            File.Create(temporary, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, temporary, e);
        }
    }

    /// <summary>The whole path of what <paramref name="path"/> names: of a link, what it leads to.</summary>
    public static string Place(string path)
    {
        path = Path.GetFullPath(path);
        return !IsDevice(path) && new FileInfo(path).LinkTarget is not null && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;
    }

    // What lies below /dev/shm are files in memory like any others.
    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static string Temporary(string path) => $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";

    private static IOException Failed(string path, string temporary, Exception e) => new(
        $"{path} could not be written: {e.Message.Split(" : '")[0].Replace(temporary.Length > 0 ? temporary : path, path).TrimEnd('.')}. Free some space or choose another place; what was there before is unchanged.", e);
}
