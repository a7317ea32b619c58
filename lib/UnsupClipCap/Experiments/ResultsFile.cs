namespace UnsupClipCap;

/// <summary>The layout of <c>results.json</c>.</summary>
internal static class ResultsFile
{
    public static void Write(string path, Results results) => throw new NotImplementedException();

    public static Results Read(string path) => throw new NotImplementedException();
}
