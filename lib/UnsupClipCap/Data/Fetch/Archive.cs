using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace UnsupClipCap;

/// <summary>
/// Takes parts out of a zip or a gzipped tar. Archives are not trusted: names that lead out of their folder, links, entries that come twice, more bytes than were
/// announced and more than compression can explain are errors, and then nothing of the archive is kept.
/// </summary>
internal static class Archive
{
    /// <summary>Deflate cannot do better than 1:1032; honest data sets stay far below this.</summary>
    internal const long MostTimes = 200;

    private const int MostEntries = 2_000_000;

    /// <summary>Unpacks into a folder beside the archive, then moves what is right to its places under <paramref name="root"/>.</summary>
    /// <returns>What was taken out.</returns>
    /// <exception cref="UserException">The archive is damaged, harmful, or lacks a part.</exception>
    public static IReadOnlyList<Receipt.File> Unpack(string archive, IReadOnlyList<ArchivePart> parts, string root, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var staging = archive + ".unpacking";
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        try
        {
            var taken = new List<Receipt.File>();
            var (budget, names) = (new FileInfo(archive).Length * MostTimes + (1 << 20), new List<string>());
            foreach (var entry in Entries(archive, cancel))
            {
                if (names.Count >= MostEntries) throw Fault(archive, $"has more than {MostEntries:n0} entries");
                names.Add(entry.Name);
                Check(archive, entry.Name);
                foreach (var part in parts)
                {
                    if (Place(part, entry.Name) is not { } place) continue;
                    if (entry.IsLink) throw Fault(archive, $"has a link, '{entry.Name}', where a file was expected");
                    var path = Inside(archive, staging, place);
                    if (File.Exists(path)) throw Fault(archive, $"has the entry '{entry.Name}' twice");
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    using var content = entry.Open();
                    var file = Write(archive, entry, content, path, place, Math.Min(budget, part.Size ?? long.MaxValue), progress, cancel);
                    budget -= file.Size;
                    if (part.Size is { } size && file.Size != size) throw Fault(archive, $"has '{entry.Name}' of {file.Size:n0} bytes, where {size:n0} were expected");
                    if (part.Sha256 is { } sha && !sha.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase)) throw Fault(archive, $"has '{entry.Name}' with SHA-256 {file.Sha256}, where {sha} was expected");
                    taken.Add(file);
                }
            }
            foreach (var part in parts.Where(p => !taken.Any(f => p.IsFolder ? f.Place.StartsWith(Slash(p.Place), StringComparison.Ordinal) : f.Place == p.Place)))
                throw Fault(archive, $"lacks '{part.Entry}'; it has {names.Count} entries{(names.Count == 0 ? "" : $", such as {string.Join(", ", names.Take(5).Select(n => $"'{n}'"))}")}");
            foreach (var file in taken)
            {
                var path = Path.Combine(root, file.Place);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(Path.Combine(staging, file.Place), path, overwrite: true);
            }
            return taken;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Fault(archive, $"is damaged ({e.Message.TrimEnd('.')})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{archive} could not be unpacked: {e.Message.Split(" : '")[0].TrimEnd('.')}. It is kept; free some space and give the same command again.", e);
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    /// <param name="Name">Path in the archive, with <c>/</c>.</param>
    /// <param name="IsLink">Whether it points elsewhere, or is no ordinary file.</param>
    /// <param name="Length">Bytes, as the archive tells them.</param>
    /// <param name="Open">Its content; to be read before the next entry is asked for.</param>
    private sealed record Entry(string Name, bool IsLink, long Length, Func<Stream> Open);

    private static IEnumerable<Entry> Entries(string archive, CancellationToken cancel) =>
        archive.EndsWith(".tar.gz", StringComparison.Ordinal) || archive.EndsWith(".tgz", StringComparison.Ordinal) ? Tar(archive, cancel) : Zip(archive, cancel);

    private static IEnumerable<Entry> Zip(string archive, CancellationToken cancel)
    {
        using var zip = ZipFile.OpenRead(archive);
        foreach (var entry in zip.Entries)
        {
            cancel.ThrowIfCancellationRequested();
            var kind = (entry.ExternalAttributes >> 16) & 0xF000;       // Unix mode: 0x8000 is a file, 0 says nothing
            if (!entry.FullName.EndsWith('/')) yield return new(entry.FullName, kind is not (0 or 0x8000), entry.Length, entry.Open);
            else Check(archive, entry.FullName);
        }
    }

    private static IEnumerable<Entry> Tar(string archive, CancellationToken cancel)
    {
        using var file = File.OpenRead(archive);
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes) continue;
            var isFile = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
            var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            yield return new(name, !isFile, entry.Length, () => entry.DataStream ?? Stream.Null);
        }
    }

    private static void Check(string archive, string name)
    {
        if (name.Length == 0 || name[0] is '/' or '\\' || name.Contains('\\') || name.Contains(':') || name.Contains('\0') || name.Split('/').Contains(".."))
            throw Fault(archive, $"has an entry '{name}' that leads out of its folder");
    }

    /// <summary>Where a part of this name goes, or null where the part does not hold it.</summary>
    private static string? Place(ArchivePart part, string name) =>
        !part.IsFolder ? name == part.Entry ? part.Place : null
        : name.StartsWith(part.Entry, StringComparison.Ordinal) ? Slash(part.Place) + name[part.Entry.Length..] : null;

    private static string Slash(string folder) => folder.TrimEnd('/') + "/";

    private static string Inside(string archive, string folder, string place)
    {
        var path = Path.GetFullPath(Path.Combine(folder, place));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw Fault(archive, $"has an entry that leads out of its folder, to {path}");
    }

    private static Receipt.File Write(string archive, Entry entry, Stream content, string path, string place, long most, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        var (buffer, done, what) = (new byte[1 << 17], 0L, $"Unpacking {Path.GetFileName(archive)}");
        for (int n; (n = content.Read(buffer)) > 0;)
        {
            cancel.ThrowIfCancellationRequested();
            if ((done += n) > most) throw Fault(archive, $"grows beyond what is plausible: '{entry.Name}' gave more than {most:n0} bytes");
            hash.AppendData(buffer, 0, n);
            stream.Write(buffer, 0, n);
            progress?.Report(new(what, done, entry.Length));
        }
        return new(place, done, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static UserException Fault(string archive, string found) => new($"{archive} {found}. Nothing of it was kept in place; remove it and fetch it again, or look for a better copy.");
}
