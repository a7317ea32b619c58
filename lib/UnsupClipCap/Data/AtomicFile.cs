using System.Text;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>Writes files so that a reader sees the old content or the new, never half of it.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes <paramref name="path"/> through a temporary file beside it, flushed to disk and then renamed.
    /// Folders are made as needed; if <paramref name="write"/> throws, nothing is left behind.
    /// </summary>
    /// <exception cref="UserException">The disk is full, or the place cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            WholeFile.Write(path, write);
        }
        catch (IOException e)
        {
            throw new UserException(e.Message, e);
        }
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte-order mark. See <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text) => Write(path, s => s.Write(new UTF8Encoding(false).GetBytes(text)));
}
