namespace UnsupClipCap;

/// <summary>
/// A fault that the user can mend: the message names the file and field, what was found, what was expected
/// and what to do. Programs print it without a stack trace.
/// </summary>
public sealed class UserException : Exception
{
    /// <summary>A fault described by one or more whole sentences.</summary>
    public UserException(string message) : base(message) { }

    /// <summary>A fault described by one or more whole sentences, and what caused it.</summary>
    public UserException(string message, Exception? cause) : base(message, cause) { }
}
