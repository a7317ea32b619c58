namespace UnsupClipCap;

/// <summary>Something that can be fetched under one name: a model, a data set.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="What">What it is, in a line.</param>
/// <param name="Licence">What may be done with it, in words.</param>
/// <param name="Files">Its files, in the order in which they are fetched.</param>
public sealed record FetchItem(string Name, string What, string Licence, IReadOnlyList<FetchFile> Files)
{
    /// <summary>What else to know, in whole sentences; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether every address was tried when the catalogue was written.</summary>
    public bool IsTried => Files.All(f => f.IsTried || f.Address is null);

    /// <summary>Bytes of all its files, or null where the catalogue does not know one of them.</summary>
    public long? Size => Files.All(f => f.Size is not null) ? Files.Sum(f => f.Size) : null;
}

/// <summary>A file to be fetched, and where it belongs.</summary>
/// <param name="Address">An <c>https</c> address, or null where only a person can get it: then <see cref="ByHand"/> says how.</param>
/// <param name="Place">Path under the data folder, with <c>/</c>.</param>
public sealed record FetchFile(string? Address, string Place)
{
    /// <summary>Its bytes, where known beforehand.</summary>
    public long? Size { get; init; }

    /// <summary>Its SHA-256 in 64 hexadecimal digits, where known beforehand.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its MD5 in 32 hexadecimal digits, where that is all its makers or others publish.</summary>
    public string? Md5 { get; init; }

    /// <summary>What is taken out of it where it is an archive (<c>.zip</c>, <c>.jar</c>, <c>.tar.gz</c>, <c>.tgz</c>); empty where it is kept as it is. The archive goes when that is done.</summary>
    public IReadOnlyList<ArchivePart> Parts { get; init; } = [];

    /// <summary>What a person has to do to get it, in whole sentences.</summary>
    public string? ByHand { get; init; }

    /// <summary>Whether the address was tried when the catalogue was written.</summary>
    public bool IsTried { get; init; }

    /// <summary>Whether the same file gzipped (<c>.gz</c> behind its name) does as well, for whoever reads it.</summary>
    public bool IsReadPacked { get; init; }

    internal bool HasDigest => (Sha256 ?? Md5) is not null;

    internal bool IsArchive => Parts.Count > 0;
}

/// <summary>A file of an archive, or all files below one of its folders.</summary>
/// <param name="Entry">Its path in the archive; a folder ends in <c>/</c>.</param>
/// <param name="Place">Where it goes under the data folder; a folder where <paramref name="Entry"/> is one.</param>
public sealed record ArchivePart(string Entry, string Place)
{
    /// <summary>Its bytes, where known beforehand.</summary>
    public long? Size { get; init; }

    /// <summary>Its SHA-256, where known beforehand.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the same file gzipped (<c>.gz</c> behind its name) does as well, for whoever reads it.</summary>
    public bool IsReadPacked { get; init; }

    /// <summary>SHA-256 of what a gzipped copy in circulation unpacks to, where it holds the same in other bytes (JSON written anew).</summary>
    public string? CopySha256 { get; init; }

    internal bool IsFolder => Entry.EndsWith('/');
}
