namespace UnsupClipCap;

/// <summary>
/// Fetches models and data sets of the <see cref="FetchCatalogue"/>: what is there and right is left alone, what was begun goes on, and a file bears its name only when
/// all of it has come and its digest is right.
/// </summary>
public sealed class Fetcher(FetchSettings settings) : IDisposable
{
    private readonly Downloader _downloader = new(settings);

    private string Root => settings.Folders[0];

    /// <inheritdoc/>
    public void Dispose() => _downloader.Dispose();

    /// <summary>Looks at what is there, digests included, and asks servers for sizes that the catalogue does not know. Changes nothing.</summary>
    /// <param name="item">What is to be fetched.</param>
    /// <param name="ask">Whether servers may be asked; otherwise the network is not touched.</param>
    /// <param name="progress">Told of the checking; may be null.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="UserException">A file is there that is another one.</exception>
    public FetchPlan Plan(FetchItem item, bool ask = true, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default)
    {
        var steps = new List<FetchStep>();
        foreach (var file in item.Files)
        {
            var target = In(Root, file.Place);
            if (!settings.Force && FindHere(file, item.Name, progress, cancel) is { } here) steps.Add(here);
            else if (file.Address is null) steps.Add(new(file, FetchState.ByHand, target, file.Size, 0));
            else steps.Add(new(file, FetchState.ToFetch, target, file.Size ?? (ask ? _downloader.AskSize(file, cancel).GetAwaiter().GetResult() : null), PartFile.LengthOf(target)));
        }
        return new(item, steps);
    }

    /// <summary>Does what a plan says.</summary>
    /// <param name="plan">Of <see cref="Plan"/>.</param>
    /// <param name="progress">Told how far it is, and what happens on the way; may be null.</param>
    /// <param name="cancel">Stops it; what has come is kept for the next time.</param>
    /// <exception cref="UserException">The disk is too small, a file could not be had or is not the right one, or a person has to get it.</exception>
    public void Run(FetchPlan plan, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default)
    {
        CheckSpace(plan);
        foreach (var step in plan.Steps)
        {
            cancel.ThrowIfCancellationRequested();
            if (step.State == FetchState.ToFetch)
            {
                if (settings.Force) File.Delete(Receipt.PathOf(step.Path));
                _downloader.Bring(step.File, step.Path, progress, cancel).GetAwaiter().GetResult().Write(step.Path);
            }
            if (step.File.IsArchive && step.State is FetchState.ToFetch or FetchState.ToUnpack) Unpack(step, progress, cancel);
            else if (step.State == FetchState.Here && !step.File.IsArchive && !step.File.HasDigest && Receipt.Read(step.Path) is null && step.Path == In(Root, step.File.Place))
                new Receipt("", new FileInfo(step.Path).Length, Digest.Sha256(step.Path, progress, cancel)).Write(step.Path);
        }
        if (plan.Steps.FirstOrDefault(s => s.State == FetchState.ByHand) is { } byHand)
            throw new UserException($"{plan.Item.Name}: {byHand.File.Place} cannot be fetched by a program. {byHand.File.ByHand} Put it at {byHand.Path} and give the same command again{(byHand.File.IsArchive ? ": it is then unpacked" : "")}.");
    }

    /// <summary>Whether a file, or what was unpacked of it, lies somewhere: a quick look, without digests.</summary>
    public bool IsThere(FetchFile file) => settings.Folders.Any(folder => file.IsArchive
        ? file.Parts.All(p => p.IsFolder ? Directory.Exists(In(folder, p.Place)) && Receipt.Read(In(folder, file.Place)) is { Unpacked: not null } : IsThere(In(folder, p.Place), p.IsReadPacked))
        : IsThere(In(folder, file.Place), file.IsReadPacked));

    private static bool IsThere(string path, bool isReadPacked) => File.Exists(path) || isReadPacked && File.Exists(path + Packed);

    private const string Packed = ".gz";

    private static string In(string folder, string place) => Path.GetFullPath(Path.Combine(folder, place));

    private FetchStep? FindHere(FetchFile file, string name, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        UserException? wrong = null;
        foreach (var folder in settings.Folders)
        {
            var path = In(folder, file.Place);
            var fault = file.IsArchive ? Unpacked(file, folder, progress, cancel)
                : CheckEither(path, file.Size, file.Sha256, file.Md5, file.IsReadPacked, null, progress, cancel);
            if (fault is "") return new(file, FetchState.Here, Found(file.IsArchive ? In(folder, file.Parts[0].Place) : path), file.Size, 0);
            if (fault is null && file.IsArchive && folder == Root && File.Exists(path))
            {
                fault = Check(path, file.Size, file.Sha256, file.Md5, progress, cancel);
                if (fault is "") return new(file, FetchState.ToUnpack, path, file.Size, 0);
            }
            if (fault is not null && folder == Root)
                wrong = new($"{fault} It is another file, was changed, or is damaged. './run fetch {name} --force' puts the right one in its place; or move it away.");
        }
        return wrong is null ? null : throw wrong;
    }

