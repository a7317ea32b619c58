using System.Text.Json;

namespace UnsupClipCap;

/// <summary>What was found when a file was fetched, kept beside it (<c>NAME.fetched.json</c>): where no digest is published, the next fetch checks against this.</summary>
/// <param name="Address">Where it came from; empty where it was put there by hand.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Unpacked">What was taken out of an archive; null for a file that is kept as it is, and before unpacking.</param>
internal sealed record Receipt(string Address, long Size, string Sha256, IReadOnlyList<Receipt.File>? Unpacked = null)
{
    /// <summary>A file taken out of an archive.</summary>
    /// <param name="Place">Path under the data folder, with <c>/</c>.</param>
    /// <param name="Size">Its bytes.</param>
    /// <param name="Sha256">Its digest.</param>
    public sealed record File(string Place, long Size, string Sha256);

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    public static string PathOf(string target) => target + ".fetched.json";

    /// <summary>The receipt of a file, or null where there is none that can be read.</summary>
    public static Receipt? Read(string target) => Json.Read<Receipt>(PathOf(target)) is { Sha256.Length: 64 } receipt ? receipt : null;

    public Receipt With(IReadOnlyList<File> unpacked) => this with { Unpacked = unpacked };

    public void Write(string target) => AtomicFile.WriteText(PathOf(target), JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>Reads records of our own, of which a broken one counts as absent.</summary>
    internal static class Json
    {
        public static T? Read<T>(string path) where T : class
        {
            try
            {
                return System.IO.File.Exists(path) ? JsonSerializer.Deserialize<T>(System.IO.File.ReadAllBytes(path)) : null;
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
