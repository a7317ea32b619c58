namespace UnsupClipCap.Metrics;

/// <summary>Writes files so that a reader sees the old content or the new, never half of it.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes <paramref name="path"/> through a temporary file beside it, flushed to disk and then renamed.
    /// Folders are made as needed; if <paramref name="write"/> throws, nothing is left behind.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or the place cannot be written; the message says which file and what to do.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
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
            throw new IOException($"{path} could not be written: {e.Message.Split(" : '")[0].TrimEnd('.')}. " +
                "Free some space or choose another place; what was there before is unchanged.", e);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }
}
