namespace UnsupClipCap;

/// <summary>What there is to do for one name; found without changing anything.</summary>
/// <param name="Item">What is to be fetched.</param>
/// <param name="Steps">One a file.</param>
public sealed record FetchPlan(FetchItem Item, IReadOnlyList<FetchStep> Steps)
{
    /// <summary>Whether all of it is here, with the right digests.</summary>
    public bool IsHere => Steps.All(s => s.State == FetchState.Here);

    /// <summary>Bytes still to come, or null where a server does not say.</summary>
    public long? Remaining => Steps.Where(s => s.State == FetchState.ToFetch).All(s => s.Size is not null)
        ? Steps.Where(s => s.State == FetchState.ToFetch).Sum(s => s.Size - s.Part) : null;
}

/// <summary>How it is with a file.</summary>
public enum FetchState
{
    /// <summary>There, and as it should be.</summary>
    Here,
    /// <summary>An archive that is there and has yet to be unpacked.</summary>
    ToUnpack,
    /// <summary>To be fetched, or its rest.</summary>
    ToFetch,
    /// <summary>Not there, and only a person can get it.</summary>
    ByHand,
}

/// <summary>What there is to do for one file.</summary>
/// <param name="File">The file.</param>
/// <param name="State">How it is with it.</param>
/// <param name="Path">Where it is or goes.</param>
/// <param name="Size">Its bytes, where the catalogue or the server tells them.</param>
/// <param name="Part">Bytes that an earlier fetch has left.</param>
public sealed record FetchStep(FetchFile File, FetchState State, string Path, long? Size, long Part);
