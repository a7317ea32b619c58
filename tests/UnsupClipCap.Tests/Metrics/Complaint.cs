using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

/// <summary>What an error about input must say.</summary>
internal static class Complaint
{
    /// <summary>Expects an error of input whose message holds all these parts.</summary>
    public static void Fails(Action act, params string[] parts)
    {
        var message = Assert.Throws<MetricInputException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message));
    }
}
