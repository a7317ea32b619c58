namespace UnsupClipCap.Kernel;

/// <summary>A cell that was not run, or that ended in an error, as a front end shows it.</summary>
/// <param name="Name">The kind of error.</param>
/// <param name="Message">In words.</param>
/// <param name="Trace">Lines, the message among them.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Trace);

/// <summary>What is wrong with a cell's text; nothing of it was run.</summary>
internal sealed class CellFaultException(string name, string message, IReadOnlyList<string> trace) : Exception(message)
{
    public CellFaultException(string name, string message) : this(name, message, [$"{name}: {message}"]) { }

    public CellError Error { get; } = new(name, message, trace);
}
