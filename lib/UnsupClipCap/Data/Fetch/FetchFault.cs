using System.Net;

namespace UnsupClipCap;

/// <summary>A fault that may be gone at the next try.</summary>
/// <param name="message">What was found, as half a sentence.</param>
/// <param name="wait">How long the server asks to wait, if it does.</param>
internal sealed class PassingFault(string message, TimeSpan? wait = null) : Exception(message)
{
    public TimeSpan? Wait => wait;
}

/// <summary>What went wrong with an address, in words: what was found and what to do.</summary>
/// <param name="Address">As it was asked.</param>
/// <param name="File">What was to be fetched.</param>
/// <param name="Target">Where it was to go.</param>
internal sealed record FetchFault(Uri Address, FetchFile File, string Target)
{
    /// <summary>Ends every message: the way round the network.</summary>
    public string Remedy =>
        $"Or get the file some other way and put it at {Target}{(File.IsArchive ? " (the same command then unpacks it)" : "")}, or set UNSUPCLIPCAP_DATA to a folder that holds {(File.IsArchive ? string.Join(" and ", File.Parts.Select(p => p.Place)) : File.Place)}.";

    public UserException Of(string found, string remedy, Exception? cause = null) => new($"{Address} {found} {remedy} {Remedy}", cause);

    public UserException Status(HttpStatusCode status, string? reason) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => Of($"is not there any more (the server says {(int)status}).", "Look for its new address on the page of those who publish it."),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Of($"is refused (the server says {(int)status}).", "It may want a sign-in, an agreement or another network; open the address in a browser to see."),
        _ => Of($"is answered with {(int)status}{(string.IsNullOrEmpty(reason) ? "" : $" {reason}")}.", "Try again later."),
    };

    public UserException NoNetwork(Exception cause) =>
        Of($"cannot be reached: no address was found for {Address.Host}.", "Is there a network, and does it need a proxy (HTTPS_PROXY)?", cause);

    public UserException Certificate(Exception cause) =>
        Of($"is not trusted: {Innermost(cause).TrimEnd('.')}.", "The certificate of the server does not hold on this machine: check its clock, its certificates, and whether something between changes the traffic. Nothing is fetched without a valid one.", cause);

    public UserException WrongLength(long found, long expected) =>
        Of($"holds {found:n0} bytes; {expected:n0} were expected.", "It is another file than the catalogue knows, and was not kept.");

    public UserException WrongDigest(string kind, string found, string expected, string head) =>
        Of($"is not the file that the catalogue knows: its {kind} is {found}, expected {expected}{head}.", "What came was removed. Give the same command again; if it comes out the same, the file was changed or something between changes it.");

    public static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;
}
