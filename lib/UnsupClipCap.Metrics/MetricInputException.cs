namespace UnsupClipCap.Metrics;

/// <summary>Captions that cannot be scored: the message says which image, what was found, what was expected and what to do.</summary>
public sealed class MetricInputException : Exception
{
    /// <summary>A fault described by one or more whole sentences.</summary>
    public MetricInputException(string message) : base(message) { }
}