    /// <summary>What is wrong with a file: null where there is none, empty where nothing is. What neither catalogue nor receipt knows counts as right.</summary>
    private static string? Check(string path, long? size, string? sha256, string? md5, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        if (!File.Exists(path)) return null;
        var receipt = Receipt.Read(path);
        var (length, due) = (new FileInfo(path).Length, size ?? (sha256 ?? md5) switch { null => receipt?.Size, _ => null });
        if (due is { } expected && length != expected) return $"{path} holds {length:n0} bytes; {expected:n0} were expected.";
        var (kind, digest, found) = (sha256, md5, receipt) switch
        {
            ({ } sha, _, _) => ("SHA-256", sha, Digest.Sha256(path, progress, cancel)),
            (_, { } md, _) => ("MD5", md, Digest.Md5(path, progress, cancel)),
            (_, _, { } r) => ("SHA-256", r.Sha256, Digest.Sha256(path, progress, cancel)),
            _ => ("", "", ""),
        };
        return digest.Equals(found, StringComparison.OrdinalIgnoreCase) ? "" : $"{path} has {kind} {found}; expected {digest}{(sha256 ?? md5) switch { null => ", as when it was fetched", _ => "" }}.";
    }

    /// <summary>The path, or that of its packed form where this is what lies there.</summary>
    private static string Found(string path) => !Path.Exists(path) && File.Exists(path + Packed) ? path + Packed : path;

    /// <summary><see cref="Check"/> of a file, or of its packed form where only that is there and does as well.</summary>
    private static string? CheckEither(string path, long? size, string? sha256, string? md5, bool isReadPacked, string? copySha256, IProgress<FetchProgress>? progress, CancellationToken cancel) =>
        Check(path, size, sha256, md5, progress, cancel) ?? (isReadPacked ? CheckPacked(path + Packed, size, sha256, copySha256, cancel) : null);

    /// <summary>What is wrong with a file's packed form: null where there is none, empty where nothing is.</summary>
    private static string? CheckPacked(string path, long? size, string? sha256, string? copySha256, CancellationToken cancel)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var (found, length) = Digest.OfPacked(path, cancel);
            if (copySha256 is not null && copySha256.Equals(found, StringComparison.OrdinalIgnoreCase)) return "";
            return size is { } due && length != due ? $"{path} unpacks to {length:n0} bytes; {due:n0} were expected."
                : sha256 is not null && !sha256.Equals(found, StringComparison.OrdinalIgnoreCase) ? $"{path} unpacks to what has SHA-256 {found}; expected {sha256}." : "";
        }
        catch (InvalidDataException e)
        {
            return $"{path} is no whole gzip file: {e.Message}";
        }
    }

    /// <summary>What is wrong with what was taken out of an archive: null where some of it is missing, empty where nothing is wrong.</summary>
    private static string? Unpacked(FetchFile file, string folder, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var receipt = Receipt.Read(In(folder, file.Place));
        var parts = receipt?.Unpacked?.Select(f => (f.Place, (long?)f.Size, (string?)f.Sha256, false, (string?)null))
            ?? (file.Parts.Any(p => p.IsFolder) ? null : file.Parts.Select(p => (p.Place, p.Size, p.Sha256, p.IsReadPacked, p.CopySha256)));
        if (parts is null) return null;
        foreach (var (place, size, sha256, isReadPacked, copy) in parts)
            if (CheckEither(In(folder, place), size, sha256, null, isReadPacked, copy, progress, cancel) is not "" and var fault) return fault;
        return "";
    }

    private void Unpack(FetchStep step, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var receipt = Receipt.Read(step.Path);
        var unpacked = Archive.Unpack(step.Path, step.File.Parts, Root, progress, cancel);
        (receipt ?? new Receipt("", new FileInfo(step.Path).Length, Digest.Sha256(step.Path, progress, cancel))).With(unpacked).Write(step.Path);
        if (receipt is { Address.Length: > 0 }) File.Delete(step.Path);     // one that a person put there stays
    }

    private void CheckSpace(FetchPlan plan)
    {
        // An archive and what comes out of it lie side by side for a while.
        var needed = plan.Steps.Where(s => s.State is FetchState.ToFetch or FetchState.ToUnpack)
            .Sum(s => (s.State == FetchState.ToFetch ? (s.Size ?? 0) - s.Part : 0) + (s.File.IsArchive ? s.File.Parts.Sum(p => p.Size ?? (p.IsFolder ? s.Size ?? 0 : 0)) : 0));
        if (needed > 0 && settings.FreeSpace(Root) is { } free && free < needed)
            throw new UserException($"{plan.Item.Name} needs {Bytes.Words(needed)} in {Root}, where {Bytes.Words(free)} are free. Free some space, or set UNSUPCLIPCAP_DATA to a folder on a larger disk.");
    }
}
